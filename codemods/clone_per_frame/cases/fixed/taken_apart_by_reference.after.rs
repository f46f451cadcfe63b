// level: safe
//! Functions that take their parameter apart, go over it, or call themselves with parts of it.

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Number(i64),
    Text(String),
    Not(Box<Value>),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

#[derive(Clone)]
pub struct Point {
    name: String,
    x: i64,
    y: i64,
}

pub async fn show(value: &Value, points: &Vec<Point>, names: &Vec<String>) -> String {
    let mut text = to_json(value);
    text += &format!("{} {}", depth(value), sum(value));
    text += &format!("{} {}", lengths(names), area(&points[0]));
    text + &label(value).unwrap_or_default()
}

fn to_json(value: &Value) -> String {
    match value {
        Value::Null => "null".to_string(),
        Value::Number(n) => n.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Not(inner) => format!("!{}", to_json(inner)),
        Value::List(list) => {
            let parts: Vec<String> = list.iter().map(|part| to_json(part)).collect();
            format!("[{}]", parts.join(","))
        }
        Value::Map(map) => {
            let mut out = String::new();
            for (key, part) in map {
                out.push_str(key);
                out.push_str(&to_json(part));
            }
            out
        }
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::List(list) => 1 + list.iter().map(|part| depth(part)).max().unwrap_or(0),
        Value::Not(inner) => 1 + depth(inner),
        _ => 0,
    }
}

fn sum(value: &Value) -> i64 {
    if let Value::Number(n) = value {
        return (*n).pow(2) + doubled(*n);
    }
    0
}

fn label(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if text.len() > 3 => Some(text.clone()),
        _ => None,
    }
}

fn lengths(names: &[String]) -> usize {
    let mut all = 0;
    for name in names {
        all += name.len();
    }
    all
}

fn area(point: &Point) -> i64 {
    let Point { name, x, y } = point;
    println!("{name}");
    *x * *y
}

fn doubled(n: i64) -> i64 {
    n * 2
}

pub async fn greet(user: &Option<String>, names: &Vec<String>) -> usize {
    let nobody = greeting(&None) + greeting(&Some(String::new()));
    nobody + greeting(user) + longest(names)
}

fn greeting(user: &Option<String>) -> usize {
    if let Some(name) = user {
        println!("{name}");
    }
    user.as_ref().map_or(0, |name| name.len())
}

fn longest(names: &[String]) -> usize {
    names.iter().map(|name| name.len()).max().unwrap_or(0)
}
