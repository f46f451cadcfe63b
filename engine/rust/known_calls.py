"""What calls do as far as their names tell: std's methods, functions and macros, and what everybody
calls alike. A name of the user's own that std has too is taken to mean what std means by it.

Not answered: what a call of a workspace's own function runs (the call graph knows its body).
"""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust.format_macros import format_call, takes_template
from engine.rust.imports import full_paths
from engine.rust.nodes import call_of, callee_name, last_segment, macro_name
from engine.rust.syntax import Source

# -- methods ---------------------------------------------------------------------------------------

# Of integers and `bool`: they read the number. The second list may panic, or run a closure.
_NUMBER = (
    rb"(?:checked|wrapping|saturating|overflowing|carrying)_[a-z_]+"
    rb"|abs_diff|signum|is_positive|is_negative|is_power_of_two|count_ones|count_zeros"
    rb"|leading_zeros|trailing_zeros|rotate_left|rotate_right|swap_bytes|reverse_bits"
    rb"|to_[bln]e_bytes|to_be|to_le|to_bits|min|max|cmp|partial_cmp|eq|ne|lt|le|gt|ge"
    rb"|then_some|not|clone|to_string|to_owned|into|try_into"
)
_NUMBER_OR_PANIC = (
    rb"(?:strict|unchecked)_[a-z_]+|abs|pow|isqrt|ilog2|ilog10|next_power_of_two|div_euclid"
    rb"|rem_euclid|div_ceil|next_multiple_of|clamp|then"
)
# Of floats: they compute from the number, and never panic.
_FLOAT = (
    rb"floor|ceil|round|round_ties_even|trunc|fract|sqrt|cbrt|exp|exp2|exp_m1|ln|ln_1p|log2|log10"
    rb"|powi|powf|hypot|a?(?:sin|cos|tan)h?|sin_cos|atan2|mul_add|copysign|recip|to_degrees|to_radians"
    rb"|is_nan|is_finite|is_infinite|is_normal|is_subnormal|is_sign_positive|is_sign_negative"
    rb"|total_cmp|maximum|minimum"
)
# Accessors: they look at what they are called on. The second list may panic, or reads the clock.
_ACCESS = (
    rb"len|is_empty|as_[a-z0-9_]+|copied|cloned|unwrap_or|unwrap_or_default|is_some|is_none"
    rb"|is_ok|is_err|ok|err|ok_or|duration_since|subsec_[a-z]+|to_vec"
)
_ACCESS_OR_PANIC = rb"unwrap|expect|elapsed"
_PURE = re.compile(rb"%s|%s|%s" % (_NUMBER, _FLOAT, _ACCESS))
_OF_NUMBERS = re.compile(rb"%s|%s|%s" % (_NUMBER, _FLOAT, _NUMBER_OR_PANIC))
_INERT = re.compile(
    rb"%s|%s|%s|%s|%s" % (_NUMBER, _FLOAT, _NUMBER_OR_PANIC, _ACCESS, _ACCESS_OR_PANIC)
)
# As harmless, but they may run a closure or walk a collection.
_CONVENTION = re.compile(
    rb"iter|is_some_and|is_none_or|sum|count|first|last|map|and_then|filter|unwrap_or_else"
    rb"|map_err|trim|get|contains|contains_key|load|enumerate|zip|rev|any|all|collect|join"
)
# As harmless on a collection that nobody else sees.
_FILLING = re.compile(rb"push|push_str|push_back|extend|append")
# Without arguments they take a lock (or a RefCell's borrow).
LOCKING = frozenset({b"lock", b"read", b"write", b"blocking_lock", b"try_lock", b"borrow_mut"})


def is_pure_method(name: bytes) -> bool:
    """Does a method of this name only compute from its receiver and arguments, whenever it is asked,
    without a panic?"""
    return _PURE.fullmatch(name) is not None


def is_inert_method(name: bytes) -> bool:
    """As ``is_pure_method``; it may panic, or read the clock."""
    return _INERT.fullmatch(name) is not None


def is_number_method(name: bytes) -> bool:
    """Does a number or ``bool`` have a method of this name, which cannot change it?"""
    return _OF_NUMBERS.fullmatch(name) is not None


def is_conventional_method(name: bytes, local: bool) -> bool:
    """Is a method of this name harmless by convention: it may run a closure, walk a collection, or
    fill the ``local`` one that it is called on?"""
    return bool(_CONVENTION.fullmatch(name) or (local and _FILLING.fullmatch(name)))


def is_std_method(name: bytes) -> bool:
    """Do std's types have a method of this name, so that without a type it tells nothing?"""
    return is_inert_method(name) or is_conventional_method(name, True) or name in LOCKING


