"""The config in the manifests: what it says, and what it may not say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.codemod_options import Option
from engine.base.errors import SpikeproofError
from engine.base.ignore import Patterns
from engine.cargo.config import Config, closest, read_config
from engine.cargo.workspace import Selection, discover

TABLE = "package.metadata.spikeproof"


def read(data: object, manifest: str = "Cargo.toml", base: Config | None = None) -> Config:
    return read_config(data, manifest, TABLE, base)


def refused(data: object, manifest: str = "Cargo.toml") -> str:
    with pytest.raises(SpikeproofError) as caught:
        read(data, manifest)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_every_key() -> None:
    config = read(
        {
            "exclude": ["src/gen/**", "*.pb.rs"],
            "codemods": {"clone-per-frame": {"reuse": True, "limit": 3, "names": ["a"]}},
            "disable": ["dyn-param"],
            "test-timeout": 600,
            "check-timeout": 0.5,
            "env": ["DATABASE_URL"],
            "test-code": True,
        }
    )
    assert config == Config(
        exclude=("src/gen/**", "*.pb.rs"),
        codemods={"clone-per-frame": {"reuse": True, "limit": 3, "names": ["a"]}},
        disable=("dyn-param",),
        test_timeout=600.0,
        check_timeout=0.5,
        env=("DATABASE_URL",),
        test_code=True,
    )


def test_nothing_said() -> None:
    base = Config(disable=("a",))
    assert read(None, base=base) is base
    assert read({}) == Config()


def test_a_package_overrides_key_by_key() -> None:
    base = read(
        {
            "exclude": ["a.rs"],
            "codemods": {"one": {"x": 1, "y": 1}, "two": {"z": 1}},
            "disable": ["one"],
            "test-timeout": 60,
        }
    )
    config = read({"codemods": {"one": {"y": 2}}, "disable": []}, "p/Cargo.toml", base)
    assert config.codemods == {"one": {"x": 1, "y": 2}, "two": {"z": 1}}
    assert config.disable == ()
    assert config.exclude == ("a.rs",)
    assert config.test_timeout == 60


@pytest.mark.parametrize(
    ("pattern", "hits", "misses"),
    [
        ("*.pb.rs", ["w/p/x.pb.rs", "w/p/src/x.pb.rs"], ["x.pb.rs", "w/x.pb.rs"]),
        ("src/gen", ["w/p/src/gen"], ["w/p/a/src/gen", "src/gen"]),
        ("gen/", ["w/p/gen", "w/p/a/gen"], ["gen"]),
        ("src/**/x.rs", ["w/p/src/x.rs", "w/p/src/a/b/x.rs"], ["w/p/x.rs"]),
    ],
)
def test_patterns_are_relative_to_their_manifest(
    pattern: str, hits: list[str], misses: list[str]
) -> None:
    patterns = Patterns(read({"exclude": [pattern]}, "w/p/Cargo.toml").exclude)
    assert [path for path in hits + misses if patterns.decides(path, folder=True)] == hits


def test_a_folder_name_is_no_pattern() -> None:
    patterns = Patterns(read({"exclude": ["*.rs", "!k.rs"]}, "[ab] *!/Cargo.toml").exclude)
    assert patterns.decides("[ab] *!/x.rs", folder=False) is True
    assert patterns.decides("[ab] *!/k.rs", folder=False) is False
    assert patterns.decides("a x!/x.rs", folder=False) is None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"exlude": []}, "no key `exlude`: did you mean `exclude`?"),
        ({"test_timeout": 1}, "no key `test_timeout`: did you mean `test-timeout`?"),
        ({"zzz": 1}, "there is `baseline`, `check-timeout`, `codemods`, `cold`"),
        ([], "must be a table"),
        ({"exclude": "x"}, "`exclude` must be an array of strings"),
        ({"exclude": ["/etc"]}, "`/etc` is absolute"),
        ({"exclude": ["!/etc"]}, "`!/etc` is absolute"),
        ({"exclude": ["C:\\x"]}, "is absolute"),
        ({"exclude": ["a/../../b"]}, "`..` is not allowed"),
        ({"exclude": [" "]}, "is no pattern"),
        ({"exclude": ["a\nb"]}, "is no pattern"),
        ({"disable": [1]}, "`disable` must be an array of strings"),
        ({"codemods": []}, "must be a table of codemods"),
        ({"codemods": {"a": 1}}, "codemods.a] must be a table"),
        (
            {"codemods": {"a": {"level": "of"}}},
            "codemods.a] `level` must be `safe`, `review`, `report` or `off`",
        ),
        ({"codemods": {"a": {"level": 1}}}, "`level` must be `safe`, `review`, `report` or `off`"),
        ({"codemods": {"a": {"paths": "src"}}}, "codemods.a] `paths` must be an array of strings"),
        ({"codemods": {"a": {"exclude": ["../x"]}}}, "leaves the manifest's folder"),
        ({"codemods": {"\x1b": {"level": 1}}}, "codemods.\\x1b] `level` must be"),
        ({"baseline": "b.json"}, "there is one for all packages"),
        ({"baseline": ["b.json"]}, "must be the path of a file"),
        ({"baseline": "./"}, "must be the path of a file"),
        ({"baseline": "a\\b"}, "must be the path of a file"),
        ({"test-timeout": "10"}, "must be a number of seconds"),
        ({"test-timeout": True}, "must be a number of seconds"),
        ({"test-timeout": 0}, "above 0"),
        ({"test-timeout": float("inf")}, "at most a week"),
        ({"test-timeout": float("nan")}, "at most a week"),
        ({"check-timeout": 10**400}, "at most a week"),
        ({"test-code": "yes"}, "`test-code` must be true or false"),
        ({"env": ["A B"]}, "`env` must be an array of names of variables"),
        ({"env": ["A\n"]}, "`env` must be an array of names of variables"),
        ({"env": ["\x1b[2J"]}, "`env` must be an array of names of variables"),
        ({"exclude": ["../\x1b[2J"]}, "`../\\x1b[2J` leaves"),
        ({"\x1b[2J": 1}, "no key `\\x1b[2J`"),
        ({"workload": "a 'b"}, "`workload`: No closing quotation"),
        ({"workload": " "}, "`workload` must be a command: a string, or an array of strings"),
        ({"workload": ["a\0"]}, "`workload` must be a command"),
        ({"workload": 1}, "`workload` must be a command"),
    ],
)
def test_refused(data: Any, says: str) -> None:
    message = refused(data, "crates/a/Cargo.toml")
    assert says in message
    assert re.match(rf"crates/a/Cargo\.toml: \[{TABLE}(\.codemods\.[^ ]+)?\] ", message)
    assert "$" not in message  # where it is, is told by the key


@pytest.mark.parametrize("path", ["../b.json", "/b.json", "C:/b.json", "a/../../b.json"])
def test_a_baseline_stays_in_the_workspace(path: str) -> None:
    message = refused({"baseline": path})
    assert f"`baseline`: `{path}`" in message
    assert "manifest's folder" in message
    assert read({"baseline": "./a//b.json"}).baseline == "a/b.json"


def test_a_workload_is_split_as_a_shell_would() -> None:
    assert read({"workload": "a 'b c'"}).workload == ("a", "b c")
    assert read({"workload": ["a", "b c"]}).workload == ("a", "b c")


def test_unknown_codemods_and_options_are_told_with_the_nearest_name() -> None:
    kinds = (("reuse", bool), ("limit", int), ("by-name", str))
    options = {name: Option("", kind, kind()) for name, kind in kinds}
    known: dict[str, dict[str, Option]] = {"clone-per-frame": options, "mutex-counter": {}}
    more = {
        "reuse": True,
        "limit": 3,
        "by-name": "a",
        "level": "off",
        "paths": ["a"],
        "exclude": [],
    }
    read({"codemods": {"clone-per-frame": more}}).check_names(known)
    for data, says in (
        ({"disable": ["mutex-conter"]}, "no codemod `mutex-conter`: did you mean `mutex-counter`?"),
        ({"codemods": {"clone": {}}}, "no codemod `clone`"),
        ({"codemods": {"clone-per-frame": {"resue": 1}}}, "no key `resue`: did you mean `reuse`?"),
        (
            {"codemods": {"clone-per-frame": {"lvl": "off"}}},
            "no key `lvl`: did you mean `level`?",
        ),
        ({"codemods": {"clone-per-frame": {"reuse": 1}}}, "`reuse` must be true or false"),
        ({"codemods": {"clone-per-frame": {"reuse": {}}}}, "`reuse` must be true or false"),
        ({"codemods": {"clone-per-frame": {"limit": float("nan")}}}, "must be a whole number"),
        ({"codemods": {"clone-per-frame": {"limit": 1.0}}}, "must be a whole number"),
        ({"codemods": {"clone-per-frame": {"limit": True}}}, "must be a whole number"),
        ({"codemods": {"clone-per-frame": {"by-name": ["a"]}}}, "`by-name` must be a string"),
    ):
        base = read({"disable": ["mutex-counter"]})
        config = read(data, "a/Cargo.toml", base)
        with pytest.raises(SpikeproofError, match=r"^a/Cargo.toml: ") as caught:
            config.check_names(known)
        assert says in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(
                st.sampled_from(["exclude", "codemods", "disable", "test-timeout", "env"])
                | st.text(),
                x,
                max_size=4,
            )
        ),
    )
)
def test_any_data_is_read_or_refused_in_words(data: object) -> None:
    try:
        config = read(data)
    except SpikeproofError as error:
        assert "\n" not in str(error)
    else:
        assert all(not pattern.startswith("/") for pattern in config.exclude)


def test_where_the_config_is_found(tmp_path: Path) -> None:
    (tmp_path / "a/src").mkdir(parents=True)
    (tmp_path / "a/src/lib.rs").touch()
    (tmp_path / "Cargo.toml").write_text(
        "[workspace]\nmembers = ['a']\n[workspace.metadata.spikeproof]\ntest-timeout = 9\n"
    )
    (tmp_path / "a/Cargo.toml").write_text(
        "[package]\nname = 'a'\n[package.metadata.spikeproof]\ndisable = ['x']\n"
    )
    workspace = discover(tmp_path, Selection())
    assert workspace.config == Config(test_timeout=9.0)
    assert workspace.packages[0].config == Config(test_timeout=9.0, disable=("x",))
    (tmp_path / "a/Cargo.toml").write_text(
        "[package]\nname = 'a'\n[package.metadata.spikeproof]\nnonsense = 1\n"
    )
    with pytest.raises(SpikeproofError, match=r"a/Cargo.toml: \[package.metadata.spikeproof\]"):
        discover(tmp_path, Selection())


def test_nobody_waits_for_msgspec_where_no_config_is() -> None:
    """It takes about 10 ms to import."""
    steps = (
        "import sys; from engine.cargo.config import read_config",
        f"read_config(None, 'Cargo.toml', {TABLE!r}); print('msgspec' in sys.modules)",
        f"read_config({{}}, 'Cargo.toml', {TABLE!r}); print('msgspec' in sys.modules)",
    )
    command = [sys.executable, "-c", "\n".join(steps)]
    run = subprocess.run(command, capture_output=True, check=True)
    assert run.stdout.split() == [b"False", b"True"]


def test_closest_stays_short() -> None:
    assert closest("x", []) == ""
    assert closest("q", [f"name-{i}" for i in range(20)]) == ""
