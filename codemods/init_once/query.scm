; Types: Mutex<Option<Config>>, std::sync::RwLock<Option<Config>>, parking_lot::Mutex<std::option::Option<u8>>.
((generic_type
  type: (_) @lock
  type_arguments: (type_arguments . (generic_type type: (_) @option) .)) @type
  (#match? @lock "(Mutex|Lock)$")
  (#match? @option "^(std::option::|core::option::)?Option$"))

; Constructors, called or passed on as a function: Mutex::new, Mutex::<Option<u8>>::default.
((scoped_identifier
  path: (_) @made
  name: (identifier) @function) @constructor
  (#match? @made "(Mutex|Lock|parking_lot)(::<.*>)?$")
  (#any-of? @function "new" "default" "from" "const_new" "const_mutex" "const_rwlock"))
