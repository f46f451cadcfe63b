; Everything that may take a guard: what a `let` binds, what is matched on or looped over, and calls
; that take a lock by their name. Whether a future is suspended meanwhile is looked at afterwards.

(let_declaration value: (_) @let)

(let_condition value: (_) @matched)

(match_expression value: (_) @matched)

(for_expression value: (_) @matched)

(call_expression
  function: (field_expression field: (field_identifier) @method)
  (#match? @method "^((try_|blocking_)?(lock|read|write)(_owned|_arc)?|(try_)?borrow(_mut)?|borrow_and_update|(try_)?upgradable_read(_arc)?|(try_)?get(_mut)?|entry|.*(guard|locked).*)$")) @call

(call_expression
  function: [(identifier) (scoped_identifier)] @function
  (#match? @function "(^|[:_])(lock|guard|read|write)[a-z_]*$")) @call

(parameter type: (_) @type (#match? @type "Guard|RefMut?\\s*<")) @parameter
