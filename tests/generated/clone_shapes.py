"""Statements for ``clone_per_frame``'s programs that copy items of lists, maps and options, elements of lists,
bytes for a text and what a ``Cow`` owns, and look at, keep, question or change these and what they are of."""

from __future__ import annotations

import random
from collections.abc import Callable

# Over the program's type `T`.
FUNCTIONS = """
fn same(value: &T, other: &T) -> bool {
    std::ptr::eq(value, other)
}

fn same_through(value: &T, other: &T) -> bool {
    same(value, other)
}

fn cow_of<'a>(text: &'a str) -> std::borrow::Cow<'a, str> {
    if text.len() > 1 { std::borrow::Cow::Borrowed("long") } else { std::borrow::Cow::Owned(text.to_string()) }
}
"""


def setup(words: list[str]) -> str:
    """What the statements are about; ``words`` are three values of the type."""
    first, second, third = words
    return f"""
    let mut pool: Vec<T> = vec![{first}, {second}, {third}];
    let mut map: std::collections::BTreeMap<String, T> = [(String::from("k"), {first}), (String::from("l"), {second})].into();
    let mut hashed: std::collections::HashMap<u32, T> = [(1, {first})].into();
    let mut maybe_one: Option<T> = Some({second});
    let mut options: Vec<Option<T>> = vec![Some({first}), None, Some({third})];
    let mut pairs: Vec<(T, u32)> = vec![({first}, 1), ({second}, 2)];
    let mut bytes: Vec<Vec<u8>> = vec![b"one".to_vec(), vec![200, 1], b" 2 ".to_vec()];
    let mut total = 0u32;
"""


