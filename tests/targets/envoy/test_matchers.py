"""Each kind of cell as header matchers."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrpc.policy.expr import Interval
from wrpc.targets.envoy.cells import Atom, Cell, Choice, Literals, Numbers, tidy
from wrpc.targets.envoy.matchers import before, cell_matchers
from wrpc.targets.envoy.patterns import parse, words

COLOURS = frozenset(("red", "green", "blue"))
ABSENT = {"name": "h", "present_match": False}
INVERTED = {"invert_match": True}
EMPTY_TOO = {"invert_match": True, "treat_missing_header_as_empty": True}


def colours(*words: str, absent: bool = False) -> Cell:
    return Choice(frozenset(words), absent, COLOURS, True)


def integers(*ranges: tuple[int, int], absent: bool = False, of: tuple[int, int] = (0, 100)) -> Cell:
    made = tuple(Interval(Fraction(a), Fraction(b)) for a, b in ranges)
    return Numbers(made, absent, Interval(Fraction(of[0]), Fraction(of[1])), True, True)


def texts(required: tuple[Atom, ...] = (), refused: tuple[Atom, ...] = (), absent: bool = False) -> Cell:
    return Literals(frozenset(required), frozenset(refused), True, absent, True)


def exact(text: str) -> dict[str, object]:
    return {"name": "h", "string_match": {"exact": text}}


def regex(pattern: str) -> dict[str, object]:
    return {"name": "h", "string_match": {"safe_regex": {"regex": pattern}}}


def between(start: int, end: int) -> dict[str, object]:
    return {"name": "h", "range_match": {"start": start, "end": end}}


ONE = r"(?:[\x00-\x09\x0B-\x7F]|[\xC2-\xF4][\x80-\xBF]+)"
"""One character of a header."""
EU, US, EMPTY = Atom("prefix", "eu-"), Atom("equals", "us"), Atom("equals", "")


@pytest.mark.parametrize(
    ("cell", "matchers"),
    [
        (colours("red"), [[exact("red")]]),
        (colours("red", "blue"), [[{**exact("green"), **INVERTED}]]),
        (colours(absent=True), [[ABSENT]]),
        (colours("red", absent=True), [[{**regex("(?:blue|green)"), **EMPTY_TOO}]]),
        (colours("red", "blue", "green"), [[{"name": "h", "present_match": True}]]),
        (integers((5, 9)), [[between(5, 10)]]),
        (integers((5, 5)), [[exact("5")]]),
        (integers((0, 9)), [[between(0, 10)]]),
        (integers((0, 9), (20, 100)), [[{**between(10, 20), **INVERTED}]]),
        (integers((5, 9), (20, 30)), [[between(5, 31), {**between(10, 20), **INVERTED}]]),
        (integers((0, 9), absent=True), [[{**between(10, 101), **EMPTY_TOO}]]),
        # Beyond 2^53 numbers of a YAML file are not safe.
        (integers((0, 9), of=(0, 2**60)), [[regex("[0-9]")]]),
        (texts((EU,)), [[{"name": "h", "string_match": {"prefix": "eu-"}}]]),
        (texts((EU,), absent=True), [[ABSENT], [{"name": "h", "string_match": {"prefix": "eu-"}}]]),
        (texts((), (US,), absent=True), [[{**exact("us"), **EMPTY_TOO}]]),
        # The empty string is a value, the absent header is not it.
        (texts((), (EMPTY,), absent=True), [[ABSENT], [{**exact(""), **INVERTED}]]),
        (texts((Atom("has", "a+b"),)), [[regex(r"(?:.*,)?a\+b(?:,.*)?")]]),
    ],
)
def test_matchers(cell: Cell, matchers: object) -> None:
    assert cell_matchers("h", cell) == matchers


def test_real_thresholds() -> None:
    cell = Numbers((Interval(Fraction(17, 20), Fraction(1)),), False, Interval(Fraction(0), Fraction(1)), False, True)
    assert cell_matchers("h", cell) == [[regex(r"(?:0\.(?:9[0-9]*|8[6-9][0-9]*|85[0-9]*)|1(?:\.0+)?)")]]


def test_strings_before_another() -> None:
    # RE2 writes code points in braces.
    pattern = re.compile(re.sub(r"\\x\{([0-9A-F]{2})\}", r"\\x\1", before("m.")))
    for text in ("", "a", "m", "m-", "m,zz", "lzz", "Z"):
        assert pattern.fullmatch(text), text
    for text in ("m.", "m.a", "m/", "n", "é"):
        assert not pattern.fullmatch(text), text


def test_words_read_back() -> None:
    found = cell_matchers("h", Choice(frozenset(("a.b", "c|d")), False, frozenset(("a.b", "c|d", "e", "f")), True))
    pattern = found[0][0]["string_match"]["safe_regex"]["regex"]  # type: ignore[index]
    assert words(parse(pattern)) == {"a.b", "c|d"}


@pytest.mark.parametrize(
    ("atom", "matcher"),
    [
        (Atom("matches", "eu-é|us-.*"), regex("eu-é|us-.*")),
        (Atom("matches", "..?"), regex(f"{ONE}(?:{ONE[3:-1]})?")),
        (Atom("matches", "[éü]"), regex("\\xC3\\xA9|\\xC3\\xBC")),
        (Atom("before", "é"), regex("(?:(?:[\\x20-\\x7F]|\\xC2[\\x80-\\xBF]|\\xC3[\\x80-\\xA8]).*)?")),
    ],
)
def test_an_expression_is_one_over_bytes(atom: Atom, matcher: dict[str, object]) -> None:
    assert cell_matchers("h", texts((atom,))) == [[matcher]]


def range_of(low: int, high: int, *, half: bool, opened: tuple[bool, bool]) -> Interval:
    part = Fraction(1, 2 if half else 1)
    return Interval(low * part, high * part, *opened)


RANGES = st.builds(
    range_of, st.integers(0, 9), st.integers(0, 9), half=st.booleans(), opened=st.tuples(st.booleans(), st.booleans())
)


@given(
    st.lists(RANGES, max_size=3), st.lists(RANGES, max_size=3), st.booleans(), st.tuples(st.booleans(), st.booleans())
)
def test_a_cell_covers_what_it_has_in_common_with_it(
    mine: list[Interval], theirs: list[Interval], whole: bool, absent: tuple[bool, bool]
) -> None:
    space = Interval(Fraction(0), Fraction(9))
    wide, narrow = (Numbers(tidy(r, whole), a, space, whole, True) for r, a in zip((mine, theirs), absent, strict=True))
    assert wide.covers(narrow) == (wide.meet(narrow) == narrow)
