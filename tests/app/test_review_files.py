"""What a review writes: files whole or not at all, the way back, answers; what git has recorded."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.app.review import tree, vcs
from engine.app.review.finish import Finish, take_back, write
from engine.app.review.items import Answer, Kind, alternative
from engine.app.review.memory import Answers, Memory, digest
from engine.app.review.queue import Queue
from engine.app.review.resume import after_writing, kept, resumed
from engine.app.review.tree import Change
from engine.base.errors import SpikeproofError
from tests.fakecargo import Breaks
from tests.gitrepo import commit, git, start
from tests.reviewkit import Case, name_of
from tests.reviewroom import FILES, case
from tests.trees import build, content


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return build(tmp_path / "app", FILES)


@pytest.fixture
def memory(tmp_path: Path, root: Path) -> Memory:
    (tmp_path / "base").mkdir()
    return Memory(tmp_path / "base", root)


def changes(**more: bytes) -> list[Change]:
    new = {"src/a.rs": b"fn a() {}\r\n", "src/b.rs": b"fn b() {}"} | more
    return [Change(path, FILES[path], text) for path, text in new.items()]


# -- writing ---------------------------------------------------------------------------------------


def test_mode_and_bytes_are_kept(root: Path) -> None:
    (root / "src/a.rs").chmod(0o751)
    (root / "src/b.rs").chmod(0o600)
    tree.write(root, changes())
    assert (root / "src/a.rs").read_bytes() == b"fn a() {}\r\n"
    assert (root / "src/b.rs").read_bytes() == b"fn b() {}"
    assert (root / "src/a.rs").stat().st_mode & 0o777 == 0o751
    assert (root / "src/b.rs").stat().st_mode & 0o777 == 0o600
    assert len(content(root)) == 2  # nothing else lies about


def test_one_changed_file_keeps_all_from_being_written(root: Path) -> None:
    (root / "src/b.rs").write_bytes(b"mine")
    before = content(root)
    with pytest.raises(SpikeproofError, match=r"src/b\.rs changed while"):
        tree.write(root, changes())
    assert content(root) == before


def test_a_rename_that_fails_puts_the_others_back(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def broken(old: str, new: str, **more: int) -> None:
        if new == "b.rs":
            raise OSError(28, "No space left on device", new)
        real(old, new, **more)

    monkeypatch.setattr(os, "replace", broken)
    before = content(root)
    with pytest.raises(SpikeproofError, match="all files are as they were"):
        tree.write(root, changes())
    assert content(root) == before


def test_no_link_is_written_through(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.rs"
    outside.write_bytes(FILES["src/b.rs"])
    (root / "src/b.rs").unlink()
    (root / "src/b.rs").symlink_to(outside)
    assert tree.changed(root, FILES) == ("src/b.rs",)
    with pytest.raises(SpikeproofError, match="src/b"):
        tree.write(root, changes())
    assert outside.read_bytes() == FILES["src/b.rs"]
    (root / "src").rename(tmp_path / "away")
    (root / "src").symlink_to(tmp_path / "away")
    assert tree.changed(root, FILES) == ("src/a.rs", "src/b.rs")
    with pytest.raises(SpikeproofError, match="nothing was written"):
        tree.write(root, changes())
    assert (tmp_path / "away/a.rs").read_bytes() == FILES["src/a.rs"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_read_only_file_is_not_written(root: Path) -> None:
    (root / "src/a.rs").chmod(0o444)
    with pytest.raises(SpikeproofError, match="read-only"):
        tree.write(root, changes())
    assert tree.changed(root, FILES) == ()


_CTRL_C = """
import os, signal, sys
from pathlib import Path
from engine.app.review import tree
real = os.replace
def pressed(*names, **more):
    os.kill(os.getpid(), signal.SIGINT)
    real(*names, **more)