class Shapes:
    """Makes such statements. ``copy`` gives an expression that copies a value that is in scope."""

    def __init__(
        self,
        choice: random.Random,
        type_: str,
        copy: Callable[[], str],
    ) -> None:
        self._choice = choice
        self._type = type_
        self._copy = copy

    def statement(self) -> str:
        """One statement, or a block of some."""
        ways = [
            self._items,
            self._items,
            self._chain,
            self._looked_up,
            self._map,
            self._listed,
            self._collected,
            self._option,
            self._option,
            self._pairs,
        ]
        if self._type == "String":
            ways += [self._cow, self._joined]
        if self._type in ("Vec<u8>", "String"):
            ways += [self._text, self._text]
        return "{ " + self._choice.choice(ways)() + " }"

    # -- what is done with an item ---------------------------------------------------------------

    def _value(self) -> str:
        """With ``x``, a value of the type."""
        return self._choice.choice(
            [self._seen()] * 8
            + ["kept.push(x);", "eat(x, say);", "if round % 2 == 0 { kept.push(x); }"]
            + ["let y = x; " + self._seen().replace("x", "y")]
        )

    def _seen(self) -> str:
        """With ``x``, a value of the type that stays."""
        ways = ['say.it("x", &x);'] * 3 + ['say.it("look", &look(&x, say));', 'println!("{x:?}");']
        ways += [
            'say.it("same", &same(&x, &pool[0]));',
            'say.it("at", &same_through(&x, &pool[0]));',
        ]
        ways.append('say.it("ptr", &std::ptr::eq(&x, &pool[0]));')
        if self._type in ("String", "Vec<u8>"):
            ways += ['say.it("len", &x.len());'] * 3
            ways += ['say.it("room", &(x.capacity() > 40));', 'say.it("code", &code_of(&x));']
        if self._type == "Named":
            ways += ['say.it("n", &(x.n + 1));', 'say.it("name", &x.name.len());', "total += x.n;"]
        return self._choice.choice(ways).replace(
            'println!("{x:?}");', 'say.it("fmt", &format!("{x:?}"));'
        )

    def _lent(self) -> str:
        """With ``x``, a reference to a value of the type."""
        return self._choice.choice(
            [
                'say.it("x", x);',
                'say.it("look", &look(x, say));',
                'say.it("same", &same(x, &pool[0]));',
            ]
        )

    def _change(self) -> str:
        places = ["pool[0]", "pairs[0].0", "map.values_mut().next().unwrap()"]
        place = self._choice.choice(places)
        target = place if place.startswith("map") else f"&mut {place}"
        return self._choice.choice(
            [""] * 5 + [f"alter({target});", "pool.pop();", "map.clear();", "maybe_one = None;"]
        )

    # -- shapes ------------------------------------------------------------------------------------

    def _items(self) -> str:
        over = self._choice.choice(
            [
                "for x in pool.iter().cloned()",
                "for (i, x) in pool.iter().cloned().enumerate()",
                "for x in pool.iter().filter(|x| look(x, say) > 0).cloned()",
                "for (x, i) in pool.iter().cloned().zip(0u32..)",
                "for x in pool.clone()",
                "for x in options.iter().cloned().flatten()",
                "for x in pool.iter().cloned().rev()",
                "for x in pool.clone().into_iter().skip(1)",
                "for x in pool.to_vec()",
            ]
        )
        return f"{over} {{ {self._value()} {self._change()} }}"

    def _chain(self) -> str:
        value = self._value()
        begin = self._choice.choice(
            [
                "pool.iter().cloned()",
                "pool.clone().into_iter()",
                "map.values().cloned()",
                "map.clone().into_values()",
                "options.iter().cloned().flatten()",
            ]
        )
        lent = self._choice.choice(
            [""] * 2
            + [".filter(|x| look(x, say) > 0)", '.inspect(|x| say.it("in", x))', ".skip(1)"]
            + [".filter(|x| !same(x, &pool[0]))", ".take_while(|x| look(x, say) > 0)"]
        )
        end = self._choice.choice(
            [f".for_each(|x| {{ {value} }});"] * 3
            + [
                ".any(|x| look(&x, say) > 99);",
                ".enumerate().for_each(|(i, x)| { " + value + " });",
            ]
            + [".count();", '.map(|x| format!("{x:?}").len()).sum::<usize>();']
        )
        return f'let got = {begin}{lent}{end} say.it("got", &got);'

    def _looked_up(self) -> str:
        found = self._choice.choice(
            [
                "pool.get(round).cloned()",
                'map.get("k").cloned()',
                "pool.first().cloned()",
                "hashed.get(&1).cloned()",
                "pool.last().map(|x| x.clone())",
                "pool.iter().cloned().next()",
            ]
        )
        return self._choice.choice(
            [f"if let Some(x) = {found} {{ {self._value()} {self._change()} {self._end()} }}"] * 2
            + [f"let x = {found}.unwrap(); {self._change()} {self._value()}"]
            + [
                f'say.it("is", &{found}.is_some());',
                f'say.it("or", &{found}.map_or(0, |x| look(&x, say)));',
            ]
            + [
                f"let x = match {found} {{ Some(x) => x, None => continue }}; {self._change()} {self._value()}"
            ]
        )

    def _end(self) -> str:
        return self._choice.choice(["", 'say.it("end", &x);'])

    def _map(self) -> str:
        over = self._choice.choice(
            [
                "for (k, x) in map.clone()",
                "for (k, x) in map.clone().into_iter().rev()",
                "for x in map.clone().into_values()",
                "for (k, x) in map.iter().map(|(k, x)| (k.clone(), x.clone()))",
            ]
        )
        more = self._choice.choice(["", 'say.it("k", &k);', "map.remove(&k);"])
        counted = "for (n, x) in hashed.clone() { total += n; " + self._seen() + " }"
        sums = 'say.it("sum", &hashed.clone().into_keys().sum::<u32>());'
        each = "map.clone().into_iter().for_each(|(k, x)| { " + self._value() + " });"
        kept = "map.clone().into_iter().filter(|(k, x)| k.len() > 0 && look(x, say) > 0).count();"
        looped = f"{over} {{ {self._value()} {more if '(k' in over else ''} {self._change()} }}"
        return self._choice.choice(
            [looped] * 3 + [counted, sums, each, f'say.it("c", &{kept[:-1]});']
        )

    def _listed(self) -> str:
        one, two = self._copy(), self._copy()
        return self._choice.choice(
            [f"for x in [{one}, {two}] {{ {self._value()} {self._change()} }}"] * 2
            + [f"for x in [{one}, {two}].iter() {{ {self._lent()} }}"]
            + [f"for x in &[{one}, {two}] {{ {self._lent()} {self._change()} }}"]
            + [
                f"let l = vec![{one}, {two}]; {self._change()} for x in &l {{ {self._lent()} }} l.len();"
            ]
            + [f'let l = [{one}, {two}]; say.it("l", &l); say.it("n", &l.iter().count());']
            + [f'say.it("any", &[{one}, {two}].iter().any(|x| same(x, &pool[0])));']
            + [f'say.it("sum", &[{one}, {two}].iter().map(|x| look(x, say)).sum::<usize>());']
        )

    def _collected(self) -> str:
        made = self._choice.choice(
            [
                "let l: Vec<T> = pool.iter().cloned().collect();",
                "let l = pool.iter().cloned().filter(|x| look(x, say) > 0).collect::<Vec<_>>();",
                "let l: Vec<T> = map.values().cloned().collect();",
            ]
        )
        used = self._choice.choice(
            [
                "for x in &l { " + self._lent() + " }",
                'say.it("l", &l);',
                'say.it("i", &l.iter().map(|x| look(x, say)).max());',
                "for x in l { " + self._value() + " }",
                "if l.len() > 0 { let x = &l[0]; " + self._lent() + " }",
                'say.it("f", &l.first().map(|x| same(x, &pool[0])));',
                "kept.extend(l);",
            ]
        )
        return f"{made} {self._change()} {used}"

    def _option(self) -> str:
        ways = [
            f"if let Some(x) = maybe_one.clone() {{ {self._value()} {self._change()} {self._end()} }}",
            f"match maybe_one.clone() {{ Some(x) => {{ {self._value()} }} None => {{ {self._change()} }} }}",
            f"if maybe_one.is_some() {{ let x = maybe_one.clone().unwrap(); {self._change()} {self._seen()} }}",
            'say.it("or", &maybe_one.clone().map_or(0, |x| look(&x, say)));',
            f"let Some(x) = maybe_one.clone() else {{ continue }}; {self._change()} {self._value()}",
        ]
        if self._type in ("String", "Vec<u8>"):
            ways += ['say.it("d", &maybe_one.clone().unwrap_or_default().len());'] * 2
        return self._choice.choice(ways)

    def _pairs(self) -> str:
        return self._choice.choice(
            [f"for (x, n) in pairs.clone() {{ {self._value()} total += n; {self._change()} }}"] * 2
            + [f"for (x, n) in pairs.iter().cloned() {{ total += n * 2; {self._seen()} }}"]
            + [
                "total += pairs.iter().cloned().map(|(x, n)| n + look(&x, say) as u32 * 0).sum::<u32>();"
            ]
            + [f"if let Some((x, n)) = pairs.first().cloned() {{ total += n; {self._value()} }}"]
        )

    def _text(self) -> str:
        one = self._choice.choice(["each.clone()", "each.to_vec()", "each[0..].to_vec()"])
        check = f"String::from_utf8({one})"
        done = self._choice.choice(
            [
                f'match {check} {{ Ok(s) => say.it("s", &s.trim().len()), Err(e) => say.it("e", &e.to_string()) }}',
                f'match {check} {{ Ok(s) => say.it("s", &s), Err(e) => say.it("e", &e) }}',
                f'if let Ok(s) = {check} {{ say.it("s", &format!("{{s}}")); }}',
                f'say.it("ok", &{check}.is_ok());',
                f'say.it("d", &{check}.unwrap_or_default().len());',
                f'say.it("m", &{check}.map_or(0, |s| s.len()));',
                f'let s = {check}.unwrap_or("none".to_string()); say.it("s", &s.len());',
                f'let Ok(s) = {check} else {{ continue }}; say.it("s", &(s == "one")); say.it("c", &code_of(&s));',
                f'if let Ok(s) = {check} {{ each.push(65); say.it("s", &s.len()); }}',
                f'say.it("l", &String::from_utf8_lossy(&{one}).len());',
            ]
        )
        return f"for each in bytes.iter_mut() {{ {done} }}"

    def _joined(self) -> str:
        one, two = self._copy(), self._copy()
        return self._choice.choice(
            [
                f'say.it("j", &[{one}, {two}].join("-"));',
                f'say.it("j", &vec![{one}, "x".to_string()].concat());',
                f'let l = [{one}, {two}]; {self._change()} say.it("j", &l.join("+"));',
                'let l: Vec<String> = pool.iter().cloned().collect(); say.it("j", &l.join(","));',
                f'say.it("h", &[{one}, {two}].contains(&pool[0]));',
            ]
        )

    def _cow(self) -> str:
        made = "let c: std::borrow::Cow<str> = std::borrow::Cow::Owned(pool[0].to_string());"
        used = self._choice.choice(
            [
                'say.it("c", &c.len());',
                'say.it("c", &c);',
                'say.it("o", &matches!(c, std::borrow::Cow::Owned(_)));',
                'say.it("d", &format!("{c}"));',
                "kept.push(c.into_owned());",
            ]
        )
        return self._choice.choice(
            [f"{made} {self._change()} {used}", 'say.it("of", &cow_of(&pool[0]));']
        )
