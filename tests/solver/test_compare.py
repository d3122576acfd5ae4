"""Two policies over one request space: each is taken as it says, and a difference has both decisions."""

from __future__ import annotations

import pytest

from wrpc import loads
from wrpc.policy.model import Policy
from wrpc.solver.compare import Aspects, Difference, Incomparable, compare

SIGNALS = """
signal a: bool { source header("x-a") }
signal b: bool { source header("x-b") }
signal c: bool { source header("x-c") }
signal s: score { source classifier("s")  threshold 0.5 }
pool p { trust "own" }
pool q { trust "cloud" }
"""


def policy(rest: str, signals: str = SIGNALS) -> Policy:
    return loads(signals + rest)


def difference(one: str, two: str, aspects: Aspects | None = None) -> Difference:
    return compare(policy(one), policy(two), aspects)


def test_the_same_written_otherwise_agrees() -> None:
    one = "route r { when not (a and b)  to p } default { to q }"
    two = "route r { when not a or not b  to p } default { to q }"
    assert difference(one, two).answer.impossible


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("default { to p }", "default { to q }"),
        ("default { to p, q }", "default { to p weight 1, q weight 2 }"),
        ("default { to p  fallback q }", "default { to p }"),
        ("default { to p  fallback q }", "default { to p  spill q above 80% }"),
        ("default { to p }", 'default { deny "no" }'),
        ("route r { when a  to p }", 'route r { when a  to p } default { deny "no" }'),
        ("default { to p }", 'default { to p } guard g { deny "no" when a and b and s }'),
        ("default { to p }", "default { to p } guard g { require audit when a }"),
        ("default { to p, q }", 'default { to p, q } guard g { forbid destination.trust == "cloud" when s }'),
        # Only with a failed signal.
        ("route r { when a or not a  to p } default { to q }", "default { to p }"),
        ("route r { when a  to p  on_unknown fires } default { to q }", "route r { when a  to p } default { to q }"),
        # Each settles its own exclusive group.
        (
            "group g exclusive { a, b } default a  route r { when a  to p } default { to q }",
            "group g exclusive { a, b } default b  route r { when a  to p } default { to q }",
        ),
        (
            "group g exclusive { a, b } default a  route r { when a  to p } default { to q }",
            "route r { when a  to p } default { to q }",
        ),
        # A conflict is no decision.
        (
            "route r { when a  to p } route t { when a  to q } default { to q }",
            "route r { when a  to p } route t { when a and not a  to q } default { to q }",
        ),
    ],
)
def test_a_difference_has_both_decisions(one: str, two: str) -> None:
    found = difference(one, two)
    assert found.answer.possible
    assert found.ours != found.theirs
    assert difference(two, one).answer.possible


def test_a_failure_that_only_one_of_them_denies() -> None:
    ours = policy("default { to p }", SIGNALS.replace('header("x-a")', 'header("x-a")  on_error deny'))
    theirs = policy("default { to p }")
    found = compare(ours, theirs)
    assert found.answer.request is not None
    assert found.answer.request["a"] is None
    assert found.ours is not None
    assert found.ours.action == "deny"
    assert found.theirs is not None
    assert found.theirs.action == "route"
    fewer = policy("default { to p }", SIGNALS.replace('signal a: bool { source header("x-a") }\n', ""))
    assert compare(ours, fewer).answer.possible


def test_a_threshold_that_moves() -> None:
    rest = "route r { when s  to q } default { to p }"
    found = compare(policy(rest), policy(rest, SIGNALS.replace("threshold 0.5", "threshold 0.6")))
    assert found.answer.request is not None
    assert 0.5 <= float(found.answer.request["s"]) < 0.6  # type: ignore[arg-type]  # a score's value is a number


def test_what_does_not_count() -> None:
    assert difference(
        "default { to p, q }", "default { to p weight 1, q weight 2 }", Aspects(weights=False)
    ).answer.impossible
    assert difference("default { to p  fallback q }", "default { to p }", Aspects(edges=False)).answer.impossible
    one, two = "default { to p }", "default { to p } guard g { require audit }"
    assert difference(one, two, Aspects(obligations=False)).answer.impossible
    one, two = "route r { when a  to p }", 'route r { when a  to p } default { deny "no" }'
    found = difference(one, two, Aspects(unrouted_is_denied=True))
    assert found.answer.impossible


def test_requests_of_another_kind_are_not_compared() -> None:
    with pytest.raises(Incomparable):
        compare(policy("default { to p }"), policy("default { to p }", SIGNALS.replace("s: score", "s: score(-1..1)")))


def test_a_difference_outside_what_is_assumed_is_none() -> None:
    rest = "route r { when a  to q } default { to p }"
    assert compare(policy(rest), policy("default { to p }")).answer.possible
    assert compare(policy("assume never_a { not a } " + rest), policy("default { to p }")).answer.impossible


def test_nothing_is_said_of_what_routes_conflict_for() -> None:
    one = "route r { when a  to p } route t { when a and b  to q } default { to q }"
    assert difference(one, one).answer.impossible
    assert difference(one, one).verdict == "open"
    other = one.replace("when a and b", "when a and not a")
    assert difference(one, other).verdict == difference(other, one).verdict == "open"
    assert difference(other, other).verdict == "same"
    assert difference(other, "default { to q }").verdict == "different"
    # Only where a signal fails.
    failed = "route r { when a  to p } route t { when not a  to q  on_unknown deny } default { to q }"
    assert difference(failed, failed).verdict == "same"
    failed = failed.replace("on_unknown deny", "on_unknown fires").replace("to p }", "to p  on_unknown fires }")
    assert difference(failed, failed).verdict == "open"
