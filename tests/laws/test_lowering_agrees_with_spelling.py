"""The core of expressions says of every request what the text says, name by name."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given

from tests.laws import oracle
from tests.laws.dice import Dice, dices
from tests.laws.policies import requests, resolved, texts
from tests.laws.spelled import Spelled
from tests.laws.volume import compared, many
from wrpc.policy import expr as x
from wrpc.policy.model import Denial, Forbid, Policy
from wrpc.source import Source
from wrpc.syntax import tree as t
from wrpc.syntax.parse import parse

PER_POOL = len(oracle.CAUSES) * 2 + 4
Pair = tuple[t.Expr, x.Condition, bool]


@many(2_000, parts=2, floors=150_000)
@given(dice=dices())
def test_conditions(dice: Dice) -> None:
    text = dice.draw(texts())
    policy, (file, _) = resolved(text), parse(Source("policy.wrp", text))
    for _ in range(5):
        try:
            facts = oracle.facts(policy, dice.draw(requests(policy)))
        except oracle.Outside:
            continue
        for spelled, lowered, of_pool in pairs(file, policy):
            placed = "role" in spelled.span.text or "causes" in spelled.span.text
            for at in (oracle.places(policy)[:: 1 if placed else PER_POOL]) if of_pool else [None]:
                compared()
                plan = oracle.planned(policy, facts)[0]
                pools = [d["pool"] for d in plan["destinations"]]  # type: ignore[attr-defined]
                said = Spelled(file, facts, at, pools).holds(spelled)
                assert said == oracle.true(lowered, facts, at, plan), f"{spelled.span.text}\n{text}"


def pairs(file: t.File, policy: Policy) -> Iterator[Pair]:
    """Each condition as it is spelled and as it was lowered; and whether it is asked of a destination."""
    changed = {d.section.name for d in file.declarations if isinstance(d, t.Override)}
    for declaration in file.declarations:
        match declaration:
            case t.Section(_, "route", name, items) if name is not None:
                for item in items:
                    when = policy.routes[name.text].when
                    if isinstance(item, t.When) and when is not None:
                        yield item.condition, when, False
            case t.Section(_, "guard", name, items) if name is not None and name not in changed:
                rules = [i for i in items if isinstance(i, (t.Forbid, t.Deny, t.Require))]
                for item, rule in zip(rules, policy.guards[name.text].rules, strict=True):
                    if item.condition is not None and rule.when is not None:
                        yield item.condition, rule.when, not isinstance(rule, Denial)
                    if isinstance(item, t.Forbid) and isinstance(rule, Forbid):
                        yield item.what, rule.what, True
            case t.Assume(_, name, condition):
                yield condition, policy.assumptions[name.text].condition, False
            case _:
                pass
