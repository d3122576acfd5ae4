"""String signals as positions: every relation is a range of cells, and every cell has a string of its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import wrpc
from wrpc.solver.strings import Cells, after

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


def test_signals_that_are_compared_with_each_other_stay_strings():
    policy = wrpc.loads(
        """
        signal a: string { source header("a") }
        signal b: string { source header("b") }
        signal c: string { source header("c") }
        pool p { }
        pool q { }
        route r { when a == b and prefix(a, "x") and prefix(c, "y")  to p }
        default { to q }
        assert never_both { never route == r when b == "z" }
        assert never_r { never route == r when b == "xz" }
        """
    )
    findings = wrpc.check(policy)
    verdicts = {p.subject: p.verdict for p in findings.proofs}
    assert verdicts == {"assert never_both": "proved", "assert never_r": "refuted"}
