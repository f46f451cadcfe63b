"""The codemods: one folder each, found by the registry; there is no list to edit."""
