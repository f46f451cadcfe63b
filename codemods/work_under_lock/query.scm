; What takes a lock by its looks. What is done under it is looked at afterwards.

(call_expression
  function: (field_expression field: (field_identifier) @method)
  (#match? @method "^(blocking_)?(lock|read|write)$")) @call
