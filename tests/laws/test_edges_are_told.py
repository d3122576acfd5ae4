"""An edge that leaves is told, with a request that takes it; where nothing is told no random request takes one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from tests.laws import oracle, told
from tests.laws.dice import Dice, dices
from tests.laws.policies import nodes, policies, requests
from tests.laws.volume import compared, many
from wrpc.analysis.run import check
from wrpc.policy import expr as x
from wrpc.policy.model import Policy, Pool, Route

RULES = {"WRP504": "region", "WRP505": "provider"}


@many(2_000, parts=3, floors={"told": 350, "taken": 1_700})
@given(dice=dices())
def test_edges(dice: Dice) -> None:
    policy = spread(dice, dice.draw(policies()))
    findings = [d for d in check(policy).diagnostics if d.code.id in (*RULES, "WRP506", "WRP507")]
    keys = [(d.code.id, told.about(d), told.edge(d)) for d in findings]
    found = set(keys)
    for finding, key in zip(findings, keys, strict=True):
        assert finding.witness is not None
        compared("told")
        decision = told.outcome(policy, told.sent(policy, finding.witness))
        assert decision is not None
        assert key in told.crossings(policy, decision), f"{finding.message}\n{policy.sources[0].text}"
    ruled = {code for code, attribute in RULES.items() if reads(policy, attribute)}
    if any(isinstance(n, x.Caused) for n in nodes(policy)):
        ruled.add("WRP507")
    assert not {code for code, *_ in found} & ruled
    for _ in range(12):
        try:
            decision = told.outcome(policy, dice.draw(requests(policy)))
        except oracle.Outside:
            continue
        taken = set() if decision is None else told.crossings(policy, decision)
        compared("taken", len(taken))
        # What refusals take as well is one finding.
        known = found | {("WRP505", *rest) for code, *rest in found if code == "WRP507"}
        untold = {c for c in taken if c[0] not in ruled} - known
        assert not untold, f"{untold}\n{policy.sources[0].text}"


def spread(dice: Dice, policy: Policy) -> Policy:
    """The policy over pools that are more often apart, and with more fallbacks on `context`."""

    def pool(declared: Pool) -> Pool:
        return replace(
            declared,
            region=dice.one([None, "eu", "us"]),
            provider=dice.one([None, "x", "x/large", "y"]),
            context=dice.one([None, 4, 8, 9]),
        )

    def route(declared: Route) -> Route:
        causes = [(), ("context",), ("context", "timeout"), ("content_policy", "timeout")]
        edges = tuple(replace(f, causes=dice.one(causes)) for f in declared.action.fallbacks)
        return replace(declared, action=replace(declared.action, fallbacks=edges))

    return replace(
        policy,
        pools={name: pool(p) for name, p in policy.pools.items()},
        routes={name: route(r) for name, r in policy.routes.items()},
        default=policy.default and route(policy.default),
    )


def reads(policy: Policy, attribute: str) -> bool:
    """Only guards and claims can read `destination`."""
    return any(isinstance(n, x.Text) and x.Attribute(attribute) in (n.left, n.right) for n in nodes(policy))
