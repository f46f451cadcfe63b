//! Lists of the workspace that give other items by value than by reference, or none by reference.

#[derive(Clone)]
pub struct Stack(Vec<u32>);

impl IntoIterator for Stack {
    type Item = u32;
    type IntoIter = std::iter::Rev<std::vec::IntoIter<u32>>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().rev()
    }
}

impl<'a> IntoIterator for &'a Stack {
    type Item = &'a u32;
    type IntoIter = std::slice::Iter<'a, u32>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[derive(Clone)]
pub struct Queue(Vec<u32>);

impl IntoIterator for Queue {
    type Item = u32;
    type IntoIter = std::vec::IntoIter<u32>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[derive(Clone)]
pub enum Order {
    Up(Stack),
    Down,
}

fn first(stack: Stack) -> u32 {
    let mut sum = 0;
    for item in stack {
        sum = sum * 10 + item;
    }
    sum
}

fn renamed(stack: Stack) -> u32 {
    let mut sum = 0;
    let items = stack;
    for item in items {
        sum = sum * 10 + item;
    }
    sum
}

fn optional(stack: Option<Stack>) -> u32 {
    let mut sum = 0;
    if let Some(items) = stack {
        for item in items {
            sum = sum * 10 + item;
        }
    }
    sum
}

fn ordered(order: Order) -> u32 {
    let mut sum = 0;
    match order {
        Order::Up(items) => {
            for item in items {
                sum = sum * 10 + item;
            }
        }
        Order::Down => sum += 1,
    }
    sum
}

fn several(stacks: Vec<Stack>) -> u32 {
    let mut sum = 0;
    for stack in stacks {
        for item in stack {
            sum = sum * 10 + item;
        }
    }
    sum
}

fn paired(pair: (Stack, u32)) -> u32 {
    let (items, start) = pair;
    let mut sum = start;
    for item in items {
        sum = sum * 10 + item;
    }
    sum
}

fn drained(queue: Queue) -> u32 {
    let mut sum = 0;
    for item in queue {
        sum = sum * 10 + item;
    }
    sum
}

pub async fn run(stack: &Stack, order: &Order, list: &Vec<Stack>, queue: &Queue) -> u32 {
    let mut sum = 0;
    for _ in 0..2 {
        sum += first(stack.clone()) + renamed(stack.clone()) + ordered(order.clone());
        sum += several(list.clone()) + drained(queue.clone());
    }
    sum
}

pub async fn parts(last: &Option<Stack>, pair: &(Stack, u32)) -> u32 {
    let mut sum = 0;
    for _ in 0..2 {
        sum += optional(last.clone()) + paired(pair.clone());
    }
    sum
}
