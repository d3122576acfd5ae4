"""What the compiled decision function answers by itself, and what it leaves to the interpreter."""

from __future__ import annotations

from fractions import Fraction

import pytest

import wrpc
from wrpc.decide.compiled import decider, fast
from wrpc.decide.interpret import Interpreter, decide

POOLS = "pool a { }\npool b { }\n"


def alone(text: str):
    """The function without the interpreter behind it: None for what it leaves to that."""
    return fast(Interpreter(wrpc.loads(text + POOLS)))


def routed(text: str, request: dict[str, object]) -> str | None:
    answer = alone(text)(request)
    assert answer is not None
    return answer.route


SCORE = 'signal s: score { source classifier("s")  threshold 0.3 }\n'
THIRDS = SCORE + "route r { when raw(s) > 0.1 * 3  to a }\ndefault { to b }\n"


@pytest.mark.parametrize(
    ("value", "route"),
    [
        (0.3, "default"),  # a float is its shortest spelling, as in JSON
        (0.30000000000000004, "r"),
        (Fraction(3, 10), "default"),
        (Fraction(3, 10) + Fraction(1, 10**30), "r"),  # nearer than floats tell apart
        (Fraction(3, 10) - Fraction(1, 10**30), "default"),
        (1, "r"),
    ],
)
def test_numbers_are_exact(value: object, route: str) -> None:
    assert routed(THIRDS, {"s": value}) == route


def test_bounds_that_are_one_float_are_two() -> None:
    near = "0.30000000000000000000001"
    text = SCORE + f"route r {{ when raw(s) > 0.3 and raw(s) < {near}  to a }}\ndefault {{ to b }}\n"
    assert routed(text, {"s": Fraction(3, 10) + Fraction(1, 10**24)}) == "r"
    assert routed(text, {"s": Fraction(near)}) == "default"


def test_numbers_that_no_float_holds() -> None:
    high = "1" + "0" * 58
    lets = "let y = n\n" + "".join(f"let y{i} = {high} * y{'' if i == 1 else i - 1}\n" for i in range(1, 7))
    head = f'signal n: real(0..1) {{ source header("n") }}\n{lets}'
    text = f"{head}route r {{ when y6 > 0.5 * y5 + 1  to a }}\ndefault {{ to b }}\n"
    assert [routed(text, {"n": n}) for n in (0, Fraction(1, 10**400), Fraction(1, 2), 1)] == [
        "default",
        "default",
        "r",
        "r",
    ]


CLASS = (
    "signal x: bool { source has_tools }\nsignal y: bool { source stream }\n"
    "route r { when x  to a }\nroute s { when y  to a }\ndefault { to b }\n"
)


def test_of_two_that_do_the_same_it_is_the_first_by_name() -> None:
    assert routed(CLASS, {"x": True, "y": True}) == "r"


def test_conflicts_are_the_interpreters() -> None:
    text = CLASS.replace("when y  to a", "when y  to b")
    assert alone(text)({"x": True, "y": True}) is None
    with pytest.raises(wrpc.decide.Conflict):  # type: ignore[attr-defined]  # the room, not the function
        decider(wrpc.loads(text + POOLS))({"x": True, "y": True})
    assert routed(text, {"y": True}) == "s"


FAILING = (
    'signal x: bool { source header("x") }\nsignal y: bool { source header("y")  on_error deny }\n'
    "route r { when x or not x  to a  on_unknown fires }\nroute s { priority 1  when x and not x  to b }\n"
    "default { to b }\n"
)


def test_failures_are_decided_in_three_values() -> None:
    assert routed(FAILING, {"x": None}) == "r"
    denied = alone(FAILING)({"x": None, "y": None})
    assert denied is not None
    assert denied.by == "signal y"


def test_a_route_that_may_not_be_unknown() -> None:
    text = FAILING.replace("on_unknown fires", "on_unknown deny")
    denied = alone(text)({"x": None})
    assert denied is not None
    assert denied.by == "route r"


@pytest.mark.parametrize("count", [3, 60])
def test_groups_of_any_size(count: int) -> None:
    signals = "".join(f'signal g{i}: bool {{ source header("g{i}") }}\n' for i in range(count))
    group = f"group g exclusive {{ {', '.join(f'g{i}' for i in range(count))} }} default g0\n"
    policy = wrpc.loads(f"{signals}{group}route r {{ when g0  to a }}\ndefault {{ to b }}\n{POOLS}")
    quick = decider(policy)
    for request in ({}, {"g1": True}, {"g2": None}, {"g0": None}, {"g1": True, "g2": None}):
        assert quick(request) == decide(policy, request)
    with pytest.raises(wrpc.decide.BadRequest):  # type: ignore[attr-defined]  # as above
        quick({"g1": True, "g2": True})


def test_as_many_signals_as_you_like() -> None:
    count = 3_000
    signals = "".join(f'signal b{i}: bool {{ source keywords("{i}") }}\n' for i in range(count))
    routes = "".join(f"route r{i} {{ priority {i}  when b{i}  to a }}\n" for i in range(0, count, 500))
    assert routed(f"{signals}{routes}default {{ to b }}\n", {"b500": True, "b1000": True}) == "r1000"


def test_a_number_that_nothing_cuts() -> None:
    """A band may cover all numbers; what is left to ask is whether its score is known."""
    text = (
        SCORE
        + "score x = 1 * raw(s)\nband z of x { all otherwise }\nroute r { when z == all  to a }\ndefault { to b }\n"
    )
    assert routed(text, {"s": 0.5}) == "r"
    assert routed(text, {"s": None}) == "default"
