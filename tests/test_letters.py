"""Letters that are obeyed are shown, and read as what they were."""

from __future__ import annotations

import ast
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hostile import TEXTS
from wrpc.letters import in_json, plain, quoted, visible

SEPARATORS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    "letter", [*SEPARATORS, *TURNING, "\0", "\x1b", "\x7f", "\x9b", "\ufeff", "\uffff", "\U000e0041"]
)
def test_what_is_obeyed_is_shown(letter: str) -> None:
    assert not plain(f"a{letter}b")
    for shown in (visible(f"a{letter}b"), quoted(f"a{letter}b"), in_json(json.dumps(letter, ensure_ascii=False))):
        assert plain(shown)
        assert len(shown.splitlines()) == 1


def test_what_is_read_stays() -> None:
    for text in ("plain", "ä 日本語 \U0001f600 ❤\ufe0f", "a b\u00a0c", 'say "x" \\'):
        assert plain(text)
        assert visible(text) == text


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(TEXTS))
def test_quoted_text_is_the_text_to_everybody(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text
    assert yaml.safe_load(quoted(text)) == text
    assert json.loads(in_json(json.dumps(text, ensure_ascii=False))) == text
