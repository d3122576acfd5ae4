"""An expression over bytes matches the bytes of what the expression over characters matches, and is read back as it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.volume import compared, many
from wrpc.policy.regular.automata import matches
from wrpc.policy.regular.utf8 import WHOLE, NoText, in_bytes, of_bytes

TEXTS = [
    "",
    "a",
    "k",
    "é",
    "É",
    "éa",
    "aé",
    "éé",
    "€",
    "\u212a",
    "𝄞",
    "\ud7ff\ue000",
    "\x7f\x80",
    "߿ࠀ",
    "a€é-",
    "\U0010ffff",
]
PARTS = [
    ".", "é", "[é]", "[^é]", "[à-ÿ]", "[^-]", "(?i:k)", "[а-я]", "\\x{20AC}", "[߿-ࠀ]", "[\\x{FFFF}-\\x{10000}]",
    "[a-\\x{10FFFF}]", "\\W", "\\b", "\\B", "a", "(?:é|€)", "[\\x{20}-\\x{E8}]",
]  # fmt: skip
TIMES = ["", "", "", "*", "+", "?", "{2}", "{1,3}"]


def over_bytes(pattern: str, text: str) -> bool:
    """As a program matches it that knows bytes alone; each is a character here."""
    latin = text.encode("utf-8", "surrogatepass").decode("latin-1")
    return matches(latin, pattern.encode().decode("latin-1"))


@st.composite
def patterns(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(TIMES)), min_size=1, max_size=4))
    cut = draw(st.integers(0, len(parts)))
    made = [p if p in ("\\b", "\\B") else p + times for p, times in parts]
    return "".join(made[:cut]) + ("|" if draw(st.booleans()) else "") + "".join(made[cut:])


def test_random_expressions() -> None:
    @many(400, floors={"texts": 5000, "matched": 500, "beyond ASCII": 300})
    @given(pattern=patterns(), more=st.lists(st.text(st.sampled_from("aké€Ж-𝄞"), max_size=4), max_size=4))
    def law(pattern: str, more: list[str]) -> None:
        made = in_bytes(pattern)
        back = of_bytes(made)
        for text in [t for t in (*TEXTS, *more) if "\n" not in t]:
            wanted = matches(text, pattern)
            assert over_bytes(made, text) == wanted, (pattern, made, text)
            assert matches(text, back) == wanted, (pattern, made, back, text)
            compared("texts")
            compared("matched", wanted)
            compared("beyond ASCII", wanted and not text.isascii())

    law()


@pytest.mark.parametrize("pattern", [".*", "é", "eu-é|b.*", "(?:.*,)?a", "[a-z]+", "[^-]*", "gpt-\\d+"])
def test_what_is_alike_stays_as_it_is_written(pattern: str) -> None:
    assert in_bytes(pattern) == pattern


def test_what_is_whole() -> None:
    pattern = re.compile(WHOLE.encode())
    for text in TEXTS:
        assert pattern.fullmatch(text.encode())
    for wrong in (b"\x80", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\xe2\x82", b"a\nb"):
        assert not pattern.fullmatch(wrong)
    assert of_bytes(WHOLE) == ".*"


@pytest.mark.parametrize("pattern", ["\\xC3", "[\\x80-\\xFF]", "\\xC3.", "[\\xC2-\\xF4]", "\\B.*", "[\\xE0-\\xEF]a"])
def test_bytes_that_are_no_characters(pattern: str) -> None:
    with pytest.raises(NoText):
        of_bytes(pattern)
