"""Strings that many relations are asked of: what is found satisfies them, what is refuted no string does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.test_bodies_agree import BODIES, confirm, rooms
from tests.laws.test_encode_agrees_with_decide import encoded
from tests.laws.volume import compared, many
from wrpc import check, decide, loads
from wrpc.decide import languages
from wrpc.decide import strings as decided
from wrpc.solver.index.acceptors import Asked, TooLarge, acceptor, implied, letters
from wrpc.solver.index.engine import Body
from wrpc.solver.index.strings import Strings, missed, search
from wrpc.solver.stats import counting

LETTERS = "ab-"
EVERY = ["".join(t) for n in range(7) for t in itertools.product(LETTERS, repeat=n)]
"""In the order of their lengths. What is drawn below tells no character besides these and one other apart."""

words = st.text(LETTERS[:2], max_size=2)
patterns = st.sampled_from(["[ab]*", "a+b?", "(ab)*", "a.*", ".*b", "[^a]*", r"\ba.*", "a|b|", ".", "(a|b){2}"])
relations = st.one_of(
    st.builds(Asked, st.sampled_from(["contains", "suffix", "prefix", "before", "equals"]), words, st.just(False)),
    st.builds(Asked, st.sampled_from(["prefix", "before"]), words, st.just(True)),
    st.builds(Asked, st.just("matches"), patterns, st.just(False)),
)
wanted = st.lists(st.tuples(relations, st.booleans()), min_size=1, max_size=6, unique_by=lambda w: w[0])


@given(relations, st.sampled_from(EVERY))
def test_an_acceptor_says_what_the_relation_is(of: Asked, text: str) -> None:
    one, state = acceptor(of), 0
    for character in text:
        assert one.needs(state, True) is not None or not of.holds(text)
        state = one.step(state, character)
    assert one.holds(state) is of.holds(text)
    assert one.needs(state, of.holds(text)) == 0


@given(relations)
def test_what_a_state_needs_is_what_the_shortest_string_has(of: Asked) -> None:
    for so in (True, False):
        shortest = next((text for text in EVERY if of.holds(text) is so), None)
        needs = acceptor(of).needs(0, so)
        assert (needs is None) is (shortest is None)
        assert needs is None or needs <= len(shortest or "")


@many(400, floors={"found": 150, "none": 100})
@given(wanted, st.booleans())
def test_as_every_short_string_says(of: list[tuple[Asked, bool]], shown: bool) -> None:
    known = next((text for text in EVERY if not missed(of, text, 1)), None)
    found = Strings().settled(of, shown=shown)
    if isinstance(found, str):
        compared("found")
        assert not missed(of, found, 1)
        shortest = search(of)
        assert shortest is not None
        assert not missed(of, shortest, 1)
        assert known is None or len(shortest) <= len(known)
        return
    compared("none")
    assert known is None
    clash = [of[i] for i in found]
    assert not any(not missed(clash, text, 1) for text in EVERY)
    for each in clash:
        rest = [w for w in clash if w is not each]
        assert search(rest) is not None, "each is needed"


@given(relations, relations)
def test_what_one_word_says_of_another(one: Asked, other: Asked) -> None:
    so = implied(one, other)
    for text in EVERY:
        if so is not None and one.holds(text):
            assert other.holds(text) is so


def test_characters_that_no_text_holds_are_none_to_try() -> None:
    assert not any("\ud800" <= c <= "\udfff" for c in letters([acceptor(Asked("matches", "[^a]", False))]))
    assert search([(Asked("matches", "[\\x{D7FF}-\\x{E000}]", False), True)]) in ("\ud7ff", "\ue000")


def test_many_words_within_a_pattern() -> None:
    """More than every combination of what has been seen could be remembered."""
    of = [(Asked("contains", f"w{i}x", False), True) for i in range(40)] + [
        (Asked("matches", "[a-z0-9]*", False), True)
    ]
    text = Strings().settled(of, shown=True)
    assert isinstance(text, str)
    assert not missed(of, text, 1)
    clash = Strings().settled([*of, (Asked("contains", "no way", False), True)], shown=False)
    assert isinstance(clash, list)
    assert sorted(clash) == [40, 41]


def test_beyond_the_budget_nothing_is_said() -> None:
    wide = [(Asked("matches", f"(.|..)*[ab].{{{n}}}", False), n % 2 == 0) for n in range(14, 20)]
    with pytest.raises(TooLarge):
        Strings().settled(wide, shown=False)


# ── Policies ──────────────────────────────────────────────────────────────


def policy(conditions: list[str], more: str = "") -> str:
    routes = "".join(
        f"route r{i} {{ tier {i + 1}  when {condition}  to {'pq'[i % 2]} }}\n" for i, condition in enumerate(conditions)
    )
    signal = 'signal s: string { source keywords("s") } pool p { trust "own" } pool q { trust "cloud" }'
    return f"{signal}\n{routes}default {{ to p }}\n{more}"


@pytest.mark.parametrize("count", [20, 60])
def test_many_routes_of_what_a_string_contains(count: int) -> None:
    conditions = [f'contains(s, "word_{i}_")' for i in range(count)]
    last = f"r{count - 1}"
    with counting() as counts:
        made = loads(
            policy(
                conditions,
                f'assert never {{ never route == {last} and contains(s, "word_3_") }}\n'
                f'assert some {{ never route == {last} and matches(s, "[a-z_0-9]*!") }}\n',
            )
        )
        found = check(made)
    assert {p.subject.split()[-1]: p.verdict for p in found.proofs} == {"never": "proved", "some": "refuted"}
    assert not [d for d in found.diagnostics if d.verdict == "open"]
    (witness,) = [p.witness for p in found.proofs if p.witness is not None]
    assert decide(made, witness).route == last
    assert "values" not in counts
    assert "z3" not in counts


def test_a_route_that_contradicts_itself_among_many() -> None:
    conditions = [f'contains(s, "word_{i}_")' for i in range(20)]
    conditions += ['matches(s, "[a-z]+") and contains(s, "-")', 'contains(s, "word_7_x")', 's == "x" and s == "y"']
    found = check(loads(policy(conditions)))
    dead = {d.subjects[0].split()[-1] for d in found.diagnostics if d.code.id in ("WRP301", "WRP202", "WRP203")}
    assert {"r20", "r21", "r22"} <= dead
    assert not dead & {f"r{i}" for i in range(20)}


@pytest.fixture
def no_cells(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Patterns are never cells, however few they are."""
    decided._languages.cache_clear()
    monkeypatch.setattr(languages, "COMBINATIONS", 0)
    yield
    decided._languages.cache_clear()


