; Type occurrences: Mutex<u64>, std::sync::RwLock<bool>, AsyncMutex<usize>.
(generic_type
  type_arguments: (type_arguments . (primitive_type) @inner .)) @type

; A lock around a struct: Mutex<Stats>.
((generic_type
  type: (_) @lock
  type_arguments: (type_arguments . (type_identifier) @inner .)) @type
  (#match? @lock "(Mutex|Lock)$"))

; Constructors, called or passed on as a function: Mutex::new, Mutex::<u64>::default.
((scoped_identifier
  name: (identifier) @function) @constructor
  (#any-of? @function "new" "default" "from" "const_new" "const_mutex" "const_rwlock"))

; Everything that can reach the value behind a lock.
((call_expression
  function: (field_expression
    field: (field_identifier) @method)
  arguments: (arguments . ")")) @call
  (#any-of? @method
    "lock" "read" "write" "blocking_lock" "blocking_read" "blocking_write" "get_mut" "into_inner"
    "try_lock" "try_read" "try_write" "lock_owned" "read_owned" "write_owned" "try_lock_owned"
    "lock_arc" "read_arc" "write_arc" "upgradable_read" "is_locked" "is_poisoned" "clear_poison"))
