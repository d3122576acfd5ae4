"""RE2's syntax: what is taken, what is refused, and what the automaton matches, held against Python's `re`."""

from __future__ import annotations

import random
import re

import pytest

from wrpc.policy.regular.automata import matches
from wrpc.policy.regular.syntax import Refused, TooLarge, read
from wrpc.policy.regular.text import portable

TAKEN = [
    "", "a|b|", "(a|b)*c", "a{2,4}", "a{0,3}b", "(ab){2,}", "[^a]b", r".+\.com", r"\d{3}", r"\w+\b", "^a$",
    "(?m)^a$\n^b$", r"\Ba\B", r"\bfoo\b.*", "(?i)Key", "(?s).", r"a\Q.*\E", "[[:alpha:]]+", "[]a]", "[a-]", "a{,2}",
    "a{01}", "x{", r"\x{e9}", r"\x41", r"\12", "(?P<n>a)b", "a*?b", "(?i)[^k]", r"\B", "(a*)*", "(^a|b)*", "(a|b$)+",
    "(?m)(^a\n)*", "(?U)a+", r"gpt-4(o|\.1)?(-mini)?", "(?:(?i)a)b", "a(?-i:b)", "(?i)a(?-i)b",
]  # fmt: skip
REFUSED = [
    "(", "a)", "[a", "a**", "a++", "a{2}{3}", "*a", "a{1001}", "(a{100}){11}", "(?=a)", "(?!a)", "(?<=a)", "(?P=n)",
    r"\1", r"\pL", r"\Z", r"\C", r"\q", "a{3,2}", "[b-a]", "[[:foo:]]", "\\", "(?i)é", "(?>a)", "(?#a)", "|*", "x{2}*",
    "(?P<n>a)(?P<n>b)", "(?i-)a", r"\x4",
]  # fmt: skip


@pytest.mark.parametrize("pattern", TAKEN)
def test_the_automaton_matches_as_python_does(pattern: str) -> None:
    same = re.compile(portable(read(pattern)))
    chance = random.Random(pattern)
    for _ in range(300):
        text = "".join(chance.choices("abc1\nK kéfo.-\u212a", k=chance.randint(0, 6)))
        assert matches(text, pattern) == bool(same.fullmatch(text)), text


@pytest.mark.parametrize("pattern", REFUSED)
def test_refused(pattern: str) -> None:
    with pytest.raises(Refused):
        read(pattern)


def test_what_is_ascii_and_no_newline() -> None:
    assert not matches("٣", r"\d")
    assert not matches("é", r"\w")
    assert not matches("a\n", "a.")
    assert matches("a\n", "(?s)a.")
    assert matches("\u212a", "(?i)k")


def test_time_grows_with_the_string_alone() -> None:
    assert not matches("a" * 5000, "(a*)*b")


def test_too_large() -> None:
    with pytest.raises(TooLarge):
        read("(abcdefghijklmnop){900}")
    with pytest.raises(TooLarge):
        read("(" * 200 + ")" * 200)
