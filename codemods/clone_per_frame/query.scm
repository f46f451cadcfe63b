; x.clone(), x.to_vec(), x.to_owned(), x.to_string(), x.to_path_buf(), x.to_os_string(), x.into_owned()
(call_expression
  function: (field_expression
    value: (_) @receiver
    field: (field_identifier) @word)
  arguments: (arguments) @arguments
  (#any-of? @word "clone" "to_vec" "to_owned" "to_string" "to_path_buf" "to_os_string" "into_owned")) @clone

; xs.iter().cloned()
(call_expression
  function: (field_expression
    field: (field_identifier) @word)
  (#eq? @word "cloned")) @clone

; Arc::clone(&x), Clone::clone(&x), Bytes::copy_from_slice(&x)
(call_expression
  function: (scoped_identifier
    name: (identifier) @word)
  arguments: (arguments) @arguments
  (#any-of? @word "clone" "copy_from_slice")) @clone

; BytesMut::from(&x[..]), Vec::from(x.as_ref()), String::from(x)
(call_expression
  function: (scoped_identifier) @path
  arguments: (arguments) @arguments
  (#match? @path "(^|:)(BytesMut|Vec|String)::from$")) @clone
