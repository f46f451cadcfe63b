"""The summary of a job on GitHub: Markdown with the evidence table. GitHub takes 1 MiB a step."""

from __future__ import annotations

from collections.abc import Sequence

from engine.base.counts import count, silenced, spared
from engine.report.finding import Finding, Report
from engine.report.markdown import clipped, code, details, diff, prose, size

MAX_BYTES = 2**20
_ROWS = 8_192  # bytes kept for what stands below the table
_TEXT = 800  # characters of a cell


def step_summary(report: Report, room: int = MAX_BYTES) -> bytes:
    """The summary in at most ``room`` bytes (b"" when not even its head fits)."""
    new = report.new
    old = len(report.findings) - len(new)
    verified = sum(finding.verified for finding in new)
    head = [
        "## spikeproof",
        "",
        f"{count(len(new), 'new finding')}, {count(verified, 'verified fix', 'verified fixes')}; "
        f"{count(old, 'older one')} left as {'it is' if old == 1 else 'they are'}. "
        f"New against {code(report.base)}.",
    ]
    end = ["", *_remarks(report)]
    parts = ["\n".join(head)]
    left = room - size(parts[0]) - min(_ROWS, size("\n".join(end))) - 1024
    if left < 0:
        return b""
    if new:
        table = _fitting(_table(new), left, "| and more: no room for {} of them here | | | | |")
        parts.append("\n\n" + table)
        left -= size(table)
        blocks = [_block(finding) for finding in new if finding.patch]
        patches = _fitting(blocks, left, "\n{} patches are too long for this summary.")
        parts.append("\n\n" + patches if patches else "")
    text = _cut("\n".join(end), _ROWS)
    return ("".join(parts) + "\n" + text + "\n").encode("utf-8", "replace")


def _table(findings: Sequence[Finding]) -> list[str]:
    rows = ["| where | what | level | outcome | evidence |\n|---|---|---|---|---|"]
    for finding in findings:
        told = [f"{name}: {clipped(text, _TEXT, cell=True)}" for name, text in finding.evidence]
        why = f"why: {clipped(finding.reason, _TEXT, cell=True)}" if finding.reason else ""
        cells = [
            code(f"{finding.path}:{finding.line}", cell=True),
            f"**{prose(finding.codemod, cell=True)}** {clipped(finding.message, _TEXT, cell=True)}",
            str(finding.level),
            prose(finding.word, cell=True),
            "<br>".join(filter(None, [*told, why])),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _block(finding: Finding) -> str:
    place = prose(f"{finding.path}:{finding.line}".replace("`", "'"))
    return "\n" + details(f"{prose(finding.codemod)} {place}", diff(finding.patch))


def _fitting(rows: Sequence[str], room: int, missing: str) -> str:
    """As many of ``rows`` as there is room for, and in words how many are missing."""
    kept: list[str] = []
    for number, row in enumerate(rows):
        room -= size(row) + 1
        if room < 0:
            kept.append(missing.format(len(rows) - number))
            break
        kept.append(row)
    return "\n".join(kept)


def _remarks(report: Report) -> list[str]:
    rows = [f"- {prose(note)}" for note in report.notes]
    if report.suppressed:
        rows.append(f"- silenced: {prose(silenced(report.suppressed))}")
    if report.in_tests:
        rows.append(f"- left alone: {prose(spared(report.in_tests))}")
    skipped = [skip for skip in report.skipped if not skip.detail]
    for skip in skipped[:20]:
        rows.append(f"- skipped {code(skip.path)}: {prose(skip.reason)}")
    if len(skipped) > 20:
        rows.append(f"- and {len(skipped) - 20} more files skipped: see the log")
    if report.toolchain:
        rows.append(f"- proven with {code(report.toolchain)}")
    return rows


def _cut(text: str, most: int) -> str:
    if size(text) <= most:
        return text
    short = text.encode("utf-8", "replace")[: most - 64].decode("utf-8", "ignore")
    return short.rpartition("\n")[0] + "\n- … (cut: more is in the log)"
