"""The index answers alone what is decided over few values, and leaves the rest to the reference."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wrpc
from tests.support.work import calls
from wrpc.decide.asked import Asked
from wrpc.diagnostics import Findings
from wrpc.policy.expr import Interval
from wrpc.policy.intervals import overlap
from wrpc.policy.model import Policy
from wrpc.solver.session import Result, Session
from wrpc.solver.terms import Term

HEAD = """
pool own { trust "own" }
pool cloud { trust "cloud" }
"""


def keyed(routes: int, rest: str = "", source: str = "model") -> str:
    """A route for each name of a model, as a proxy's configuration has them."""
    lines = [f"signal model: string {{ source {source} }}"]
    for i in range(routes):
        also = f' or model == "alias-{i}"' if i % 3 == 1 else ""
        lines += [
            f'pool p{i} {{ trust "{"own" if i % 2 else "cloud"}" }}',
            f'route r{i} {{ tier 1  when model == "m-{i}"{also}',
            f"  to p{i} weight 9, p{(i + 1) % routes} weight 1",
            f"  fallback p{(i + 2) % routes} on timeout, overload  fallback p{(i + 3) % routes} }}",
        ]
    lines.append('route wild { tier 2  when prefix(model, "openai/")  to p0 }')
    return "\n".join([*lines, 'default { deny "no such model" }', rest])


