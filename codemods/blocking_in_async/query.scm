; Calls that may block, by their names. Which do is told by types.

; x.exists()
(call_expression
  function: (field_expression field: (field_identifier) @name)
  (#any-of? @name
    "accept" "batch_execute" "block_on" "blocking_lock" "blocking_lock_owned" "blocking_read"
    "blocking_read_owned" "blocking_recv" "blocking_recv_many" "blocking_send" "blocking_write"
    "blocking_write_owned" "call" "canonicalize" "commit" "execute" "execute_batch" "exists"
    "file_type" "flush" "hash_password" "hash_password_into" "incoming" "into_incoming" "is_dir"
    "is_file" "is_symlink" "join" "lines" "lock" "lock_shared" "metadata" "open" "output" "peek"
    "peek_from" "query" "query_one" "query_opt" "query_row" "query_row_and_then" "read" "read_dir"
    "read_exact" "read_line" "read_link" "read_to_end" "read_to_string" "read_until" "read_vectored"
    "recv" "recv_deadline" "recv_from" "recv_timeout" "send" "send_empty" "send_form" "send_json"
    "send_string" "send_to" "set_len" "set_permissions" "simple_query" "status" "symlink_metadata"
    "sync_all" "sync_data" "to_socket_addrs" "try_exists" "unlock" "verify_password" "wait"
    "wait_for" "wait_timeout" "wait_timeout_ms" "wait_timeout_while" "wait_until" "wait_while"
    "wait_with_output" "write" "write_all" "write_fmt" "write_vectored")) @call

; std::fs::read(p), read_to_string(p)
(call_expression
  function: [
    (identifier) @name
    (scoped_identifier name: (identifier) @name)
    (generic_function function: (scoped_identifier name: (identifier) @name))]
  (#any-of? @name
    "block_on" "canonicalize" "connect" "connect_timeout" "copy" "create" "create_dir"
    "create_dir_all" "create_new" "exists" "get" "hard_link" "hash" "hash_with_result"
    "hash_with_salt" "metadata" "open" "park" "pbkdf2" "pbkdf2_hmac" "pbkdf2_hmac_array" "read"
    "read_dir" "read_link" "read_to_string" "remove_dir" "remove_dir_all" "remove_file" "rename"
    "scrypt" "set_permissions" "sleep" "symlink" "symlink_metadata" "verify" "write")) @call
