"""String signals as positions: every relation is a range of cells, and every cell has a string of its own."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

import wrpc
from tests.laws.fixing import _cell
from wrpc.decide.cells import Words
from wrpc.decide.evaluate import RELATIONS
from wrpc.decide.languages import Languages
from wrpc.decide.strings import Cells, after
from wrpc.decide.strings import cells as cells_of

TEXTS = st.text(st.sampled_from("ab\0\ud7ff\ue000\U0010ffff-"), max_size=4)


@given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS)
def test_a_string_lies_in_one_cell_that_answers_as_it_does(words: list[str], text: str):
    cells = Cells([*words, *(a for p in words if (a := after(p)) is not None)])
    cell = cells.of(text)
    for word in words:
        assert (text == word) == (cell == cells.word(word))
        assert (text < word) == (cell < cells.word(word))
        first, last = cells.beginning_with(word)
        assert text.startswith(word) == (first <= cell and (last is None or cell <= last))


@given(st.lists(TEXTS, max_size=5))
def test_the_example_of_a_cell_lies_in_it(words: list[str]):
    cells = Cells(words)
    for cell in range(cells.count):
        example = cells.example(cell)
        assert (cell in cells.empty) == (example is None)
        assert example is None or cells.of(example) == cell


def test_nothing_lies_between_a_word_and_the_same_with_a_nul():
    cells = Cells(["a", "a\0"])
    assert cells.empty == [cells.of("a") + 1]


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, min_size=2, max_size=4))
def test_strings_on_one_line_stand_to_each_other_as_their_cells_do(words: list[str], texts: list[str]):
    """Placed as the least of a gap first: what holds of them holds of the cells."""
    cells = Cells(words, len(texts))
    placed = {t: _cell(cells, t, {*texts}) for t in texts}
    for a in texts:
        assert placed[a] not in cells.empty
        for b in texts:
            assert (a == b, a < b) == (placed[a] == placed[b], placed[a] < placed[b])
        for word in cells.words:
            assert (a == word, a < word) == (placed[a] == cells.word(word), placed[a] < cells.word(word))


@given(st.lists(TEXTS, max_size=4), st.integers(2, 4))
def test_cells_of_one_line_have_strings_in_their_order(words: list[str], slots: int):
    cells = Cells(words, slots)
    texts = [cells.example(c) for c in range(cells.count) if c not in cells.empty]
    assert None not in texts
    assert texts == sorted({*texts})  # type: ignore[type-var]  # none is None


@given(st.lists(TEXTS, max_size=4), TEXTS, TEXTS)
def test_a_signal_may_be_a_prefix_of_a_word(words: list[str], whole: str, text: str):
    cells = Cells([*words, *(whole[:end] for end in range(len(whole) + 1))])
    ranges = cells.ranges("prefix", whole, turned=True)
    assert whole.startswith(text) is any(first <= cells.of(text) <= (last or first) for first, last in ranges)


def test_where_a_gap_has_room_for_few_it_has_as_many_cells():
    cells = Cells(["a", "a\0\0\0", "b"], 4)
    a = cells.word("a")
    assert [cells.example(c) for c in range(a, a + 6)] == ["a", "a\0", "a\0\0", None, None, "a\0\0\0"]


def test_signals_that_are_compared_with_each_other_share_a_line():
    policy = wrpc.loads(
        """
        signal a: string { source header("a") }
        signal b: string { source header("b") }
        signal c: string { source header("c") }
        signal d: string { source header("d") }
        signal e: string { source header("e") }
        pool p { }
        pool q { }
        route r { when a == b and prefix(a, "x") and prefix(c, "y") and prefix(d, e)  to p }
        default { to q }
        assert never_both { never route == r when b == "z" }
        assert never_r { never route == r when b == "xz" }
        """
    )
    line = cells_of((policy,))
    assert line["a"] is line["b"]
    assert line["a"].slots == 2
    assert line["c"].slots == 1
    assert "d" not in line
    assert "e" not in line
    findings = wrpc.check(policy)
    verdicts = {p.subject: p.verdict for p in findings.proofs}
    assert verdicts == {"assert never_both": "proved", "assert never_r": "refuted"}


WORDS = st.lists(st.text("ab\0", max_size=4), max_size=5)
ASKED = st.lists(
    st.sampled_from([
        ("suffix", "a"), ("suffix", "ab"), ("contains", "b"), ("contains", "aa"), ("matches", "a*b?"),
        ("matches", "[^a].*"), ("matches", "(ab)*"), ("matches", "..?"), ("contains", ""), ("matches", "(?m)^b$|a\\Bb"),
    ]),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip


@given(words=WORDS, patterns=ASKED, texts=st.lists(st.text("abc\0\n", max_size=5), max_size=12))
def test_cells_of_patterns(words: list[str], patterns: list[tuple[str, str]], texts: list[str]) -> None:
    """A string lies in a cell of which just what holds of the string is said, and each cell's example in it."""
    languages = Languages(patterns)
    assert languages.fits
    cells = Cells(words, 1, languages)
    examples = [cells.example(c) for c in range(cells.count)]
    assert [cells.of(e) for e in examples if e is not None] == [*range(cells.count)]
    known = {p: {c for a, b in cells.holding(*p) for c in range(a, (b or 0) + 1)} for p in patterns}
    for text in [*texts, *words, *(e for e in examples if e is not None)]:
        cell = cells.of(text)
        for relation, constant in patterns:
            assert (cell in known[relation, constant]) == RELATIONS[relation](text, constant), (
                text,
                relation,
                constant,
            )
        at = bisect_left(cells.words, text)
        assert cells.starts[at if text in cells.words else at - 1] <= cell


@given(words=WORDS, patterns=ASKED, prefixes=st.lists(st.text("ab", min_size=1, max_size=2), max_size=3))
def test_words_of_patterns(words: list[str], patterns: list[tuple[str, str]], prefixes: list[str]) -> None:
    """Gaps that no prefix tells apart share their cells."""
    ends = [a for p in prefixes if (a := after(p)) is not None]
    cells = Cells([*words, *prefixes, *ends], 1, Languages(patterns))
    made = Words(cells, [r for p in prefixes for r in cells.ranges("prefix", p, turned=False)])
    values = [*cells.words, *made.examples]
    assert [made.cell(v) for v in values] == [*range(len(values))]
    for number, text in enumerate(values):
        for relation, constant in [*patterns, *(("prefix", p) for p in prefixes)]:
            inside = made.asked(relation, constant, turned=False)
            assert bool(inside >> number & 1) == RELATIONS[relation](text, constant), (text, relation, constant)
    for cell in range(len(cells.words), len(values)):
        low, high = made.gap(cell)
        assert cells.words[low] < values[cell]
        assert high is None or values[cell] < cells.words[high]
