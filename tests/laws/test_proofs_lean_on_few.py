"""What a proof is said to lean on keeps the claim, or makes the guard needless, whatever the other rules are made to
say."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.small import policies, requests
from tests.laws.volume import compared, many
from wrpc.analysis import leaning
from wrpc.analysis.safety.verdicts import claims, guards
from wrpc.decide.interpret import Conflict, Interpreter
from wrpc.policy import model as m
from wrpc.policy.expr import Constant
from wrpc.solver.ask import Asker


@many(2_000, parts=2, floors={"claim": 1_000, "guard": 400, "left out": 2_300})
@given(dice=dices())
def test_the_others_may_say_anything(dice: Dice) -> None:
    policy = dice.draw(policies())
    space = requests(policy)
    if space is None or not space:
        return
    ask = Asker(policy)
    for assertion, claim, verdict in claims(ask):
        if not verdict.answer.impossible:
            continue
        kept = leaning.of_claim(ask, claim, ask.rooms)
        if kept is None:
            continue
        other = changed(dice, policy, kept)
        machine = Interpreter(other)
        for request in space:
            try:
                decision, state = machine.decision(request)
            except Conflict:
                continue
            broken = machine.violations(claim, state, decision)
            assert broken is None, f"{assertion.name} leans on {kept}: {request}\n{other}\n{policy.sources[0].text}"
        compared("claim")
        compared("left out", len(policy.guards) + len(policy.answering) - len(kept))
    for guard, verdict in guards(ask):
        if not verdict.answer.impossible or not any(isinstance(r, m.Forbid) for r in guard.rules):
            continue
        kept = leaning.of_guard(ask, guard, ask.rooms)
        if kept is None:
            continue
        only = replace(guard, rules=tuple(r for r in guard.rules if isinstance(r, m.Forbid)))
        other = changed(
            dice, replace(policy, guards={**policy.guards, guard.name: only}), (*kept, f"guard {guard.name}")
        )
        machine = Interpreter(other)
        for request in space:
            try:
                decision, _ = machine.decision(request)
            except Conflict:
                continue
            gone = [r for r in decision.removed if r.guard == guard.name]
            assert not gone, f"{guard.name} leans on {kept}: {request}\n{other}\n{policy.sources[0].text}"
        compared("guard")


def changed(dice: Dice, policy: m.Policy, kept: tuple[str, ...]) -> m.Policy:
    """The same policy, in which what is not kept says something else."""
    whens = [r.when for r in policy.routes.values() if r.when is not None] + [Constant(True)]
    shares = tuple(m.Share(p, Fraction(1)) for p in policy.pools)
    actions = [r.action for r in policy.answering] + [m.Action("to", shares=shares), m.Action("deny", reason="no")]

    def route(r: m.Route) -> m.Route:
        name = "default" if r is policy.default else f"route {r.name}"
        if name in kept:
            return r
        when = None if r.when is None else dice.one(whens)
        return replace(r, when=when, action=dice.one(actions))

    found = {}
    for name, guard in policy.guards.items():
        # A guard stays of its kind: one that only removes does not begin to deny.
        rules: list[tuple[m.Rule, ...]] = [(), guard.rules]
        if any(isinstance(r, m.Denial) for r in guard.rules):
            rules.append((m.Denial("no", dice.one(whens), policy.at),))
        if any(isinstance(r, m.Forbid) for r in guard.rules):
            rules.append((m.Forbid(Constant(True), dice.one(whens), policy.at),))
        found[name] = guard if f"guard {name}" in kept else replace(guard, rules=dice.one(rules))
    return replace(
        policy,
        routes={n: route(r) for n, r in policy.routes.items()},
        default=None if policy.default is None else route(policy.default),
        guards=found,
    )