RULES = """
route again { tier 1  when model == "m-1"  to p0 }
route shadowed { tier 2  when model in ["m-2", "alias-4"]  to p1 }
route never { tier 2  when model == "a" and model == "b"  to p1 }
guard home { forbid destination.trust == "cloud" when prefix(model, "m-1") }
guard shut { deny "closed" when model == "m-3" }
assert served { always served when model == "m-4" }
assert stays { never destination.trust == "cloud" when model == "m-1" }
assume known { model != "m-9" }
"""


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No question reaches Z3."""

    def asked(*_: object) -> None:
        raise AssertionError("the reference is asked")

    for method in ("ask", "settle", "blamed"):
        monkeypatch.setattr(Session, method, asked)


def codes(findings: Findings) -> set[str]:
    return {d.code.id for d in findings.diagnostics}


@pytest.mark.parametrize("source", ["model", 'header("x-model")'])
@pytest.mark.usefixtures("alone")
def test_routes_by_name_never_reach_the_reference(source: str) -> None:
    findings = wrpc.check(wrpc.loads(keyed(20, RULES, source)))
    assert codes(findings) >= {"WRP201", "WRP202", "WRP203", "WRP402", "WRP407"}
    verdicts = {p.subject: p.verdict for p in findings.proofs}
    assert verdicts == {
        "assert served": "proved", "assert stays": "open", "guard home": "enforced", "guard shut": "enforced",
    }  # fmt: skip


def test_z3_is_not_even_loaded() -> None:
    code = f"import sys, wrpc; wrpc.check(wrpc.loads({keyed(5, RULES)!r})); print('z3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("rules", ["", RULES], ids=["clean", "with faults"])
def test_linear_in_routes(rules: str) -> None:
    def work(routes: int) -> int:
        policy = wrpc.loads(keyed(routes, rules))
        return calls(lambda: wrpc.check(policy))

    work(10)  # what is done once, such as importing
    assert work(400) < 2.5 * work(200)


# What is decided over several signals, and over none that the index can follow.

MIXED = """
signal model: one_of(a, b, c) { source model }
signal tokens: int(0..100k) { source prompt_tokens }
signal pii: score { source classifier("pii")  threshold 0.8  on_error fires }
signal risk: score(-1..1) { source classifier("risk")  on_error deny }
signal tools: any_of(shell, mail) { source tools }
signal beta: bool { source header("x-beta") }
"""


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ("model == a and tokens > 8k and tokens < 8_001", False),
        ("model == a and tokens > 8k and tokens < 8_002", True),
        ("2 * tokens + 1 == 4", False),
        ("1 - 2 * tokens == -3", True),
        ("confidence(pii) > 0.5 and confidence(pii) < 0.8", False),
        ("raw(pii) > 0.5 and raw(pii) < 0.8 and not pii", True),
        ("raw(risk) >= 0.5 and raw(risk) <= 0.5", True),
        ("0.5 * pii + 0.5 * beta > 0.75 and not beta", False),
        ("0.5 * pii + 0.5 * beta > 0.75", True),
        ("shell in tools and mail not in tools", True),
        ("beta or not beta", True),
        ("not (beta or not beta)", False),
    ],
)
def test_over_several_signals(condition: str, possible: bool) -> None:
    policy = wrpc.loads(f"{MIXED}{HEAD}route r {{ when {condition}  to cloud }} default {{ to own }}")
    assert ("WRP203" in codes(wrpc.check(policy))) is not possible


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ("raw(pii) + raw(risk) > 1 and raw(pii) - raw(risk) > 1.5", False),
        ("raw(pii) + raw(risk) > 1.9 and raw(risk) < 0.95", True),
        ("model == a and raw(pii) == raw(risk) and raw(pii) > 0.3 and raw(risk) < 0.31", True),
    ],
)
def test_the_reference_is_asked_where_numbers_meet(
    condition: str, possible: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    settle = Session.settle

    def asking(session: Session, term: Term) -> Result:
        asked.append(term)
        return settle(session, term)

    monkeypatch.setattr(Session, "settle", asking)
    policy = wrpc.loads(f"{MIXED}{HEAD}route r {{ when {condition}  to cloud }} default {{ to own }}")
    assert ("WRP203" in codes(wrpc.check(policy))) is not possible
    assert asked


def witness(policy: Policy, code: str) -> object:
    return next(d.witness for d in wrpc.check(policy).diagnostics if d.code.id == code)


@pytest.mark.usefixtures("alone")
def test_a_witness_is_short_to_write() -> None:
    def unrouted(condition: str) -> object:
        return witness(wrpc.loads(f"{MIXED}{HEAD}route r {{ when not ({condition})  to own }}"), "WRP301")

    assert unrouted("model in [a, b]") == {"model": "a"}
    assert unrouted("model in [b, c] and tokens > 7_654 and beta") == {"model": "b", "tokens": 8000, "beta": True}
    assert unrouted("raw(risk) > 0.333 and raw(risk) < 0.5") == {"risk": 0.4}


# ── What a random policy seldom says ──────────────────────────────────────


@pytest.mark.usefixtures("alone")
def test_a_group_counts_for_numbers_alone() -> None:
    signals = "".join(f'signal {n}: score {{ source keywords("{n}")  threshold 0.5 }}\n' for n in "ab")
    rest = f"{HEAD}route r {{ when raw(a) > 0.9 and raw(b) > 0.9  to cloud }} default {{ to own }}"
    assert "WRP203" not in codes(wrpc.check(wrpc.loads(f"{signals}{rest}")))
    assert "WRP203" in codes(wrpc.check(wrpc.loads(f"{signals}group g exclusive {{ a, b }}{rest}")))


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("meaning", "code"), [("silent", {"WRP403"}), ("fires", set())])
def test_the_number_that_a_failure_means(meaning: str, code: set[str]) -> None:
    policy = wrpc.loads(
        f'signal a: score {{ source classifier("a")  threshold 0.5  on_error {meaning} }}{HEAD}'
        "default { to own } assume high { raw(a) >= 0.6 } assert k { always raw(a) >= 0.6 }"
    )
    assert codes(wrpc.check(policy)) & {"WRP401", "WRP403"} == code


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("resolve", "priorities", "taken"),
    [
        ("priority", (0, 0), "a"),
        ("name", (0, 9), "a"),
        ("priority, name", (9, 0), "b"),
        ("name, priority", (9, 0), "a"),
    ],
)
def test_which_of_two_that_do_the_same(resolve: str, priorities: tuple[int, int], taken: str) -> None:
    first, second = priorities
    policy = wrpc.loads(
        f"policy p {{ language 1  resolve [{resolve}] }} signal model: string {{ source model }}{HEAD}"
        f'route b {{ priority {first}  when model == "m"  to own }}'
        f'route a {{ priority {second}  when prefix(model, "m")  to own }} default {{ to cloud }}'
        'assert is_a { always route == a when model == "m" } assert is_b { always route == b when model == "m" }'
    )
    assert wrpc.decide(policy, {"model": "m"}).route == taken
    verdicts = {p.subject: p.verdict for p in wrpc.check(policy).proofs}
    assert verdicts == {f"assert is_{n}": "proved" if n == taken else "refuted" for n in "ab"}


BOUNDS = st.one_of(st.none(), st.fractions(-3, 3, max_denominator=4))
RANGES = st.builds(Interval, BOUNDS, BOUNDS, st.booleans(), st.booleans()).filter(lambda i: not i.empty)


@given(cut=st.lists(RANGES, max_size=4), asked=RANGES, real=st.booleans(), value=st.fractions(-3, 3, max_denominator=8))
def test_a_range_and_the_cells_that_it_reaches(
    cut: list[Interval], asked: Interval, real: bool, value: Fraction
) -> None:
    """Also of a range that no condition has, so that its ends lie within cells."""
    whens = " or ".join(f"({_written(i)})" for i in cut) or "true"
    policy = wrpc.loads(
        f'signal n: {"real" if real else "int"}(-3..3) {{ source keywords("n") }}{HEAD}'
        f"route r {{ when n > 0 or {whens}  to own }} default {{ to cloud }}"
    )
    domain = Asked(policy).domain("n", failures=False)
    assert domain is not None
    value = value if real else Fraction(floor(value))
    reaching, inside = domain.spanned([asked])
    cell = 1 << domain.cell(value)
    assert inside & ~reaching == 0
    assert reaching & cell if value in asked else not inside & cell
    for at, interval in enumerate(domain.intervals):
        example = domain.values[at]
        assert isinstance(example, Fraction)
        assert example in interval
        assert bool(reaching >> at & 1) or not overlap(interval, asked)


def _written(i: Interval) -> str:
    low = "true" if i.low is None else f"n {'>' if i.low_open else '>='} {float(i.low)}"
    return low + ("" if i.high is None else f" and n {'<' if i.high_open else '<='} {float(i.high)}")
