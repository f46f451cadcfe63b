"""The review at a real pseudo-terminal: every key, every way out, with the scripted cargo."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

from engine.base.plain import width
from engine.detect import baseline
from tests.reviewkit import name_of
from tests.reviewroom import FILES, case
from tests.trees import content

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
_PROMPT = "\x1b[?2004h"  # what prompt_toolkit begins a question with
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")


class Terminal:
    """A review in a pseudo-terminal of its own."""

    def __init__(self, root: Path, *options: str, columns: int = 80, **env: str) -> None:
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "VISUAL", "EDITOR")}
        self._process = pexpect.spawn(
            sys.executable,
            ["-m", "tests.reviewroom", str(root), *options],
            cwd=str(REPOSITORY),
            env={**kept, "TERM": "xterm-256color", **env},
            encoding="utf-8",
            dimensions=(40, columns),
            timeout=20,
        )
        self._process.delaybeforesend = None
        self.raw = ""
        self._asked = False

    def press(self, *keys: str) -> str:
        """Each key after its question; what was shown until the next one, or the end."""
        shown = ""
        for key in keys:
            self._wait()
            self._process.send(key)
            self._asked = False
            shown = self._wait()
        return shown

    def break_off(self, key: str, how: int = 0) -> str:
        """Press ``key``, and Ctrl-C (or send a signal) when cargo is busy with it."""
        self._wait()
        self._process.send(key)
        self._asked = False
        self._process.expect("busy")
        if how:
            self._process.kill(how)
        else:
            self._process.send("\x03")
        return self._wait()

    def type_ahead(self, key: str, more: str) -> str:
        """Press ``key``, and type ``more`` while cargo is busy with it."""
        self._wait()
        self._process.send(key)
        self._asked = False
        self._process.expect("busy")
        self.raw += self._process.before
        self._process.send(more)
        return self._wait()

    def type(self, text: str) -> None:
        """As if before a question."""
        self._process.send(text)

    def resize(self, rows: int, columns: int) -> None:
        """At a question, which is drawn again: a key that comes before that may go unheard."""
        self._wait()
        self._process.setwinsize(rows, columns)
        self._process.expect(re.escape(_PROMPT))
        self._process.expect(r"\[\?7h")  # lines wrap again: all of it is drawn

    def kill(self, number: int) -> str:
        self._wait()
        self._process.kill(number)
        self._asked = False
        return self._wait()

    def hang_up(self) -> None:
        self._wait()
        self._process.close(force=False)
        assert not self._process.isalive()

    def close(self) -> None:
        self._process.close(force=True)

    def _wait(self) -> str:
        if self._asked:
            return ""
        self._process.expect([re.escape(_PROMPT), pexpect.EOF])
        text = self._process.before
        if self._process.after != pexpect.EOF:
            self._process.expect([r"\]\?", "Find:"])
            text += _PROMPT + self._process.before + self._process.after
            self._asked = True
        self.raw += text
        return _ANSI.sub("", text).replace("\r\n", "\n")


Start = Callable[..., Terminal]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "app"


@pytest.fixture
def start(root: Path) -> Iterator[Start]:
    opened: list[Terminal] = []

    def begin(*options: str, columns: int = 80, **env: str) -> Terminal:
        root.mkdir(exist_ok=True)
        opened.append(Terminal(root, *options, columns=columns, **env))
        return opened[-1]

    yield begin
    for terminal in opened:
        terminal.close()


def now(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for path in FILES}


def texts(*names: str) -> dict[str, bytes]:
    """The files with these fixes of the case."""
    made = case()
    taken = [item for item in made.items if name_of(item) in names]
    return {**FILES, **made.prover().texts.of(taken).files}


ALL = ("hot", "pair", "long", "third")

# -- answers ---------------------------------------------------------------------------------------


def test_nothing_is_written_before_the_end(start: Start, root: Path) -> None:
    terminal = start()
    end = terminal.press("y", "y", "y", "y")
    assert "4 to apply, 0 skipped\n  src/a.rs: 3 changes\n  src/b.rs: 2 changes\n" in end
    assert now(root) == FILES
    said = terminal.press("y")
    assert "Fixed src/a.rs (3 fixes)" in said
    assert "Fixed src/b.rs (2 fixes)" in said
    assert "left: done" in said
    assert now(root) == texts(*ALL)
    assert not list(root.glob("src/.*"))


def test_skipped_fixes_are_not_written(start: Start, root: Path) -> None:
    assert "Fixed src/a.rs (1 fix)" in start().press("y", "n", "n", "n", "y")
    assert now(root) == texts("hot")


def test_quit_writes_what_was_taken_and_says_so_before(start: Start, root: Path) -> None:
    said = start().press("y", "n", "q")
    assert said.index("to be written: 1 fix that you applied") < said.index("Proven what you chose")
    assert "2 fixes have no answer yet: `spikeproof apply --resume`" in said
    assert now(root) == texts("hot")


@pytest.mark.parametrize("key", ["Q", "\x03", "\x04"])
def test_leaving_asks_and_writes_nothing_and_keeps_the_answers(
    start: Start, root: Path, key: str
) -> None:
    said = start().press("y", "n", key)
    assert "nothing was written; `spikeproof apply --resume` goes on from here" in said
    assert now(root) == FILES
    again = start("--resume")
    again.press("q")
    assert now(root) == texts("hot")


def test_leaving_at_the_last_question_writes_nothing(start: Start, root: Path) -> None:
    assert "nothing was written" in start().press("y", "n", "n", "n", "\x03")
    assert now(root) == FILES


def test_a_signal_of_ctrl_c_is_the_key(start: Start, root: Path) -> None:
    terminal = start()
    terminal.press("y")
    assert "nothing was written" in terminal.kill(signal.SIGINT)
    assert now(root) == FILES


def test_enter_is_explained(start: Start, root: Path) -> None:
    terminal = start()
    assert "Enter answers nothing: `y` applies the fix" in terminal.press("\r")
    terminal.press("q")
    assert now(root) == FILES


def test_quit_at_once_changes_nothing(start: Start, root: Path) -> None:
    assert "nothing was applied" in start().press("q")
    assert now(root) == FILES


@pytest.mark.parametrize(
    ("keys", "taken"),
    [
        ("ay", ("hot", "pair", "long", "third")),  # a: those of src/a.rs
        ("dy", ("third",)),
        ("Ay", ("hot", "pair", "long", "third")),  # A: those of mutex-counter
        ("Dy", ("third",)),
        ("na", ("pair", "long")),
        ("yDn", ("hot",)),
    ],
)
def test_the_rest_of_a_file_and_of_a_codemod(
    start: Start, root: Path, keys: str, taken: tuple[str, ...]
) -> None:
    start().press(*keys, "q")
    assert now(root) == texts(*taken)


def test_undo_takes_back_answer_by_answer(start: Start, root: Path) -> None:
    terminal = start()
    assert "nothing to undo" in terminal.press("u")
    terminal.press("y", "a")
    assert "[2/4]" in terminal.press("u")
    assert "[1/4]" in terminal.press("u")
    terminal.press("n", "n", "n", "y")
    assert "[4/4]" in terminal.press("u")
    terminal.press("n")
    assert "nothing was applied" in terminal.press("y")
    assert now(root) == FILES


def test_the_last_question_can_be_declined(start: Start, root: Path) -> None:
    terminal = start()
    terminal.press("a", "n")
    assert "y writes, n writes nothing" in terminal.press("z")
    assert "[4/4]" in terminal.press("k")
    assert "1 to apply" not in terminal.press("j")
    assert "--resume" in terminal.press("n")
    assert now(root) == FILES
    again = start("--resume")
    assert "3 to apply, 1 skipped" in again.press("k", "j")
    again.press("y")
    assert now(root) == texts("hot", "pair", "long")


# -- hunks, alternatives, edits --------------------------------------------------------------------


def test_split_keeps_linked_hunks_together(start: Start, root: Path) -> None:
    terminal = start()
    terminal.press("n")
    shown = terminal.press("s")
    assert "[2/5] mutex-counter (hunks 1,2)" in shown
    assert "hunks 1,2 only work together" in shown
    assert "old_free" not in shown
    assert "is a hunk already" in terminal.press("s")
    shown = terminal.press("y")
    assert "[3/5] mutex-counter (hunk 3)" in shown
    assert "-    old_free();" in shown
    assert "Proven what you chose" in terminal.press("n", "q")
    after = now(root)
    assert after["src/b.rs"] == FILES["src/b.rs"]
    assert b"new_decl" in after["src/a.rs"]
    assert b"new_use" in after["src/a.rs"]


def test_all_hunks_of_a_fix_are_the_fix(start: Start, root: Path) -> None:
    start().press("n", "s", "y", "y", "q")
    assert now(root) == texts("pair")


def test_a_stopped_session_goes_on(start: Start, root: Path) -> None:
    terminal = start()
    terminal.press("y")
    terminal.type("\x1a")  # Ctrl-Z: nobody has a shell here that could wake it
    terminal.kill(signal.SIGCONT)
    terminal.press("q")
    assert now(root) == texts("hot")


def test_a_split_can_be_undone_and_one_hunk_is_not_split(start: Start, root: Path) -> None:
    terminal = start()
    assert "nothing to split" in terminal.press("s")
    assert "[2/5]" in terminal.press("n", "s")
    assert "[2/4]" in terminal.press("u")
    terminal.press("y", "q")
    assert now(root) == texts("pair")


def test_alternatives_are_checked_when_taken(start: Start, root: Path) -> None:
    terminal = start()
    assert "safe (good); 2 alternatives: `t`" in terminal.press("?", "\x0c")
    shown = terminal.press("t")
    assert "+    bad_1();" in shown
    assert "none yet: it is checked when you apply it" in shown
    refused = terminal.press("y")
    assert "it does not hold" in refused
    assert "no such thing" in refused
    shown = terminal.press("t")
    assert "+    other_1();" in shown
    assert "[2/4]" in terminal.press("y")
    terminal.press("q")
    assert b"other_1" in now(root)["src/a.rs"]


def test_alternatives_of_level_review_need_review(start: Start) -> None:
    shown = start("--review").press("t", "t", "t")
    assert "+    daring_1();" in shown
    assert "review (daring)" in shown
    terminal = start()
    assert "+    good_1();" in terminal.press("t", "t", "t")
    assert "there is no other alternative" in terminal.press("j", "t")


def test_an_undone_alternative_is_the_first_again(start: Start, root: Path) -> None:
    terminal = start()
    assert "+    good_1();" in terminal.press("t", "u")
    terminal.press("y", "q")
    assert now(root) == texts("hot")


def editor(root: Path, script: str) -> str:
    """A command that runs ``sed -i`` with ``script``."""
    return f"sed -i {script!r}"


def test_an_edited_text_is_checked_and_written(start: Start, root: Path) -> None:
    terminal = start(VISUAL=editor(root, "s/good_1/mine_1/"))
    shown = terminal.press("e")
    assert "+    mine_1();" in shown
    assert "your text compiles" in shown
    terminal.press("y", "q")
    assert now(root) == texts() | {"src/a.rs": FILES["src/a.rs"].replace(b"site_1", b"mine_1")}


def test_an_edited_text_that_does_not_compile_is_kept_for_the_next_try(
    start: Start, root: Path
) -> None:
    # The first time good -> bad, which fails; the second time bad -> fine.
    terminal = start(EDITOR=editor(root, "s/bad_1/fine_1/;s/good_1/bad_1/"))
    refused = terminal.press("e")
    assert "it does not hold" in refused
    assert "`e` opens your text again" in refused
    assert "+    fine_1();" in terminal.press("e")
    terminal.press("y", "q")
    assert b"fine_1" in now(root)["src/a.rs"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("true", "not changed"),
        ("false", "the editor saved nothing"),
        ("truncate -s0", "the editor saved nothing"),
        ("no-such-editor", "cannot start the editor"),
        ("sed -i /spikeproof/d", "not taken"),
        ("sed -i s/good_1/site_1/", "`n` skips the fix"),
        ("", "set VISUAL or EDITOR"),
    ],
)
def test_an_editor_that_changes_nothing(start: Start, root: Path, command: str, said: str) -> None:
    terminal = start(VISUAL=command)
    assert said in terminal.press("e")
    terminal.press("y", "q")
    assert now(root) == texts("hot")


def test_a_choice_that_does_not_hold_is_not_written(start: Start, root: Path) -> None:
    """Either alone compiles, both together do not."""
    terminal = start()
    shown = terminal.press("t", "t", "y", "n", "n", "y", "y")
    assert "it does not hold" in shown
    assert "not these together" in shown
    assert now(root) == FILES
    assert "2 to apply" in terminal.press("k")  # back to the questions
    said = terminal.press("y", "n")
    assert "nothing was written" in said
    assert "left: not all" in said
    assert now(root) == FILES
    again = start("--resume")
    assert "2 to apply" in again.press("k", "j")
    assert "Fixed" in again.press("y", "y")
    after = now(root)
    assert (b"other_1" in after["src/a.rs"]) is not (b"good_3" in after["src/b.rs"])


# -- looking ---------------------------------------------------------------------------------------


def test_moving_and_finding(start: Start) -> None:
    terminal = start()
    assert "this is the first one" in terminal.press("k")
    assert "[2/4]" in terminal.press("j")
    assert "[3/4]" in terminal.press("\x1b[B")
    assert "[4/4]" in terminal.press("j")
    assert "this is the last one" in terminal.press("j")
    assert "[3/4]" in terminal.press("\x1b[A")
    assert "[4/4]" in terminal.press("/", "CLONE-per\r")
    assert "[2/4]" in terminal.press("/", "new_decl\r")
    assert "no fix speaks of `nowhere`" in terminal.press("/", "nowhere\r")
    assert "]?" in terminal.press("/", "\x03")
    assert "[3/4]" in terminal.press("y")
    shown = terminal.press("k")
    assert "[2/4]" in shown
    assert "= answered: apply" in shown


def test_evidence_docs_and_help(start: Start) -> None:
    terminal = start()
    shown = terminal.press("i")
    assert "tests: passed: 7 tests of package app" in shown
    assert case().items[0].id in shown
    assert "Why it breaks under load" in terminal.press("x")
    shown = terminal.press("?")
    for key in "ynadADsteuixjk/?q":
        assert re.search(rf"^{re.escape(key)}  \w", shown, re.MULTILINE), key
    assert "`z` is no answer here: `?` lists the keys" in terminal.press("z")
    assert "`f5` is no answer here" in terminal.press("\x1b[15~")  # F5
    assert "is no answer here" in terminal.press("\x1b")
    assert "[2/4]" in terminal.press("y")


def test_a_long_diff_is_cut_with_a_word(start: Start) -> None:
    terminal = start()
    shown = terminal.press("j", "j")
    assert re.search(r"\.\.\. 1\d\d more lines of this diff: `i` shows all", shown)
    assert "written_199" not in shown
    assert "+    written_199();" in terminal.press("i")


def test_keys_pressed_while_nobody_asks_answer_nothing(start: Start, root: Path) -> None:
    terminal = start()
    terminal.type("yyyy")  # before the first question
    assert "[1/4]" in terminal._wait()
    assert "nothing was applied" in terminal.press("q")
    assert now(root) == FILES


@pytest.mark.parametrize("keys", ["s", "sZZy"])
def test_keys_typed_while_a_check_runs_are_neither_shown_nor_taken(
    start: Start, root: Path, keys: str
) -> None:
    """Also those that came with the key that began it: nobody had seen what it found."""
    terminal = start("--pausing")
    terminal.press("n")
    before = len(terminal.raw)
    shown = terminal.type_ahead(keys, "ZZZyyq")
    assert "hunks 1,2 only work together" in shown
    assert "Z" not in terminal.raw[before:]
    assert "yyq" not in terminal.raw[before:]
    assert "[2/5]" in terminal.press("\x0c")  # nothing was answered
    terminal.press("q")
    assert now(root) == FILES


def test_keys_typed_faster_than_asked_answer_in_order_and_do_not_write(
    start: Start, root: Path
) -> None:
    """As in ``git add -p``: where nothing is checked, none is lost and none is taken twice. Whether
    to write is only answered by who has seen that question."""
    terminal = start()
    terminal._wait()
    terminal.type("nynyyy")
    for _ in range(4):
        terminal._asked = False
        shown = terminal._wait()
    assert "2 to apply, 2 skipped" in shown
    assert now(root) == FILES
    terminal.press("y")
    assert now(root) == texts("pair", "third")


# -- the terminal ----------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [80, 40, 200])
def test_no_line_is_wider_than_the_terminal(start: Start, columns: int) -> None:
    terminal = start(columns=columns)
    terminal.press("i", "x", "?", "j", "j", "i", "j", "n", "q")
    lines = _ANSI.sub("", terminal.raw).replace("\r", "\n").split("\n")
    prompt = "Apply this fix"
    assert max(width(line) for line in lines if not line.startswith(prompt)) <= columns


def test_a_resized_terminal_is_used_as_it_is(start: Start, root: Path) -> None:
    terminal = start()
    terminal.press("j")
    terminal.resize(24, 50)
    terminal.press("k")
    before = len(terminal.raw)
    terminal.press("i", "?")
    lines = _ANSI.sub("", terminal.raw[before:]).replace("\r", "\n").split("\n")
    # What is typed at a question is drawn over it, by cursor moves.
    assert max(width(line) for line in lines if not line.startswith("Apply this fix")) <= 50
    screen = pyte.Screen(50, 24)
    pyte.Stream(screen).feed(terminal.raw[before:])
    assert any(line.startswith("Apply this fix [? lists keys]?") for line in screen.display)
    terminal.press("y", "q")
    assert now(root) == texts("hot")


_COLOURS = re.compile(r"\x1b\[(?:\d+;)*(?:[349]\d|10\d)(?:;\d+)*m")


@pytest.mark.parametrize("how", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, "--no-color"])
def test_without_colour(start: Start, how: dict[str, str] | str) -> None:
    terminal = start(how) if isinstance(how, str) else start(**how)
    if how == {"TERM": "dumb"}:
        terminal._process.expect(r"\]\?")
        shown = terminal._process.before
        terminal._process.send("q")
        terminal._process.expect("nothing was applied")
        assert "\x1b" not in shown
        return
    terminal.press("i", "x", "?", "t", "y")
    assert not _COLOURS.search(terminal.raw)


def test_only_colours_that_show_on_any_background(start: Start) -> None:
    terminal = start()
    terminal.press("i", "x", "?", "t", "y", "j", "y", "q")
    found = set(re.findall(r"\x1b\[([\d;]*)m", terminal.raw))
    colours = {c for code in found for c in code.split(";") if c and len(c) > 1}
    assert colours <= {"31", "32", "36"}, found  # red, green; cyan for the verb of a note


def test_text_of_the_repository_reaches_no_terminal_raw(start: Start) -> None:
    terminal = start()
    terminal.press("i", "t", "y", "u", "/", "\x1b]0;x\x07\r")
    assert "\x1b]" not in terminal.raw
    assert "\x07" not in terminal.raw
    assert "\u202e" not in terminal.raw
    assert "\\u{1b}]0;owned\\u{7} \\u{202e}[/bold] ::error::" in _ANSI.sub("", terminal.raw)


# -- other ways out --------------------------------------------------------------------------------


def test_an_ended_program_has_written_nothing_and_kept_the_answers(
    start: Start, root: Path
) -> None:
    terminal = start()
    terminal.press("y", "n")
    assert "Terminated" in terminal.kill(signal.SIGTERM)
    assert now(root) == FILES
    again = start("--resume")
    assert "[3/4]" in again.press("j", "k")
    again.press("q")
    assert now(root) == texts("hot")


def test_a_check_that_is_broken_off_changes_nothing(start: Start, root: Path) -> None:
    terminal = start("--slow", VISUAL=editor(root, "s/good_1/mine_1/"))
    assert "broken off: nothing was changed by it" in terminal.break_off("e")
    terminal.press("t", "t")
    assert "broken off: nothing was changed by it" in terminal.break_off("y")
    terminal.press("u", "u", "n")
    assert "broken off: nothing was changed by it" in terminal.break_off("s")
    terminal.press("y")
    said = terminal.break_off("q")
    assert "broken off before anything was written" in said
    assert now(root) == FILES
    start("--resume").press("q")
    assert now(root) == texts("pair")


def test_the_program_ends_also_while_it_checks(start: Start, root: Path) -> None:
    terminal = start("--slow")
    terminal.press("t", "t")
    assert "left: Terminated" in terminal.break_off("y", signal.SIGTERM)
    assert now(root) == FILES


def test_a_lost_terminal_has_written_nothing_and_kept_the_answers(start: Start, root: Path) -> None:
    terminal = start()
    terminal.press("y", "n")
    terminal.hang_up()
    assert now(root) == FILES
    start("--resume").press("q")
    assert now(root) == texts("hot")


def test_resume_after_writing_remembers_what_was_skipped(start: Start, root: Path) -> None:
    start().press("n", "q")
    stored = json.loads((root / "target/spikeproof/review/answers.json").read_bytes())
    assert [one["answer"] for one in stored["given"]] == ["skip"]
    shown = start("--resume").press("k", "j")
    assert "[2/4]" in shown


def test_a_new_session_does_not_take_up_the_old_answers(start: Start) -> None:
    start().press("n", "q")
    terminal = start()
    shown = terminal._wait()
    assert "--resume goes on there" in shown
    assert "[1/4]" in shown


def test_remembered_fixes_are_in_the_baseline(start: Start, root: Path) -> None:
    assert "Remembered 2 sites in baseline.json" in start("--remember").press("n", "n", "y", "q")
    held = baseline.read(root / "baseline.json")
    ids = [case().item(name).id for name in ("hot", "pair")]
    assert sorted(entry.id for entry in held.entries) == sorted(ids)


def test_a_file_that_changed_meanwhile_is_named_and_left(start: Start, root: Path) -> None:
    terminal = start()
    terminal.press("y", "y", "y")
    mine = b"// mine\n" + FILES["src/b.rs"]
    (root / "src/b.rs").write_bytes(mine)
    said = terminal.press("y", "y")
    assert "src/b.rs changed since the scan: it is not overwritten" in said
    assert "left: not all" in said
    after = now(root)
    assert after["src/b.rs"] == mine
    assert after["src/a.rs"] == texts("hot", "long")["src/a.rs"]  # `pair` is whole or not at all
    assert set(content(root)) == {"src/a.rs", "src/b.rs"}


# -- what was displaced ----------------------------------------------------------------------------


def test_what_was_displaced_is_asked_about_when_the_other_is_skipped(
    start: Start, root: Path
) -> None:
    terminal = start("--displaced")
    said = terminal.press("n")
    assert "[2/5] guard-across-await: a guard is held" in said
    assert "instead: of a fix that you skip, which overlaps this one" in said
    assert "proof: none yet: it is checked when you apply it" in said
    assert "it cannot be split" in terminal.press("s")
    end = terminal.press("y", "n", "n", "n")
    assert "1 to apply, 4 skipped" in end
    assert "Fixed src/a.rs (1 fix)" in terminal.press("y")
    assert now(root)["src/a.rs"] == FILES["src/a.rs"].replace(b"site_1", b"guard_1")


def test_what_was_displaced_is_not_asked_about_when_the_other_is_taken(
    start: Start, root: Path
) -> None:
    terminal = start("--displaced")
    assert "[2/4]" in terminal.press("y")
    assert "4 to apply, 0 skipped" in terminal.press("y", "y", "y")
    terminal.press("y")
    assert now(root) == texts(*ALL)


def test_an_answer_to_what_was_displaced_is_resumed(start: Start, root: Path) -> None:
    terminal = start("--displaced")
    terminal.press("n", "y")
    terminal.hang_up()
    again = start("--displaced", "--resume")
    again.press("n", "n", "n", "y")
    assert "with 2 answers" in again.raw
    assert now(root)["src/a.rs"] == FILES["src/a.rs"].replace(b"site_1", b"guard_1")
