"""Verification: every fix that is emitted compiles, passes the tests, and was proven as emitted.

Runs of cargo (a check is one, a test run is one), when tests pass and fail for good; what fails at
times is run more often. With ``n`` fixes:

- 5 when all hold: check and tests of the tree as it is, check of all fixes, tests and check of the
  patch as it is emitted.
- one more, for all together, when the language proves who brings a check's errors; what else they
  take is in ``search``.
- ``t`` fixes each fail a test that speaks of it alone (its name, or the place of its panic):
  8 + t in all, 10 at least. A test over all that fails too: one more. Tests that speak of up to
  ``k`` fixes, one of them bad: log2 k more, for all together.
- nothing points at them: 10 + t * (log2 n + 1).
- whatever the tests point at: 12 + (t + 1) * (log2 n + 1), logarithms rounded up.

The first test run tells which tests reach which fix, with probes in the code; where tests fail in it,
these are run once more without probes, and all are where rustc refuses the probes (twice at most).

What tests refuse is dear because a good fix must not fall for a flaky test: before one is dropped,
its test has failed in four runs with it (two if it hangs) and passed in three without.

values           what goes in and comes out
verification     the order of things: baseline, search, proof
search           all at once; who fails is found by evidence, then by halves
checks           the judge by ``cargo check``, and the codemods' ``follow``
culprits         who can have brought an error, and who probably did
innermost_items  which item an error or an edit stands in, and why that tells who is to blame
suite            tests before and after, flaky ones
retrial          from a failed test run to the culprits
testjudge        tries sets of fixes by the tests that failed
hints            whom a failed test points at, so that the likely ones are tried first
proof            the patch in the form in which it is emitted, in a clean copy
warnings         new ones, by fix: they count as errors do
verdicts         the outcome of each proposal, in words
coverage_probes  probes at the heads of the functions that a fix changes
reach            which tests run them, from the run of the tests before any change
"""

from engine.verify.values import (
    Follow,
    Prove,
    StatusLine,
    VerifyResult,
    VerifySettings,
    VerifyTools,
)
from engine.verify.verification import verify

__all__ = [
    "Follow",
    "Prove",
    "StatusLine",
    "VerifyResult",
    "VerifySettings",
    "VerifyTools",
    "verify",
]
