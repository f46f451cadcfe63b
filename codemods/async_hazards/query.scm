; What may be a hazard, by its name. Which is one is told by what stands around it, and by types.

; tokio::spawn(f), unbounded_channel(), join_all(fs)
(call_expression
  function: [
    (identifier) @name
    (scoped_identifier name: (identifier) @name)
    (generic_function function: (identifier) @name)
    (generic_function function: (scoped_identifier name: (identifier) @name))]
  (#any-of? @name
    "channel" "connect_async" "connect_async_tls_with_config" "connect_async_with_config" "join_all"
    "spawn" "spawn_local" "try_join_all" "unbounded" "unbounded_async" "unbounded_channel")) @call

; Client::new(), TcpStream::connect(a)
(call_expression
  function: [
    (scoped_identifier path: (_) @owner name: (identifier) @name)
    (generic_function function: (scoped_identifier path: (_) @owner name: (identifier) @name))]
  (#match? @owner "(Client|ClientBuilder|TcpStream|reqwest)$")
  (#any-of? @name "builder" "connect" "default" "get" "new")) @call

; tasks.spawn(f), futures.push(f), futures.collect::<FuturesUnordered<_>>()
(call_expression
  function: [
    (field_expression field: (field_identifier) @name)
    (generic_function function: (field_expression field: (field_identifier) @name))]
  (#any-of? @name "collect" "push" "spawn" "spawn_local" "spawn_on")) @call

; select! { .. }
(macro_invocation
  macro: [
    (identifier) @name
    (scoped_identifier name: (identifier) @name)]
  (#any-of? @name "select" "select_biased")) @select

; x.await
(await_expression) @await
