"""What a reader of YAML, of either version, makes of strings, numbers and comments."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.test_names_stay_names import TEMPLATES, Core
from tests.laws.volume import many
from tests.support.compiling import compiled, files, policy
from tests.support.hostile import NAMES, TEXTS, filled, turns
from wrpc.diagnostics import Findings
from wrpc.letters import plain
from wrpc.targets import lines, writing
from wrpc.targets.manifest import manifest

READERS = (yaml.SafeLoader, yaml.CSafeLoader, Core)


def readings(text: str) -> list[object]:
    return [yaml.load(text, Loader=loader) for loader in READERS]


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(TEXTS))
def test_a_string_is_that_string_wherever_it_stands(text: str) -> None:
    content = {"value": text, text + "k": [text, {text: text}]}
    for indented in (False, True):
        written = writing.yaml(content, [text, "second"], indented=indented)
        assert readings(written) == [content] * len(READERS)
        assert written.splitlines() == written.split("\n")[:-1]


@pytest.mark.parametrize(
    "text", ["n", "y", "Y", "off", "No", "~", "NULL", "1_000", "0o7", "1:30", ".inf", "1e3", "<<", "="]
)
def test_what_some_reader_takes_for_more_stands_in_quotes(text: str) -> None:
    assert writing.yaml({"pool": text}) == f"pool: '{text}'\n"
    assert writing.yaml({text: 1}) == f"'{text}': 1\n"


@pytest.mark.parametrize(
    "text", ["local", "127.0.0.1", "15s", "cloud/eu", "x-wrpc-pool", "a b", "Nobody", "yes please"]
)
def test_other_words_stand_as_they_are(text: str) -> None:
    assert writing.yaml([text]) == f"- {text}\n"


WORDS = st.sampled_from([
    "", "a", "is-a", "a b", "a  b", "a: b", "a:b", "a #b", "#", "- a", "-", "?", "no", "Null", "1.5", "1e3", "0x1",
    "2024-02-01", "it's", "'", '"', "a'b", "{}", "[a", "a,b", "k" * 99, "k" * 130, "x\ny", "x\n", " a", "a ", "é",
    "\u2028", "*a", "&a", "!t", "%", "@a", "`", "|", ">", "=", "<<", "10.0.0.1:80", "~",
])  # fmt: skip
SIGNS = "ab:# -'\"\\\n\t,[]{}&*!|>%@`?=~.0189_\u00e9\u2028"
TEXT = WORDS | st.text(SIGNS) | st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = (
    TEXT
    | st.integers()
    | st.booleans()
    | st.none()
    | st.fractions(max_denominator=40)
    | st.sampled_from([0.0, -0.0, 1.5])
)
CONTENT = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(TEXT, inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc") | st.integers(), inner, max_size=3)
    ),
    max_leaves=12,
)


@many(600)
@given(st.lists(CONTENT, max_size=4) | st.dictionaries(TEXT, CONTENT, max_size=4), st.booleans())
def test_lines_are_the_library_s_own(content: object, indented: bool) -> None:
    assert writing.yaml(content, indented=indented) == writing.dumped(content, indented=indented)


def test_what_a_policy_becomes_is_written_line_by_line() -> None:
    """The library is asked for scalars alone."""
    content = {"a": [{"b": "x y", "c": []}, ["d", {"e": "no"}]], "f": {"g": Fraction(1, 2), "h": None}}
    assert lines.written(content, writing._spelled, writing.WORDS, indented=True) == writing.dumped(
        content, indented=True
    )
    others: list[object] = [{"k" * 130: 1}, {1: 1}, {"a\nb": 1}, {"": 1}, {"a": {1, 2}}, [], "a"]
    for other in others:
        assert lines.written(other, str, writing.WORDS, indented=True) is None


def test_nothing_is_shared_and_nothing_folded() -> None:
    shared = {"a": "word " * 200}
    assert writing.yaml([shared, shared]).count("word") == 400
    assert len(writing.yaml([shared]).splitlines()) == 1


def test_numbers_are_exact() -> None:
    assert writing.yaml([Fraction(3), Fraction(1, 8), Fraction(-5, 2), Fraction(1, 3)]) == (
        "- 3\n- 0.125\n- -2.5\n- 0.3333333333333333\n"
    )


def test_a_comment_ends_with_its_line() -> None:
    for name in NAMES:
        written = writing.comments([f"of {name}", ""])
        assert written.count("\n") == 2
        assert all(line.startswith("#") for line in written.splitlines())


@pytest.mark.parametrize("target", ["envoy", "vllm-sr"])
def test_a_name_ends_no_comment(target: str) -> None:
    """YAML of version 1.1 ends a line at U+2028: what follows was a key of the file."""
    text = """
    policy `x\u2028injected: true\u2028#` { language 1 }
    signal word: bool { source keywords("secret") }
    pool y { endpoint "127.0.0.1:9" }
    pool n { endpoint "127.0.0.1:8" }
    route r { when word to y }
    default { to n }
    """
    for made in files(compiled(text, target)).values():
        content = yaml.safe_load(made)
        assert "injected" not in content
        assert made.startswith("#")
        assert "\\u2028injected" in made.split("\n")[0]


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_manifest_is_one_to_read(name: str) -> None:
    for words in turns(TEMPLATES[name], 25):
        source = policy(filled(TEMPLATES[name], words))
        made = manifest(source, [compiled(source, name)], Findings())
        assert plain(made.text.replace("\n", ""))
        assert json.loads(made.text)["policy"] == words["policy"]