# Methods of std's text, slices, paths, maps, sets and of `bytes`, that only read their receiver
# and give nothing that depends on its being owned. (What an Option or an iterator would consume is
# left out.)
_READING = frozenset(
    b"""len is_empty as_str as_bytes as_slice as_path as_os_str as_ref as_deref bytes chars
    char_indices contains starts_with ends_with find rfind split rsplit splitn rsplitn split_once
    rsplit_once split_whitespace split_at split_first split_last split_terminator trim trim_start
    trim_end trim_matches trim_start_matches trim_end_matches to_lowercase to_uppercase
    to_ascii_lowercase to_ascii_uppercase replace replacen parse lines strip_prefix strip_suffix
    eq_ignore_ascii_case is_char_boundary matches match_indices repeat is_ascii capacity
    iter first last get windows chunks chunks_exact concat join binary_search binary_search_by
    binary_search_by_key cmp partial_cmp eq ne
    display to_string_lossy to_str exists is_file is_dir parent file_name extension file_stem
    components with_extension with_file_name metadata canonicalize read_dir is_absolute
    is_relative has_root ancestors keys values contains_key get_key_value first_key_value
    last_key_value range is_some is_none is_ok is_err is_subset is_superset is_disjoint
    intersection union difference symmetric_difference slice front back
    utf8_chunks escape_ascii escape_debug encode_utf16 hash fmt as_u64 as_i64 as_f64 as_bool
    as_array as_object pointer is_string is_null is_array is_object host host_str path scheme
    query fragment port_or_known_default domain username authority port
    """.split()
)
# They make an owned copy of what they are called on.
COPYING = frozenset(b"clone to_vec to_owned to_string to_path_buf to_os_string".split())


def is_into_iter(callee: bytes) -> bool:
    """Is it ``IntoIterator::into_iter``, written as a function?"""
    return re.fullmatch(rb"(?:\w+::)*IntoIterator::into_iter", callee) is not None


def is_reading_method(name: bytes) -> bool:
    """Does a method of this name work as well on a reference, whatever type of std it is called on?"""
    return name in _READING


# By std's naming rules (``into_``), and of Option, Result, containers, builders, iterators and handles by
# what everybody knows: they take ``self`` ...
_CONSUMING = re.compile(
    rb"into(?:_\w+)?|unwrap(?:_\w+)?|expect(?:_err)?|ok|err|ok_or(?:_else)?|map(?:_err|_or|_or_else)?"
    rb"|and_then|or|or_else|filter|filter_map|flat_map|flatten|transpose|xor|zip|freeze|try_into"
    rb"|chain|rev|join|concat|collect|partition|for_each|fold|sum|count"
)
# ... and these change what they are called on.
_CHANGING = frozenset(b"take replace insert".split())
# Std's and `bytes`' growing types have these, which ask for `&mut self`.
_GROWING = frozenset(
    b"""push push_str push_back push_front insert insert_str extend extend_from_slice append put
    put_slice extend_from_within truncate resize copy_from_slice clone_from_slice clone_from
    split_off retain""".split()
)
# Of Option and Result: they give what is inside to a closure.
_MAPPING = frozenset(b"map map_or map_or_else and_then is_some_and is_none_or is_ok_and".split())


# Methods of an iterator that give each element to their closure by value, and to nobody else.
ONE_BY_ONE = frozenset(b"map for_each any all flat_map filter_map position".split())


def consumes_receiver(name: bytes) -> bool:
    """Does a method of this name take ``self``? (Of slices ``join`` and ``concat`` do not.)"""
    return _CONSUMING.fullmatch(name) is not None


def grows_receiver(name: bytes) -> bool:
    """Is it a method with which std's and `bytes`' texts and lists are filled or cut, so that nothing of
    the receiver can be lent meanwhile? (A concurrent queue of the same name would lend.)"""
    return name in _GROWING


def is_taking_method(name: bytes) -> bool:
    """Does a method of this name need its receiver as a value, or to change it? (On an iterator over
    references some of these do not; ``str::replace`` does not.) What slices have too is none."""
    return name in _CHANGING or (consumes_receiver(name) and name not in _READING)


def is_mapping_method(name: bytes) -> bool:
    """Do Option and Result have a method of this name that gives what is inside to a closure, so that
    behind ``as_ref()`` the closure is given a reference?"""
    return name in _MAPPING