COMBINED = [
    ('contains(s, "a") and suffix(s, "b")', True),
    ('contains(s, "a") and s == "b"', False),
    ('contains(s, "ab") and not contains(s, "b")', False),
    ('prefix(s, "ab") and prefix(s, "b") and contains(s, "c")', False),
    ('matches(s, "[a-z]+") and contains(s, "-")', False),
    ('matches(s, "[a-z]+") and s > "b" and s < "c" and s != "ba" and suffix(s, "a")', True),
    ('matches(s, "a|b") and s not in ["a", "b"]', False),
    ('matches(s, "(ab)*") and suffix(s, "a")', False),
    ('prefix("abc", s) and matches(s, ".*c")', True),
    ('prefix("abc", s) and contains(s, "ca")', False),
    ('s == u and contains(s, "x") and not contains(u, "x")', False),
    ('s == u and contains(s, "x") and suffix(u, "y")', True),
    ('contains(s, "x") and not contains(u, "x") and matches(u, "x?")', True),
    ('matches(s, "") and s != ""', False),
    ('contains(s, "\U0010ffff") and s > "\U0010ffff"', True),
]


@pytest.mark.usefixtures("no_cells")
@pytest.mark.parametrize(("condition", "possible"), COMBINED)
def test_relations_of_policies(condition: str, possible: bool) -> None:
    made = loads(
        'signal s: string { source keywords("s") } signal u: string { source keywords("u") } pool p { } pool q { }\n'
        f"route r {{ when {condition}  to q }} default {{ to p }} assert k {{ never route == r }}"
    )
    (proof,) = check(made).proofs
    assert proof.verdict == ("refuted" if possible else "proved")
    if proof.witness is not None:
        assert decide(made, proof.witness).route == "r"


@pytest.mark.usefixtures("no_cells")
@pytest.mark.parametrize("body", BODIES, ids=str)
def test_what_bodies_find_is_what_the_interpreter_says(body: tuple[Body, int]) -> None:
    """Of relations that are no cells, none is left open."""
    conditions = [condition for condition, _ in COMBINED[:10]]
    made = loads(policy(conditions, 'guard g { forbid destination.trust == "cloud" when suffix(s, "ab") }'))
    for room in rooms(made, body):
        for aspect, term in encoded(room).items():
            answer = room.settle(term)
            assert answer.verdict != "open", aspect
            if answer.possible:
                confirm(room, room.found([term]), aspect, True)
