; Type occurrences: Mutex<u64>, std::sync::RwLock<bool>, AsyncMutex<usize>.
(generic_type
  type_arguments: (type_arguments . (primitive_type) @inner .)) @type

; A lock around a struct or an alias of the same file: Mutex<Stats>, Mutex<Count>.
((generic_type
  type: (_) @lock
  type_arguments: (type_arguments .
    [(type_identifier) @inner (generic_type type: (type_identifier) @inner)] .)) @type
  (#match? @lock "(Mutex|Lock)$"))

; Constructors, called or passed on as a function: Mutex::new, Mutex::<u64>::default.
((scoped_identifier
  name: (identifier) @function) @constructor
  (#any-of? @function "new" "default" "from" "const_new" "const_mutex" "const_rwlock"))