# Of std's iterators, texts, slices, options and results, beside those above: they compute from what they are
# called on, and from what their closures give.
_ON_ITS_WAY = frozenset(
    b"""into_iter iter_mut take skip step_by chain flatten flat_map filter_map take_while skip_while
    map_while fold scan inspect peekable cloned copied max_by max_by_key min_by min_by_key position
    product partition unzip last nth into_bytes into_string into_boxed_str into_boxed_slice into_keys
    into_values from_utf8_lossy into_owned to_lowercase to_uppercase or or_else ok_or_else then
    then_some map_or map_or_else is_ok_and unwrap_or_else as_deref_mut as_mut chars lines by_ref find
    find_map for_each reduce sort_unstable as_secs as_millis into_inner as_mut_slice rsplit zip
    try_into into try_from parse""".split()
)
# They change what they are called on, which nobody else has then.
_CHANGING_OWN = frozenset(
    b"""insert remove pop pop_front pop_back clear sort sort_by sort_by_key sort_unstable_by
    sort_unstable_by_key sort_unstable dedup dedup_by_key reverse drain take replace entry or_insert
    or_default or_insert_with and_modify get_mut first_mut last_mut next next_back swap swap_remove
    reserve rotate_left rotate_right fill get_or_insert get_or_insert_with peek sort_by_cached_key
    make_ascii_lowercase make_ascii_uppercase""".split()
)
# Of texts, slices and paths: they make a new one.
_ANEW = frozenset(
    b"""concat join repeat replace replacen to_lowercase to_uppercase to_ascii_lowercase
    to_ascii_uppercase with_extension with_file_name into_boxed_str into_boxed_slice""".split()
)
_ON_DISK = frozenset(
    b"exists is_file is_dir is_symlink metadata canonicalize read_dir read_link".split()
)


def looks_at_disk(name: bytes) -> bool:
    """Do paths have a method of this name, which asks the file system?"""
    return name in _ON_DISK


def computes_on_its_way(name: bytes) -> bool:
    """Do std's iterators, texts, slices, options or results have a method of this name that only computes
    from what it is called on and from what its closure gives?"""
    return name in _ON_ITS_WAY


def changes_receiver(name: bytes) -> bool:
    """Is it a method of std's collections, iterators or options that changes what it is called on?"""
    return grows_receiver(name) or name in _CHANGING_OWN


def makes_anew(name: bytes) -> bool:
    """Do texts, slices or paths have a method of this name that makes another one of them?"""
    return name in _ANEW


# -- functions -------------------------------------------------------------------------------------

# (type or module, function) that only make a value. The clock's may not be asked at another time.
_CLOCKS = frozenset({(b"Instant", b"now"), (b"SystemTime", b"now")})
_MAKERS = frozenset(
    {(b"String", b"new"), (b"Vec", b"new"), (b"Box", b"new"), (b"Arc", b"new"), (b"Rc", b"new")}
    | {(b"Arc", b"clone"), (b"Rc", b"clone"), (b"NonZero", b"new"), (b"Wrapping", b"new")}
    | {
        (b"f32", b"from_bits"),
        (b"f64", b"from_bits"),
        (b"mem", b"size_of"),
        (b"cmp", b"max"),
        (b"cmp", b"min"),
        (b"", b"max"),
        (b"", b"min"),
        (b"Command", b"new"),
        (b"Path", b"new"),
        (b"String", b"from_utf8"),
        (b"String", b"from_utf8_lossy"),
        (b"str", b"from_utf8"),
    }
    | {
        (owner, b"new")
        for owner in b"VecDeque PathBuf OsString HashMap HashSet BTreeMap BTreeSet Cell RefCell".split()
    }
)
_MAKING = re.compile(rb"from|try_from|default|from_(?:secs|millis|micros|nanos|str)[a-z0-9_]*")
_NUMBERS = frozenset(
    {b"bool", b"usize", b"isize"}
    | {b"%s%d" % (s, n) for s in (b"u", b"i") for n in (8, 16, 32, 64)}
)


_FORMATS = frozenset(
    {b"serde_json", b"serde_yaml", b"serde_yml", b"serde_cbor", b"serde_urlencoded", b"serde_qs"}
    | {b"toml", b"ron", b"bincode", b"postcard", b"ciborium", b"rmp_serde", b"bson", b"csv"}
    | {b"simd_json", b"sonic_rs", b"serde_wasm_bindgen", b"rmp", b"json5"}
)


def serializes(source: Source, call: Node) -> bool:
    """Is ``call`` one of a crate that writes values by serde: it takes a reference, and knows no more of
    the value than what its ``Serialize`` gives?"""
    called = call_of(call)
    if called is None or called.callee.type not in ("identifier", "scoped_identifier"):
        return False
    paths = full_paths(source, called.callee, source.text(called.callee))
    return any(path.partition(b"::")[0] in _FORMATS for path in paths)


