; Everything that can reach the value behind a lock.
((call_expression
  function: (field_expression
    field: (field_identifier) @method)
  arguments: (arguments . ")")) @call
  (#any-of? @method
    "lock" "read" "write" "blocking_lock" "blocking_read" "blocking_write" "get_mut" "into_inner"
    "try_lock" "try_read" "try_write" "lock_owned" "read_owned" "write_owned" "try_lock_owned"
    "lock_arc" "read_arc" "write_arc" "upgradable_read" "is_locked" "is_poisoned" "clear_poison"))
