"""What a proof is said to lean on keeps the claim, or makes the guard needless, whatever the other rules are made to
say."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given

import wrpc
from tests.laws.dice import Dice, dices
from tests.laws.small import policies, requests
from tests.laws.volume import compared, many
from wrpc.analysis import leaning
from wrpc.analysis.safety.verdicts import claims, guards
from wrpc.decide.interpret import Conflict, Interpreter
from wrpc.decide.request import read
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


COSTS = """
signal tokens: int(0..100k) {{ source prompt_tokens }}
signal answer: int(0..2k) {{ source max_tokens }}
model m {{ max_output 1k }}
pool a {{ model m  trust "own"  price {{ input {}USD/Mtok  output {}USD/Mtok }} }}
pool b {{ model m  trust "cloud"  price {{ input {}USD/Mtok  output {}USD/Mtok }} }}
pool c {{ trust "cloud" }}
route r {{ tier 1  when tokens > {}  to {}  fallback {} on timeout }}
route s {{ tier 2  when tokens <= {}  {} }}
default {{ to {} }}
guard dear {{ forbid destination.cost > {}USD {} }}
guard own {{ forbid destination.trust != "own" when tokens > {} }}
guard long {{ deny "long" when tokens > {} }}
assert cheap {{ {} }}
"""


@many(150, floors={"claim": 40, "left out": 100})
@given(dice=dices())
def test_a_bound_of_costs_leans_on_few(dice: Dice) -> None:
    def one(*values: object) -> object:
        return dice.one(values)

    dear = one(0.05, 0.2, 1)
    bound = one(0.05, 0.2, 1, 4)
    claim = one(f"always cost <= {bound}USD", f"never cost > {bound}USD", f"always cost < {bound}USD when tokens > 5k")
    first, second = dice.some(["a", "b", "c"], 2, 2)
    policy = wrpc.loads(
        COSTS.format(
            one(1, 2), one(0, 4), one(1, 10), one(0, 40), one("5k", "20k"), first, second, one("5k", "20k"),
            one("to a", "to b", 'deny "no"'), one("a", "b", "c"), dear, one("", "", "when tokens > 5k"),
            one("5k", "20k"), one("20k", "50k", "90k"), claim,
        )
    )  # fmt: skip
    ask = Asker(policy)
    for _, proved, verdict in claims(ask):
        kept = leaning.of_claim(ask, proved, ask.rooms) if verdict.answer.impossible else None
        if kept is None:
            continue
        machine = Interpreter(changed(dice, policy, kept))
        for tokens in (0, 4000, 5000, 5001, 20_000, 20_001, 50_001, 90_001, 100_000):
            for answer in (0, 1, 2000):
                try:
                    decision, state = machine.decision(read(policy, {"tokens": tokens, "answer": answer}))
                except Conflict:
                    continue
                assert machine.violations(proved, state, decision) is None, (kept, tokens, answer, policy)
        compared("claim")
        compared("left out", len(policy.guards) + len(policy.answering) - len(kept))


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
