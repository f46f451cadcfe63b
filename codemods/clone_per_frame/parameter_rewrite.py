"""The rewrite that changes a private function's parameter to a reference, and all of its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from engine.base.model import Edit, Level, Span
from engine.rewrite.use_declarations import name as named
from engine.rust import item_nodes, nodes
from engine.rust.borrows import Needed, Target
from engine.rust.calls import Receiver, is_given_away, is_spawn, may_give_future
from engine.rust.codegen import needs_parentheses
from engine.rust.doc_code import in_doc_code
from engine.rust.lendable import Lendable, Told, lendable
from engine.rust.moves import takes_value
from engine.rust.signatures import Obstacle, Parameter, Passed, elides_lifetime
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import is_counted, is_named
from engine.rust.unbuilt_calls import Unbuilt

if TYPE_CHECKING:
    from engine.detect.facts import Facts
    from engine.rust.types import Type

ITERATED = (
    *("Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "LinkedList", "BinaryHeap"),
    *("Option", "Result"),
)
# Arguments of which the types are known, as references: by path and span.
Texts = Mapping[tuple[str, Span], bytes]


def refusal(parameter: Parameter, type_: Type, facts: Facts) -> str:
    """Why the parameter, which is a ``type_``, cannot become a reference to such (or to a view of it),
    whatever its body does; "" when it can."""
    name = parameter.name
    if is_counted(type_) and not parameter.item.of_trait:
        return f"`{name}` takes a shared pointer"
    if fixed := facts.signatures.why_fixed(parameter.item, "borrowing its parameter"):
        return fixed
    if beyond := _called_outside(parameter, facts):
        return beyond
    text = parameter.source.text(parameter.declared)
    if text.startswith((b"impl", b"&", b"Box", b"dyn")):
        return f"`{name}` takes a `{text.decode('utf-8', 'replace')}`"
    written = parameter.item.owner if text == b"Self" else text
    if type_.last.encode() not in written:
        return f"the parameter of `{name}` is generic or an alias"
    if facts.signatures.binding(parameter) is None:
        return f"the parameter of `{name}` is a pattern or `mut`"
    if elides_lifetime(parameter):
        return f"the lifetime of what `{name}` returns would no longer be clear"
    return ""


def body(
    parameter: Parameter,
    type_: Type,
    found: Sequence[Passed],
    texts: Texts,
    target: Target,
    facts: Facts,
) -> Lendable | str:
    """What becomes of the function's body, which may give its parameter, or parts of it, to the function
    itself (calls that are among ``found``); why it needs a value, where it does."""
    source, binding = parameter.source, facts.signatures.binding(parameter)
    assert binding is not None
    scopes = facts.sources.scopes(source, parameter.function)
    given = {(p.source.path, span_of(p.argument)) for p in found}
    own = [s for path, s in given if path == source.path and s in span_of(parameter.function)]
    written = frozenset(span for span in own if (source.path, span) in texts)

    def type_of(node: Node) -> Type | None:
        if scopes.resolve(source.text(node), node.start_byte) == binding:
            return type_
        return facts.type_of(source.path, span_of(node))

    def reads(node: Node, method: bytes) -> bool:
        told = type_of(node)
        if told is None or not facts.items.printed(told.name):
            return False
        return facts.calls.receiver(told, method) is Receiver.REFERENCE

    def copied(node: Node) -> bool | None:
        told = type_of(node)
        if told is None or told.is_mut_ref:
            return None
        if told.is_ref or facts.type_facts.is_copy(told):
            return True
        return None if facts.type_facts.may_be_copy(told) else False

    def one_of(*names: str) -> Callable[[Node], bool]:
        return lambda node: (told := type_of(node)) is not None and is_named(told, *names)

    iterated, optional = one_of(*ITERATED), one_of("Option", "Result")
    told = Told(reads, copied, iterated, optional, frozenset(own) - written, written)
    inside = lendable(source, scopes, binding, target, _maker(type_, target), told)
    if isinstance(inside, Needed):
        return f"`{parameter.name}` needs its parameter as its own: {inside.reason}"
    return inside


def _maker(type_: Type, target: Target) -> bytes:
    """The method that makes a ``type_`` of what the parameter becomes."""
    names = {"String": b"to_owned", "Vec": b"to_vec", "PathBuf": b"to_path_buf"}
    return names.get(type_.last, b"clone") if target == "view" else b"clone"


def gives_value(
    parameter: Parameter, texts: Texts, inside: Lendable, target: Target, facts: Facts
) -> str:
    """Which call has, or may have, a value of its own for the parameter, that would be copied where it is
    kept; "" for none."""
    for passed in facts.signatures.passed(parameter):
        if isinstance(passed, Obstacle):
            return passed.reason
        span = span_of(passed.argument)
        lent = (passed.source.path, span) in texts or span in inside.named
        # A literal is made into a value where it is kept, and not before.
        literally = target == "view" and literal(passed.source, passed.argument) is not None
        if not lent and not literally:
            line = passed.source.position(passed.name.start_byte)[0]
            where = f"line {line} of {passed.source.path}"
            return f"{where} gives `{parameter.name}` a value that it keeps"
    return ""


def _called_outside(parameter: Parameter, facts: Facts) -> str:
    """Where a package that is no member of the workspace, or a test in the documentation, may call the
    function, in words; "" for nowhere."""
    if not facts.signatures.is_public(parameter.item):
        return ""
    package = facts.package_of(parameter.item.path)
    found = facts.outside(parameter.item.name, package.crate) if package is not None else ()
    for path, line in found:
        return f"{path}:{line}, outside of this workspace, names `{parameter.name}`"
    if shown := in_doc_code(facts.sources, parameter.item.name):
        path, line = shown
        return f"the code in the documentation at line {line} of {path} names `{parameter.name}`"
    return ""


def seen_by_others(parameter: Parameter, facts: Facts) -> str:
    """For the note: who may call the function that is not known here; "" for nobody."""
    if not facts.signatures.is_public(parameter.item):
        return ""
    return (
        f"`{parameter.name}` is public, of a package that is not published; who takes it from somewhere "
        "else has to change along"
    )


def calls(
    parameter: Parameter, known: frozenset[tuple[str, Span]], facts: Facts
) -> tuple[list[Passed], str]:
    """All calls that are certain to be of this function (or give an argument that is ``known`` to be
    for it), and why there is one that cannot change; the others are left to ``follow``."""
    found: list[Passed] = []
    unbuilt = Unbuilt(facts.sources, parameter.item.name, facts.type_of, facts.unknown)
    for passed in facts.signatures.passed(parameter):
        if isinstance(passed, Obstacle):
            return [], passed.reason
        if unbuilt.holds(passed.source, passed.call):
            line = passed.source.position(passed.name.start_byte)[0]
            return [], (
                f"line {line} of {passed.source.path} calls `{parameter.name}` in code that this "
                "configuration is not known to compile"
            )
        if given := _given_away(parameter, passed):
            return [], given
        if passed.certain or (passed.source.path, span_of(passed.argument)) in known:
            found.append(passed)
    return found, ""


def _given_away(parameter: Parameter, passed: Passed) -> str:
    """That a call's result goes to another task or thread, or is a future that is kept, in words; "" where
    it does not."""
    source = passed.source
    outer = nodes.call_around(passed.call)
    spawned = outer is not None and is_spawn(source, outer)
    kept = may_give_future(parameter.source, parameter.function)
    if not spawned and not (kept and is_given_away(source, passed.call)):
        return ""
    line = source.position(passed.name.start_byte)[0]
    what = "spawns" if spawned else "keeps the future of"
    return f"line {line} of {source.path} {what} `{parameter.name}`, which must own what it takes"


def level_of(parameter: Parameter, plain: bool) -> Level:
    """Safe for plain data and a function that nothing outside its module sees."""
    return Level.SAFE if plain and not parameter.item.public else Level.REVIEW


# -- the edits -------------------------------------------------------------------------------


def rewrite(
    parameter: Parameter,
    type_: Type,
    found: Sequence[Passed],
    texts: Texts,
    target: Target,
    inside: Lendable,
) -> list[Edit] | None:
    """Signature, body and calls. ``texts`` give the arguments of which the types are known."""
    source = parameter.source
    signature = _signature(parameter, type_, target)
    if signature is None:
        return None
    edits = [signature, *inside.edits]
    for passed in found:
        span = span_of(passed.argument)
        text = texts.get((passed.source.path, span))
        if passed.source.path == source.path and span in inside.named:
            given = nodes.bare(passed.argument)
            text = passed.source.text(nodes.dereferenced(given) or given)
        edits.extend(_at_call(passed.source, passed.argument, target, text))
    return list(dict.fromkeys(edits))


def view_or_type(parameter: Parameter, type_: Type, facts: Facts) -> tuple[Target, str]:
    """What it becomes: "view" (`&str`, `&[T]`, `&Path`), or "reference" (`&T`) where it has no view, or
    where the body would see another type and may do something else; then with the reason."""
    if not is_named(type_, "String", "Vec", "PathBuf"):
        return "reference", ""
    binding = facts.signatures.binding(parameter)
    if binding is None:
        return "view", ""
    scopes = facts.sources.scopes(parameter.source, parameter.function)
    source = parameter.source

    def cloned(node: Node) -> bool:
        """What takes the value gets a clone, of the type that it had."""
        return takes_value(source, node)

    seen = facts.agreeing_impls.among(source, scopes, (binding,), besides=cloned)
    return ("reference", seen) if seen else ("view", "")


def _signature(parameter: Parameter, type_: Type, target: Target) -> Edit | None:
    source, declared = parameter.source, parameter.declared
    start, end = declared.start_byte, declared.end_byte
    if source.comments_in(span_of(declared)):
        return None
    if target == "reference":
        return Edit(source.path, start, start, b"&")
    if is_named(type_, "String"):
        return Edit(source.path, start, end, b"&str")
    if is_named(type_, "PathBuf"):
        return Edit(source.path, start, end, b"&" + named(b"std::path::Path"))
    if is_named(type_, "Vec"):
        inside = item_nodes.type_arguments(declared)
        if len(inside) != 1:
            return None
        return Edit(source.path, start, end, b"&[" + source.text(inside[0]) + b"]")
    return Edit(source.path, start, start, b"&")


def _at_call(source: Source, argument: Node, target: Target, text: bytes | None) -> list[Edit]:
    whole = span_of(argument)
    if text is None and target == "view":
        text = literal(source, argument)
    if text is not None and not source.comments_in(whole):
        return [Edit(source.path, whole.start, whole.end, text)]
    if needs_parentheses(argument):
        return [
            Edit(source.path, whole.start, whole.start, b"&("),
            Edit(source.path, whole.end, whole.end, b")"),
        ]
    return [Edit(source.path, whole.start, whole.start, b"&")]


def literal(source: Source, argument: Node) -> bytes | None:
    """What is lent in the place of ``"x".to_string()``, ``String::from("x")``, ``vec![..]``: without the allocation."""
    if argument.type == "macro_invocation":
        text = source.text(argument)
        return b"&" + text[4:] if text.startswith(b"vec![") and b";" not in text else None
    literals = ("string_literal", "raw_string_literal")
    made = nodes.method_call(source, argument)
    if made is not None and not made.arguments and made.receiver.type in literals:
        words = (b"to_string", b"to_owned", b"into", b"to_vec")
        return source.text(made.receiver) if made.method in words else None
    call = nodes.call_of(argument)
    given = call.arguments if call is not None else ()
    if call is not None and len(given) == 1 and given[0].type in literals:
        return source.text(given[0]) if source.text(call.callee) == b"String::from" else None
    return None
