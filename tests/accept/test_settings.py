"""Settings: where they are found, what they say, and what is wrong with them, at its line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.volume import compared, many
from wrpc.accept.find import find
from wrpc.accept.settings import Settings, matches
from wrpc.accept.toml import KEYS, read
from wrpc.diagnostics import Diagnostic, Refusal


def refused(path: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(Refusal) as error:
        read(path)
    return [(d.code.id, d.span.line, d.message) for d in error.value.diagnostics]


WHOLE = """\
select = ["WRP2", "wrp401"]
ignore = ["WRP9"]
fail-on = "warning"
fail-under = 80
baseline = "ci/baseline.json"

[per-file-ignores]
"legacy/*.wrp" = ["WRP204"]

[release]
litellm = "1.91.5"
"""


@pytest.mark.parametrize("shared", [False, True])
def test_everything_that_can_be_said(tmp_path, shared):
    path = tmp_path / ("pyproject.toml" if shared else "wrpc.toml")
    text = WHOLE
    if shared:
        text = "[tool.wrpc]\n" + WHOLE.replace("[per", "[tool.wrpc.per").replace("[rel", "[tool.wrpc.rel")
    path.write_text('[project]\nname = "x"\n\n' * shared + text)
    made = read(path)
    assert (made.select, made.fail_on, made.fail_under) == (("WRP2", "WRP401"), "warning", 80)
    assert made.baseline == tmp_path / "ci/baseline.json"
    assert made.release == {"litellm": "1.91.5"}
    (ignored,), (own,) = made.ignore, made.per_file
    assert (ignored.codes, own.glob, own.codes) == (("WRP9",), "legacy/*.wrp", ("WRP204",))
    assert ignored.span.text == "ignore"
    assert own.span.text == '"legacy/*.wrp"'


def test_the_nearest_upwards(tmp_path):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    policy = deep / "p.wrp"
    assert find([policy]) == Settings()
    (tmp_path / "wrpc.toml").write_text('ignore = ["WRP1"]\n')
    assert find([policy]).path == tmp_path / "wrpc.toml"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert find([policy]).path == tmp_path / "wrpc.toml"
    (tmp_path / "a" / "pyproject.toml").write_text("# no tool.wrpc here\n[tool]\nx = 1\n")
    assert find([deep / ".." / "b" / "p.wrp"]).path == tmp_path / "wrpc.toml"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.wrpc]\n")
    assert find([policy]).path == tmp_path / "a" / "pyproject.toml"
    (tmp_path / "a" / "wrpc.toml").write_text("")
    assert find([policy]).path == tmp_path / "a" / "wrpc.toml"
    assert find([policy, tmp_path / "q.wrp"]).path == tmp_path / "wrpc.toml"


def test_a_checkout_has_its_own(tmp_path):
    (tmp_path / "wrpc.toml").write_text('ignore = ["WRP1"]\n')
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert find([tmp_path / "repo" / "p.wrp"]) == Settings()


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        ("select = [", "WRP080", 1, "not TOML"),
        ("a = 1\nb = = 2\n", "WRP080", 2, "not TOML"),
        ("a = 1\na = 2\n", "WRP080", 2, "not TOML"),
        ('\nselct = ["WRP2"]\n', "WRP081", 2, "no setting `selct`"),
        ('select = "WRP2"\n', "WRP082", 1, "list of codes or families, found \"WRP2\""),
        ("select = [1]\n", "WRP082", 1, "more than strings"),
        ('\n\nignore = ["WRP201", "WRP298"]\n', "WRP082", 3, "no code `WRP298`"),
        ('ignore = ["unused"]\n', "WRP082", 1, "found \"unused\""),
        ('fail-on = "errors"\n', "WRP082", 1, "one of `note`, `warning`, `error`, found \"errors\""),
        ("fail-on = true\n", "WRP082", 1, "found `true`"),
        ("fail-under = 101\n", "WRP082", 1, "a whole number from 0 to 100"),
        ("fail-under = true\n", "WRP082", 1, "found `true`"),
        ("fail-under = 8.5\n", "WRP082", 1, "found `8.5`"),
        ("baseline = []\n", "WRP082", 1, "path of a baseline"),
        ("per-file-ignores = 3\n", "WRP082", 1, "table of globs"),
        ('[per-file-ignores]\n"a.wrp" = "WRP2"\n', "WRP082", 2, "list of codes"),
        ('[release]\nlitelm = "1"\n', "WRP081", 2, "no importer `litelm`"),
        ("[release]\nlitellm = 1\n", "WRP082", 2, "a release as a string"),
        ('[release]\nlitellm = "0.1"\n', "WRP082", 2, "`litellm` is known in release"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(tmp_path, text, code, line, said):
    path = tmp_path / "wrpc.toml"
    path.write_text(text)
    (only,) = refused(path)
    assert only[:2] == (code, line)
    assert said in only[2]


def test_all_of_it_at_once_and_in_the_shared_file(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[project]\nselect = 1\n[tool.wrpc]\nslect = []\nfail-on = "x"\n[tool.wrpc.per-file-ignores]\nb = 1\n'
    )
    assert [(code, line) for code, line, _ in refused(path)] == [("WRP081", 4), ("WRP082", 5), ("WRP082", 7)]


def test_a_broken_file_of_others_is_theirs(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.other\n")
    assert find([tmp_path / "p.wrp"]) == Settings()
    (tmp_path / "pyproject.toml").write_text("[tool.wrpc\n")
    with pytest.raises(Refusal):
        find([tmp_path / "p.wrp"])


def test_what_cannot_be_read(tmp_path):
    (tmp_path / "wrpc.toml").write_bytes(b"\xff\xfe")
    assert refused(tmp_path / "wrpc.toml")[0][0] == "WRP080"
    assert refused(tmp_path / "none.toml")[0][0] == "WRP080"
    assert set(KEYS) == {"select", "ignore", "per-file-ignores", "fail-under", "fail-on", "baseline", "release"}


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("*.wrp", ["a.wrp", "x/a.wrp"], ["a.yaml"]),
        ("legacy/*.wrp", ["legacy/a.wrp"], ["a.wrp", "legacy/b/a.wrp", "x/legacy/a.wrp"]),
        ("legacy/**", ["legacy/a.wrp", "legacy/b/a.wrp"], ["a.wrp"]),
        ("**/old/*.wrp", ["old/a.wrp", "x/y/old/a.wrp"], ["old/x/a.wrp"]),
        ("./a.wrp", ["a.wrp"], ["b/a.wrp"]),
    ],
)
def test_globs(glob, yes, no):
    assert all(matches(glob, name) for name in yes)
    assert not any(matches(glob, name) for name in no)


TOKENS = [
    "select", "ignore", "fail-on", "fail-under", "baseline", "release", "per-file-ignores", "=", "[", "]", '"', "WRP2",
    '"WRP2"', "\n", "{", "}", ".", "#", "1", "true", "'", ",", "1979-05-27", '"' * 3, "\\", "nan", "é", "\x00", "\r",
    "\u2028",
]  # fmt: skip


@many(300, floors={"read": 5, "refused": 150})
@given(words=st.lists(st.sampled_from(TOKENS), max_size=14), shared=st.booleans())
def test_any_text_is_read_or_refused(words, shared, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "any-settings"
    folder.mkdir(exist_ok=True)
    path = folder / ("pyproject.toml" if shared else "wrpc.toml")
    path.write_bytes(("[tool.wrpc]\n" * shared + " ".join(words)).encode())
    told: Sequence[Diagnostic] = ()
    try:
        read(path)
    except Refusal as refusal:
        told = refusal.diagnostics
    compared("refused" if told else "read")
    assert all(d.code.id in ("WRP080", "WRP081", "WRP082") and d.span.line and d.message for d in told)
