; What may hold a guard without showing it: only the type tells. What a `let` binds, what is matched
; on or looped over, and calls of functions that take a lock by their name.

(let_declaration value: (_) @let)

(let_condition value: (_) @matched)

(match_expression value: (_) @matched)

(for_expression value: (_) @matched)

(call_expression
  function: (field_expression field: (field_identifier) @method)
  (#match? @method "^((try_)?get(_mut)?|entry|.*(guard|locked).*)$")) @call

(call_expression
  function: [(identifier) (scoped_identifier)] @function
  (#match? @function "(^|[:_])(lock|guard|read|write|borrow)[a-z_]*$")) @call

; A value in passing that is looked into: only its type tells, and only where its statement awaits is
; it looked at.
(field_expression value: (_) @looked_into)

(index_expression . (_) @looked_into)

(unary_expression "*" (_) @looked_into)
