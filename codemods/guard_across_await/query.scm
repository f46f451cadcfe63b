; What takes a lock by its looks. Whether a future is suspended meanwhile is looked at afterwards.

(call_expression
  function: (field_expression field: (field_identifier) @method)
  (#match? @method "^((try_|blocking_)?(lock|read|write)(_owned|_arc)?|(try_)?borrow(_mut)?|borrow_and_update|(try_)?upgradable_read(_arc)?)$")) @call

(parameter type: (_) @type (#match? @type "Guard(Arc)?\\b|\\bRef(Mut)?(Multi)?\\s*<")) @parameter
