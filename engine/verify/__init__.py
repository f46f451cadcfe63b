"""Verification: every fix that is emitted compiles, passes the tests, and was proven as emitted.

values      what goes in and comes out
session     the order of things: baseline, search, proof
search      all at once; who fails is found by evidence, then by halves
checks      the judge by ``cargo check``, and the codemods' ``follow``
culprits    who can have brought an error, and who probably did (``regions``: why that is so)
suite       tests before and after, flaky ones; ``testjudge`` the judge by failing tests
warnings    new ones, by fix
verdicts    the words
"""

from engine.verify.session import verify
from engine.verify.values import (
    Follow,
    Polish,
    Progress,
    Prove,
    Settings,
    VerifyResult,
)

__all__ = ["Follow", "Polish", "Progress", "Prove", "Settings", "VerifyResult", "verify"]
