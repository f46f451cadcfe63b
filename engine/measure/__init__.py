"""Paired A/B of two trees: built alike, run in turns, judged by their differences.

The contract, for the command and for every other caller:

    from engine.measure import CompareSettings, Side
    from engine.measure import compare

    report = compare(scratch, Side(workspace, old_files), Side(workspace, new_files), settings, ui)

- ``scratch`` is an open ``engine.cargo.scratch.Scratch``; all building and running happens in its folder
  (``bench/`` beside its own copy, one build directory). Its own copy is not touched.
- A ``Side`` is a ``Workspace`` (from ``engine.cargo.workspace.discover``, on a user's tree or on a copy),
  which is only read, with ``files`` in place of its own texts. The packages are those that the
  second side has selected, the features and target its selection's too: equal flags for both.
- ``CompareSettings`` has the budget (seconds for each package), the number of pairs, and time-outs.
- ``ui`` has ``say(verb, text)`` and ``progress(text)``.
- Back comes a ``BenchReport`` of frozen values: a ``Row`` for each metric of each bench with its verdict
  (``faster``, ``slower``, ``no-difference``; ``fewer``, ``more``, ``same``), and a ``Missing`` with
  its reason for all that was not measured. Nothing that failed has a verdict.
- Raises ``SpikeproofError`` when a side does not build. Ctrl-C while it measures does not raise:
  the report has what is finished, and says ``interrupted``.

Layers: ``stats`` and ``budget`` calculate; ``bench_tree`` and ``build`` prepare; ``harness`` has
one module for each harness; ``layouts`` and ``orders`` link programs anew; ``measuring``,
``counters`` and ``runner`` run; ``workload`` (with ``figures`` and ``seed``) runs commands;
``text`` prints; ``comparisons``, ``attribution``, ``measure_fixes``, ``alternatives`` and ``verdicts``
are for the fixes of a run.
"""

from __future__ import annotations

from engine.base.bench_report import BenchReport, Machine, Missing, Row
from engine.measure.build import Side
from engine.measure.compare import compare
from engine.measure.settings import CompareSettings

__all__ = ["BenchReport", "CompareSettings", "Machine", "Missing", "Row", "Side", "compare"]
