; format!(..), wherever its text goes
((macro_invocation
  macro: [(identifier) (scoped_identifier)] @macro) @format
  (#match? @macro "(^|::)format$"))
