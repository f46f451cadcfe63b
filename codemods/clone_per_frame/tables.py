"""Names of methods and functions, and what is known about them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


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


# Functions and methods, besides the spawning ones, that keep a future beyond the call.
KEEPING = frozenset(b"block_on push boxed boxed_local".split())
# Argument expressions that need parentheses behind `&`.
LOOSE = words(
    "binary_expression type_cast_expression range_expression closure_expression"
    " assignment_expression compound_assignment_expr"
)
