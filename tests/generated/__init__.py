"""Random programs with an observable outcome, run before and after a codemod rewrote them.

Each codemod has a generator here, found by its name. A seed makes a program; seeds that once showed
a fault are kept in the generator and tried by every run. ``python -m tests.generated NAME --count
2000`` tries many.
"""
