; Types: Mutex<State>, tokio::sync::RwLock<State>, AsyncMutex<State>.
((generic_type
  type: (_) @lock) @type
  (#match? @lock "(Mutex|Lock)$"))

; Constructors, called or passed on as a function: Mutex::new, Mutex::<State>::default.
((scoped_identifier
  path: (_) @made
  name: (identifier) @function) @constructor
  (#match? @made "(Mutex|Lock)(::<.*>)?$")
  (#any-of? @function "new" "default" "from" "const_new" "with_max_readers" "const_with_max_readers"))