def is_maker(source: Source, call: Node) -> bool:
    """Does ``call`` (no method call) only make a value: a constructor, a conversion, ``max``, a look
    at the clock?"""
    return _made(source, call, _MAKERS | _CLOCKS)


def is_pure_maker(source: Source, call: Node) -> bool:
    """As ``is_maker``, and whenever it is asked."""
    return _made(source, call, _MAKERS)


def reads_clock(source: Source, call: Node) -> bool:
    """Does ``call`` tell the time (``Utc::now()``, ``start.elapsed()``), so that it gives something else
    when it is asked again?"""
    called, name = call_of(call), callee_name(call)
    if called is None or name is None:
        return False
    method = called.callee.type == "field_expression"
    return source.text(name) == (b"elapsed" if method else b"now")


def _made(source: Source, call: Node, makers: frozenset[tuple[bytes, bytes]]) -> bool:
    called = call_of(call)
    if called is None or called.callee.type == "field_expression":
        return False
    path = b"".join(source.text(called.callee).split())
    head, _, last = path.rpartition(b"::")
    if last[:1].isupper() or _MAKING.fullmatch(last):
        return True
    if head in _NUMBERS and is_number_method(last):
        return True  # u64::max(a, b)
    owner = last_segment(head.partition(b"<")[0].removesuffix(b"::"))  # `Vec` of `Vec::<u8>`
    return (owner, last) in makers


# -- macros ----------------------------------------------------------------------------------------

_TAKING = frozenset({b"vec", b"matches", b"json", b"concat", b"stringify"})
_PRINTING = frozenset(
    {b"println", b"print", b"eprintln", b"eprint", b"trace", b"debug", b"info", b"warn", b"error"}
    | {b"log", b"event", b"write", b"writeln"}
)
_IN_PLACE = frozenset(
    {b"select", b"join", b"try_join", b"stream", b"try_stream", b"cfg_if", b"lazy_static", b"ready"}
    | {b"thread_local", b"pin", b"block_on", b"proptest", b"quote"}
)
# std's macros that stand for a literal.
LITERAL_MACROS = frozenset(
    {b"line", b"column", b"file", b"module_path", b"stringify", b"concat", b"env", b"option_env"}
    | {b"cfg", b"include_str", b"include_bytes"}
)
_STD_MACROS = LITERAL_MACROS | frozenset(
    b"""format format_args print println eprint eprintln write writeln panic todo unimplemented
    unreachable assert assert_eq assert_ne debug_assert debug_assert_eq debug_assert_ne matches vec
    dbg thread_local compile_error cfg_select""".split()
)
_CHECKING = frozenset({b"assert", b"debug_assert", b"ensure"})
_SHOWING_TEXT = frozenset({b"stringify", b"dbg", b"quote"})
_PURE_MACROS = frozenset({b"format", b"concat", b"stringify"})


def is_inert_macro(name: bytes) -> bool:
    """Does the macro only make a value of its arguments, or panic?"""
    return name in _TAKING or (takes_template(name) and name not in _PRINTING)


def is_pure_macro(name: bytes) -> bool:
    """As ``is_inert_macro``, without a panic."""
    return name in _PURE_MACROS


def is_printing(name: bytes) -> bool:
    """Does the macro hand a text to a log or a writer?"""
    return name in _PRINTING or name == b"dbg"


def is_stds_macro(name: bytes) -> bool:
    """Does std have a macro of this name that brings its own names with it?"""
    return name in _STD_MACROS


def takes_expressions(source: Source, macro: Node) -> bool:
    """Are the macro's arguments plain expressions, that it evaluates once, in order, to read them?"""
    name = macro_name(source, macro)
    return is_inert_macro(name) or is_printing(name)


def evaluates_in_place(source: Source, macro: Node) -> bool:
    """Is the macro known to evaluate what it is given as it stands there?"""
    return is_known_macro(macro_name(source, macro))


def is_known_macro(name: bytes) -> bool:
    """Is a macro of this name known to evaluate what it is given as it stands there?"""
    return is_inert_macro(name) or is_printing(name) or name in _IN_PLACE


def prints_its_arguments(source: Source, macro: Node) -> bool:
    """May the macro show its arguments as they are written: ``stringify!``, ``dbg!``, an ``assert!``
    without a message when it fails? (``quote!`` makes code of them.)"""
    name = macro_name(source, macro)
    if name not in _CHECKING:
        return name in _SHOWING_TEXT
    call = format_call(source, macro)
    return call is None or call.template is None