os.replace = pressed
root = Path(sys.argv[1])
found = [tree.Change(p, (root / p).read_bytes(), b"new") for p in ("src/a.rs", "src/b.rs")]
tree.write(root, found)
print("done")
"""


def test_ctrl_c_comes_between_no_two_files(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _CTRL_C, str(root)],
        capture_output=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert (run.returncode, run.stdout) == (0, b"done\n"), run.stderr
    assert content(root) == {"src/a.rs": b"new", "src/b.rs": b"new"}


# -- the way back ----------------------------------------------------------------------------------


def written(root: Path, memory: Memory, made: Case) -> dict[str, bytes]:
    files = dict(made.prover().texts.of(made.items).files)
    write(root, memory, files, made.prover().texts)
    return files


def test_what_was_written_is_taken_back(root: Path, memory: Memory) -> None:
    before = content(root)
    files = written(root, memory, case())
    assert content(root) == files != before
    assert take_back(root, memory) == ("src/a.rs", "src/b.rs")
    assert content(root) == before
    with pytest.raises(SpikeproofError, match="no apply is on record"):
        take_back(root, memory)


def test_undo_goes_back_step_by_step(root: Path, memory: Memory) -> None:
    texts = [FILES["src/a.rs"], *(b"step %d" % n for n in range(30))]
    for old, new in itertools.pairwise(texts):
        memory.note([Change("src/a.rs", old, new)])
        tree.write(root, [Change("src/a.rs", old, new)])
    for text in reversed(texts[-21:-1]):
        take_back(root, memory)
        assert (root / "src/a.rs").read_bytes() == text
    with pytest.raises(SpikeproofError, match="no apply is on record"):
        memory.back()


def test_undo_touches_nothing_when_a_file_is_another_one(root: Path, memory: Memory) -> None:
    files = written(root, memory, case())
    (root / "src/b.rs").write_bytes(b"worked on since")
    with pytest.raises(SpikeproofError, match=r"nothing was taken back: src/b\.rs"):
        take_back(root, memory)
    assert (root / "src/a.rs").read_bytes() == files["src/a.rs"]
    (root / "src/b.rs").write_bytes(FILES["src/b.rs"])  # as it was before: cut short, or by hand
    assert take_back(root, memory) == ("src/a.rs",)
    assert content(root) == FILES


def test_what_could_not_be_written_is_not_on_record(root: Path, memory: Memory) -> None:
    (root / "src/b.rs").unlink()
    with pytest.raises(SpikeproofError):
        written(root, memory, case())
    with pytest.raises(SpikeproofError, match="no apply is on record"):
        memory.back()


@pytest.mark.parametrize(
    "path", ["../x.rs", "/etc/x.rs", "src/../../x.rs", ".git/x.rs", "Makefile"]
)
def test_a_forged_record_leads_nowhere(root: Path, memory: Memory, path: str) -> None:
    memory.note([Change("src/a.rs", b"old", b"new")])
    record = next((root.parent / "base/review/undo").iterdir())
    record.write_text(record.read_text("utf-8").replace("src/a.rs", path), "utf-8")
    with pytest.raises(SpikeproofError, match="cannot read the record"):
        memory.back()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2}', "[" * 100_000])
def test_a_broken_record_says_what_to_do(root: Path, memory: Memory, text: str) -> None:
    memory.note([Change("src/a.rs", b"old", b"new")])
    memory.keep(Answers())
    for file in ("undo/000001.json", "answers.json"):
        (root.parent / "base/review" / file).write_text(text, "utf-8")
    for read in (memory.back, memory.answers):
        with pytest.raises(SpikeproofError, match="delete"):
            read()


def test_the_record_is_written_through_no_link(root: Path, memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "base/review").symlink_to(tmp_path / "elsewhere")
    memory.keep(Answers())
    assert not list((tmp_path / "elsewhere").iterdir())
    assert memory.answers() == Answers()


# -- answers ---------------------------------------------------------------------------------------


def half_way(made: Case) -> Queue:
    """hot: another alternative, taken; pair: split, one part skipped; the rest open."""
    prover = made.prover()
    queue = Queue(made.items)
    hot = made.items[0]
    other = prover.try_alone(alternative(hot, hot.verdict.proposal.fixes[2])).item
    queue = queue.swap(other).give(Answer.TAKE)
    assert queue.current is not None
    return queue.swap(*prover.linked_hunks(queue.current)).give(Answer.SKIP)


def test_answers_come_back_as_they_were(memory: Memory) -> None:
    made = case()
    texts = made.prover().texts
    queue = half_way(made)
    memory.keep(kept(queue, texts))
    found = resumed(memory.answers(), made.items, texts)
    assert found.queue == queue
    assert (found.held, found.stale, found.gone, found.other) == (2, (), 0, 0)
    assert found.queue.items[0].kind is Kind.ALTERNATIVE


def test_answers_about_another_text_are_asked_again() -> None:
    made = case()
    answers = kept(half_way(made), made.prover().texts)
    moved = dict(made.files, **{"src/b.rs": b"// new\n" + FILES["src/b.rs"]})
    now = replace(made, files=moved)
    found = resumed(answers, now.items, now.prover().texts)
    assert found.stale == ("src/b.rs",)  # both hunks of `pair` are asked again, as one fix
    assert [i.key for i in found.queue.items] == [i.key for i in made.items]
    assert (found.held, found.queue.at) == (1, 1)


def test_answers_to_what_is_gone_are_told() -> None:
    made = case()
    queue = Queue(made.items).give(Answer.TAKE).give(Answer.SKIP)
    answers = kept(queue, made.prover().texts)
    found = resumed(answers, made.items[1:], made.prover().texts)
    assert (found.held, found.gone) == (1, 1)
    assert found.queue.current == made.items[2]
    changed = replace(
        made.items[0],
        fix=replace(made.items[0].fix, edits=made.items[1].fix.edits[:1]),
    )
    found = resumed(answers, [changed, *made.items[1:]], made.prover().texts)
    assert (found.held, found.other, found.queue.current) == (1, 1, changed)


def test_skipped_fixes_stay_skipped_when_others_were_written() -> None:
    made = case()
    texts = made.prover().texts
    queue = Queue(made.items).give(Answer.TAKE).give(Answer.SKIP)
    files = texts.of(queue.taken).files
    answers = after_writing(queue, texts, files)
    assert [one.id for one in answers.given] == [made.items[1].id]
    assert answers.files["src/a.rs"] == digest(files["src/a.rs"]) != digest(FILES["src/a.rs"])


# -- the end ---------------------------------------------------------------------------------------


def finish(made: Case, root: Path, memory: Memory) -> tuple[Finish, Case]:
    prover = made.prover(tests=True)
    files = prover.texts.of(made.items).files
    return Finish(root, prover.texts, prover, memory, files, tree.stamps(root, FILES)), made


def test_what_was_proven_as_a_whole_is_not_proven_again(root: Path, memory: Memory) -> None:
    end, made = finish(case(), root, memory)
    parts = made.prover().linked_hunks(made.items[1])
    runs = made.cargo.runs
    ready = end.ready([made.items[0], *parts, *made.items[2:]])
    assert made.cargo.runs == runs
    end.write(ready.files)
    assert content(root) == ready.files


def test_a_part_of_it_is_proven_with_check_and_tests(root: Path, memory: Memory) -> None:
    end, made = finish(case(), root, memory)
    ready = end.ready(made.items[:1])
    assert ready.files == made.prover().texts.of(made.items[:1]).files
    assert ready.tests == "passed: 1 test of package app"
    assert made.cargo.seen["check"] >= 1
    assert made.cargo.seen["prove"] >= 1


def test_a_fix_with_a_changed_file_is_left_whole(root: Path, memory: Memory) -> None:
    """`pair` spans both files: with src/b.rs changed, nothing of it is written to src/a.rs."""
    end, made = finish(case(), root, memory)
    (root / "src/b.rs").write_bytes(b"// mine\n" + FILES["src/b.rs"])
    ready = end.ready(made.items)
    assert ready.stale == ("src/b.rs",)
    assert {name_of(i) for i in ready.dropped} == {"pair", "third"}
    assert list(ready.files) == ["src/a.rs"]
    assert b"new_decl" not in ready.files["src/a.rs"]
    assert b"good_1" in ready.files["src/a.rs"]
    assert made.renewed == 1  # and was proven in the tree as it is now
    end.write(ready.files)
    assert (root / "src/b.rs").read_bytes().startswith(b"// mine")


def test_a_change_elsewhere_has_all_proven_again(root: Path, memory: Memory) -> None:
    end, made = finish(case(), root, memory)
    info = (root / "src/b.rs").stat()
    os.utime(root / "src/b.rs", ns=(info.st_atime_ns, info.st_mtime_ns + 10**9))
    ready = end.ready(made.items)
    assert not ready.stale
    assert made.renewed == 1
    assert ready.tests.startswith("passed")
    assert ready.files == made.prover().texts.of(made.items).files


def test_a_failed_proof_in_a_changed_tree_leaves_nothing_proven(root: Path, memory: Memory) -> None:
    end, made = finish(case(), root, memory)
    info = (root / "src/b.rs").stat()
    os.utime(root / "src/b.rs", ns=(info.st_atime_ns, info.st_mtime_ns + 10**9))
    made.cargo.rules = [*made.cargo.rules, Breaks(("good_1",), (("src/a.rs", "good_1"),))]
    assert [t.item.id for t in end.ready(made.items).failed] == [made.item("hot").id]
    again = end.ready(made.items)
    assert [t.item.id for t in again.failed] == [made.item("hot").id]
    assert b"good_1" not in again.files["src/a.rs"]


# -- git -------------------------------------------------------------------------------------------


@pytest.fixture
def repository(root: Path) -> Path:
    (root / ".gitignore").write_text("/target\n", "utf-8")
    return start(root)


def refused(root: Path, dirty: bool = False, no_vcs: bool = False) -> str:
    try:
        vcs.refuse_unrecorded(root, dirty, no_vcs)
    except SpikeproofError as error:
        return f"{error}\n{error.detail}"
    return ""


def test_a_clean_tree_is_taken(repository: Path) -> None:
    (repository / "target").mkdir()
    (repository / "target/x").write_text("ignored", "utf-8")
    assert refused(repository) == ""
    assert refused(repository / "src") == ""


def test_what_git_has_not_recorded_is_named(repository: Path) -> None:
    (repository / "src/a.rs").write_text("changed", "utf-8")
    git(repository, "mv", "src/b.rs", "src/c.rs")
    (repository / "new \n\x1b[1m.rs").write_text("new", "utf-8")
    said = refused(repository)
    for name in ("src/a.rs", "src/b.rs", "src/c.rs", r"new \n\x1b[1m.rs"):
        assert f"  {name}\n" in said + "\n"
    assert "--allow-dirty" in said
    assert "\x1b" not in said
    assert refused(repository, dirty=True) == ""


def test_what_lies_beside_the_workspace_does_not_matter(repository: Path, tmp_path: Path) -> None:
    inner = build(repository / "rust", {"src/lib.rs": ""})
    commit(repository)
    (repository / "src/a.rs").write_text("changed", "utf-8")
    assert refused(inner) == ""
    assert "src/a.rs" in refused(repository)


def test_outside_of_any_repository(root: Path, repository: Path, tmp_path: Path) -> None:
    alone = build(tmp_path / "alone", FILES)
    assert "--allow-no-vcs" in refused(alone)
    assert refused(alone, no_vcs=True) == ""
    ignored = build(repository / "target/unpacked", FILES)
    assert "--allow-no-vcs" in refused(ignored)


def test_the_repository_runs_nothing(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n", "utf-8")
    hook.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(hook))
    (repository / "src/a.rs").write_text("changed", "utf-8")
    assert "src/a.rs" in refused(repository)
    assert not ran.exists()


def test_the_answers_are_no_secret_format(root: Path, memory: Memory) -> None:
    made = case()
    memory.keep(kept(half_way(made), made.prover().texts))
    stored = json.loads((root.parent / "base/review/answers.json").read_bytes())
    assert [one["answer"] for one in stored["given"]] == ["take", "skip", None]
    memory.forget()
    assert memory.answers() == Answers()
