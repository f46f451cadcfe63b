"""Text of Rust code that is written."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust import codegen, nodes
from engine.rust.format_macros import format_call
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of


def source_of(text: str) -> Source:
    return Source("src/lib.rs", text.encode())


def node_of(source: Source, text: str) -> Node:
    """The outermost node with exactly this text."""
    start = source.data.index(text.encode())
    node = source.node_at(Span(start, start + len(text.encode())))
    assert node is not None, text
    return node


def function(source: Source) -> Node:
    return next(n for n in walk(source.root) if n.type == "function_item")


def applied(source: Source, edit: Edit) -> str:
    return (source.data[: edit.start] + edit.replacement + source.data[edit.end :]).decode()


# -- parts of the text -------------------------------------------------------------------------


def test_parts_are_replaced_and_those_outside_are_left() -> None:
    source = source_of("abcdefgh")
    changes = {Span(5, 6): b"F", Span(2, 4): b"-", Span(3, 5): b"!", Span(0, 1): b"A"}
    assert codegen.replaced(source, Span(1, 7), changes) == b"b-eFg"


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a\n    .b()\n    .c", "a.b().c"),
        ("a\r\n    .b()", "a.b()"),
        ("a()\n    ?.b", "a()?.b"),
        ("a // why\n    .b", "a // why\n    .b"),
        ("a /* why */\n    .b", "a /* why */\n    .b"),
        ('a("\n.x")\n    .b', 'a("\n.x")\n    .b'),
        ("f(\n    a,\n)", "f(\n    a,\n)"),
    ],
)
def test_a_chain_on_one_line(text: str, joined: str) -> None:
    assert codegen.one_line(text.encode()).decode() == joined


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        ("a; // why\nb;", " // why"),
        ("a; /* why */\nb;", " /* why */"),
        ("a; /* why */ b;", ""),
        ("a;\n// why", ""),
        ("a; b; // why", ""),
    ],
)
def test_comments_behind_a_statement(line: str, comment: str) -> None:
    source = source_of(line)
    assert source.data[2 : codegen.trailing_comment(source, 2)].decode() == comment


@pytest.mark.parametrize(
    ("before", "statement", "annotated"),
    [
        ("", "let x = 1;", False),
        ("// why\n", "let x = 1;", True),
        ("#[cfg(unix)]\n", "let x = 1;", True),
        ("a(); // why\n", "let x = 1;", True),
        ("", "let x = /* one */ 1;", True),
        ("a();", "let x = 1;", False),
    ],
)
def test_what_belongs_to_a_statement(before: str, statement: str, annotated: bool) -> None:
    source = source_of(f"fn f() {{ {before}{statement} }}")
    assert codegen.is_annotated(source, node_of(source, statement)) is annotated


@pytest.mark.parametrize(
    ("text", "around"),
    [
        ("x.clone()", False),
        ("/* a */ x.clone()", True),
        ("x /* a */.clone()", True),
        ("x\n// a\n.clone()", True),
        ("(a /* own */ + b).clone()", False),
        ('f(x, "/* no */")', False),
    ],
)
def test_comments_beside_the_part_that_stays(text: str, around: bool) -> None:
    source = source_of(f"fn f() {{ g({text}); }}")
    start = source.data.index(text.encode())
    kept = b"(a /* own */ + b)" if b"own" in source.data else b"x"
    at = source.data.index(kept, start)
    whole = Span(start, start + len(text.encode()))
    assert codegen.has_comment_around(source, whole, Span(at, at + len(kept))) is around


# -- indentation -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("fn f() {\n  a();\n}", b"  "),
        ("fn f() {\n\ta();\n}", b"\t"),
        ("\tfn f() {}", b"\t"),
        ("fn f() { a(); }", b"    "),
    ],
)
def test_steps_of_indentation(text: str, step: bytes) -> None:
    source = source_of(text)
    block = next(n for n in walk(source.root) if n.type == "block")
    assert codegen.indent_step(source, block) == step


def test_string_content_is_never_indented() -> None:
    text = 'a(\n        "x\n  y",\n        r#"p\n    q"#,\n        // c\n    );'
    source = source_of(f"fn f() {{\n    {text}\n}}")
    start = source.data.index(b"a(")
    span = Span(start, start + len(text))
    shifted = codegen.reindented(source, span, b"    ", b"        ")
    assert shifted.decode() == (
        'a(\n            "x\n  y",\n            r#"p\n    q"#,\n            // c\n        );'
    )


def test_replaced_parts_are_put_as_they_are() -> None:
    source = source_of("{\n  a;\n  b;\n}")
    at = source.data.index(b"b")
    changes = [(Span(at, at + 1), b"c\n;")]
    shifted = codegen.reindented(source, Span(0, len(source.data)), b"", b"  ", changes)
    assert shifted.decode() == "{\n    a;\n    c\n;;\n  }"


def test_blocks() -> None:
    source = source_of("fn f() {}")
    made = codegen.block(source, b"let x = ", b"a();", b"x", b"  ", b"  ")
    assert made.decode() == "let x = {\n    a();\n    x\n  };"
    assert codegen.block(source, b"", b"a();", b"", b"", b"  ").decode() == "{\n  a();\n}"
    windows = source_of("// x\r\nfn f() {}")
    assert codegen.block(windows, b"", b"", b"x", b"", b"\t") == b"{\r\n\tx\r\n}"


def test_a_chain_keeps_its_form() -> None:
    assert codegen.chained(b"m\n    .lock()\n    .x", b".clone()") == b"m.lock().x.clone()"
    long = b"m\n    .lock_the_whole_state_of_the_server()\n    .and_the_field_in_it()"
    assert codegen.chained(long, b".a().b()") == long + b"\n    .a()\n    .b()"
    crlf = b"m\r\n    .lock() // why\r\n    .x"
    assert codegen.chained(crlf, b".clone()") == crlf + b"\r\n    .clone()"


# -- statements --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "statement", "left"),
    [
        ("\n    a();\n    b();\n", "a();", "\n    b();\n"),
        ("\n    a();\n\n    b();\n", "a();", "\n    b();\n"),  # no blank line at a block's head
        ("\n    a();\n\n    b();\n", "b();", "\n    a();\n\n"),
        ("\n    a();\n    b();\n\n    c();\n", "b();", "\n    a();\n\n    c();\n"),
        (" a(); b(); ", "a();", " b(); "),
        ("\n    a(); // why\n", "a();", "\n    // why\n"),
        ("\r\n    a();\r\n\r\n    b();\r\n", "a();", "\r\n    b();\r\n"),
    ],
)
def test_statements_go_with_their_lines(body: str, statement: str, left: str) -> None:
    source = source_of(f"fn f() {{{body}}}")
    edit = codegen.without_statement(source, node_of(source, statement))
    assert applied(source, edit) == f"fn f() {{{left}}}"


def test_whole_lines() -> None:
    source = source_of("fn f() {\n  a();\n  b(); c();\n}")
    lines = codegen.whole_lines(source, Span(11, 15))
    assert lines is not None
    assert source.slice(lines) == b"  a();\n"
    at = source.data.index(b"c")
    assert codegen.whole_lines(source, Span(at, at + 4)) is None


def test_a_statement_in_front_of_another() -> None:
    source = source_of("fn f() {\n    a(); b();\n}")
    before = codegen.in_front(source, node_of(source, "a();"), b"x;")
    assert applied(source, before) == "fn f() {\n    x;\n    a(); b();\n}"
    inline = codegen.in_front(source, node_of(source, "b();"), b"x;")
    assert applied(source, inline) == "fn f() {\n    a(); x; b();\n}"


# -- expressions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("x", "x"),
        ("a.b.c()", "a.b.c()"),
        ("a[0]", "a[0]"),
        ("(a + b)", "(a + b)"),
        ("a + b", "(a + b)"),
        ("-a", "(-a)"),
        ("a as u8", "(a as u8)"),
        ("&a", "(&a)"),
        ("if a { b } else { c }", "(if a { b } else { c })"),
    ],
)
def test_operands_stand_in_parentheses_where_they_must(expression: str, text: str) -> None:
    source = source_of(f"static S: T = {expression};")
    assert codegen.operand(source, node_of(source, expression)).decode() == text


@pytest.mark.parametrize(
    ("expression", "operation"),
    [
        ("a.load(Relaxed)", False),
        ("a", False),
        ("(a + b)", False),
        ("a.load(Relaxed) + 1", True),
        ("!a.b()", True),
        ("a as u64", True),
        ("&a", True),
        ("a +", True),
    ],
)
def test_operations(expression: str, operation: bool) -> None:
    assert codegen.is_operation(expression.encode()) is operation


@pytest.mark.parametrize(
    ("around", "text", "put"),
    [
        ("let x = HERE;", "a + b", "let x = a + b;"),
        ("f(HERE);", "a + b", "f(a + b);"),
        ("HERE * 2;", "a + b", "(a + b) * 2;"),
        ("HERE.abs();", "-a", "(-a).abs();"),
        ("(HERE).abs();", "-a", "(-a).abs();"),
        ("(HERE).abs();", "a()", "a().abs();"),
        ("((HERE)) * 2;", "a()", "a() * 2;"),
        ('println!("{}", HERE);', "a + b", 'println!("{}", a + b);'),
    ],
)
def test_expressions_in_the_place_of_others(around: str, text: str, put: str) -> None:
    source = source_of(f"fn f() {{ {around} }}")
    node = node_of(source, "HERE")
    while node.type == "parenthesized_expression":
        node = node.named_children[0]
    made = codegen.put(source, node, text.encode(), codegen.is_operation(text.encode()))
    assert applied(source, made) == f"fn f() {{ {put} }}"


@pytest.mark.parametrize(
    ("expression", "needed"),
    [
        ("a + b", True),
        ("a as u8", True),
        ("a..b", True),
        ("|x| x", True),
        ("a = b", True),
        ("a += b", True),
        ("a", False),
        ("a.b(c)?", False),
        ("-a", False),
        ("&a", False),
        ("(a + b)", False),
        ("vec![a + b]", False),
    ],
)
def test_what_binds_less_than_a_borrow(expression: str, needed: bool) -> None:
    source = source_of(f"fn f() {{ g({expression}); }}")
    argument = nodes.arguments_of(next(n for n in walk(source.root) if nodes.call_of(n)))[0]
    assert codegen.needs_parentheses(argument) is needed


# -- names -------------------------------------------------------------------------------------


def test_the_first_free_name() -> None:
    assert codegen.first_free([b"a", b"b"], lambda name: name != b"a") == b"b"
    assert codegen.first_free([b"a", b"b"], lambda name: name not in (b"a", b"b", b"b_2")) == b"b_3"


@pytest.mark.parametrize(
    ("rest", "free"),
    [
        ("work(1);", True),
        ("work(count);", False),
        ('work("{count}");', False),
        ('println!("count"); // count', True),
        ("let count = 1; work(count);", True),
        ("self.count(); a.count = 1;", True),
        ("count::work();", True),
        ("S { count: 1 };", True),
        ("S { count };", False),
        ("count!();", True),
        ("for count in a { work(count); }", True),
        ("if count > 1 { }", False),
    ],
)
def test_a_new_name_catches_no_other(rest: str, free: bool) -> None:
    source = source_of(f"fn f() {{ let count = 0;\nHERE;\n{rest}\n}}")
    where = Span(source.data.index(b"HERE"), len(source.data) - 2)
    scopes = Scopes(source, function(source))
    assert codegen.is_free(source, scopes, b"count", where) is free


@pytest.mark.parametrize(
    "function",
    [
        "fn f() { let count = 1; HERE; }",
        "fn f() { HERE; let count = 1; }",
        "fn f() { g(|count| 1); HERE; }",
        "fn f() { if a { HERE; } work(count); }",
        "fn f(count: u8) { fn g() { HERE; } }",
        'fn f() { HERE; println!("{count}"); }',
    ],
)
def test_the_words_around_a_place_are_those_of_all_of_its_function(function: str) -> None:
    source = source_of("fn other(apart: u8) {} " + function)
    at = source.data.index(b"HERE")
    words = codegen.words_around(source, source.innermost(Span(at, at + 4)))
    assert b"count" in words
    assert b"apart" not in words


def test_places_that_go_hold_no_name() -> None:
    source = source_of("fn f() { let count = 0; HERE; work(count); }")
    at = source.data.rindex(b"count")
    where = Span(source.data.index(b"HERE"), len(source.data) - 2)
    scopes = Scopes(source, function(source))
    assert not codegen.is_free(source, scopes, b"count", where)
    assert codegen.is_free(source, scopes, b"count", where, [Span(at, at + 5)])


@pytest.mark.parametrize(
    ("rest", "free"),
    [
        ("work(PLACE);", True),
        ("let count = 1; work(PLACE);", False),
        ("{ let count = 1; } work(PLACE);", True),
        ("work(PLACE); let count = 1;", True),
        ("match a { Some(count) => work(PLACE), None => 0 };", False),
        ("match a { Some(count) => 0, None => work(PLACE) };", True),
        ("a.map(|count| PLACE);", False),
    ],
)
def test_a_new_name_is_meant_where_it_is_written(rest: str, free: bool) -> None:
    source = source_of(f"fn f() {{\nHERE;\n{rest}\n}}")
    where = Span(source.data.index(b"HERE"), len(source.data) - 2)
    at = source.data.index(b"PLACE")
    place = Span(at, at + 5)
    scopes = Scopes(source, function(source))
    assert codegen.is_free(source, scopes, b"count", where, [place], [place]) is free


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('s.push(&format!("{a}", b));', 'write!(s, "{a}", b).end();'),
        ('s.push(&format!["{}", a]);', 'write!(s, "{}", a).end();'),
        ('s.push(&std::format!("{a}\\n"));', 'writeln!(s, "{a}").end();'),
        ('s.push(&format!("\\n{a}\\n"));', 'write!(s, "\\n{a}\\n").end();'),
        ('s.push(&format!(concat!("a", "\\n")));', 'write!(s, concat!("a", "\\n")).end();'),
        (
            's.push(&format!(\n        "{}\\n",\n        a, // why\n    ));',
            'writeln!(\n        s,\n        "{}",\n        a, // why\n    ).end();',
        ),
    ],
)
def test_what_is_formatted_is_written_instead(text: str, after: str) -> None:
    source = Source("a.rs", f"fn f() {{ {text} }}".encode())
    whole = next(n for n in walk(source.root) if n.type == "call_expression")
    call = format_call(source, next(n for n in walk(source.root) if n.type == "macro_invocation"))
    assert call is not None
    macro, edits = codegen.write_instead(source, span_of(whole), call, b"", b"s", b".end()")
    assert after.startswith(macro.decode() + "!")
    changes = {edit.span: edit.replacement for edit in edits}
    done = codegen.replaced(source, Span(9, len(source.data) - 2), changes)
    assert done.strip().decode() == after


def test_an_operand_may_be_a_name_in_a_format_string() -> None:
    source = Source("a.rs", b'fn f() { m!("{name}", -1, x.y, "text") }')
    texts = ("name", "-1", "x.y", '"text"')
    spans = [Span(at, at + len(t)) for t in texts if (at := source.data.index(t.encode()))]
    assert [codegen.operand_at(source, span) for span in spans] == [
        b"name",
        b"(-1)",
        b"x.y",
        b'"text"',
    ]
