"""Names of methods and functions, and what is known about them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Methods of std's text, slices, paths, maps, sets and of `bytes`, that only read their receiver
# and give nothing that depends on its being owned.
READING = frozenset(
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
    intersection union difference symmetric_difference is_some_and is_none_or slice front back
    utf8_chunks escape_ascii escape_debug encode_utf16 hash fmt as_u64 as_i64 as_f64 as_bool
    as_array as_object pointer is_string is_null is_array is_object host host_str path scheme
    query fragment port_or_known_default domain username authority port
    """.split()
)
# Of these, the ones that an Option, Result or iterator would consume: reading only for the types
# whose receiver is certain.
_BY_VALUE_ON_OPTION = frozenset({b"is_some_and", b"is_none_or"})


# Functions of std and tokio whose argument is `impl AsRef<..>` or `impl ToSocketAddrs`.
AS_REF = (
    "std::fs::",
    "tokio::fs::",
    "std::net::TcpStream::connect",
    "std::net::TcpListener::bind",
    "std::net::UdpSocket::bind",
    "tokio::net::TcpStream::connect",
    "tokio::net::TcpListener::bind",
    "tokio::net::UdpSocket::bind",
    "tokio::net::lookup_host",
    "std::process::Command::new",
    "tokio::process::Command::new",
)
# ... and methods, by the type they are called on (``known_types.key_of``).
AS_REF_METHODS: dict[str, frozenset[bytes]] = {
    "std::path::PathBuf": frozenset(
        b"join push starts_with ends_with with_file_name with_extension set_file_name"
        b" set_extension strip_prefix".split()
    ),
    "std::path::Path": frozenset(
        b"join starts_with ends_with with_file_name with_extension strip_prefix".split()
    ),
    **dict.fromkeys(
        ("std::process::Command", "tokio::Command"),
        frozenset(b"arg args env current_dir".split()),
    ),
    **dict.fromkeys(("std::fs::OpenOptions", "tokio::OpenOptions"), frozenset({b"open"})),
    **dict.fromkeys(("std::net::UdpSocket", "tokio::UdpSocket"), frozenset({b"connect"})),
    **dict.fromkeys(("std::fs::DirBuilder", "tokio::DirBuilder"), frozenset({b"create"})),
}
# Methods that consume an Option, a Result or a container: never a borrow.
CONSUMING = frozenset(
    b"""unwrap unwrap_or unwrap_or_else unwrap_or_default expect ok ok_or ok_or_else map map_err
    map_or map_or_else and_then or or_else filter take replace insert into into_iter into_inner
    into_bytes into_boxed_str into_boxed_slice into_boxed_path into_os_string into_string into_keys
    into_values into_vec into_iter_sorted into_sorted_vec zip flatten transpose xor freeze
    try_into into_future""".split()
)


# Methods of Option and Result whose closure may only look at what is inside.
LOOKING = frozenset(b"map map_or map_or_else and_then is_some_and is_none_or is_ok_and".split())
# Crates whose senders take `&self`; those of `futures` have a slot for each clone.
SENDERS = frozenset({"tokio", "std", "crossbeam_channel", "flume", "async_channel", "kanal"})
SENDING = frozenset(
    b"send try_send send_async send_timeout blocking_send is_closed capacity subscribe".split()
)


def reading(method: bytes) -> bool:
    """Does a method of this name only read, whatever standard type it is called on?"""
    return method in READING and method not in _BY_VALUE_ON_OPTION


# Functions and methods, besides the spawning ones, that keep a future beyond the call.
KEEPING = frozenset(b"block_on push boxed boxed_local".split())
# Argument expressions that need parentheses behind `&`.
LOOSE = words(
    "binary_expression type_cast_expression range_expression closure_expression"
    " assignment_expression compound_assignment_expr"
)
