"""Two policies are the same for the comparison exactly where they decide alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.policies import policies, requests, resolved, texts
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Decision
from wrpc.decide.interpret import interpreter
from wrpc.policy.model import Policy, Score, Signal
from wrpc.solver.compare import Aspects, Incomparable, compare, told
from wrpc.solver.witness import witness

ALL = Aspects()


@many(100)
@given(text=texts())
def test_a_policy_agrees_with_itself(text: str) -> None:
    again = resolved.__wrapped__(text)
    assert compare(resolved(text), again).answer.impossible


@many(200, floors={"different": 50, "same": 1_000})
@given(data=st.data())
def test_mutants(data: st.DataObject) -> None:
    ours = data.draw(policies())
    theirs = mutant(data, ours)
    try:
        difference = compare(ours, theirs)
    except Incomparable:
        return
    assert difference.answer.verdict != "open", difference.answer.why
    if difference.answer.request is not None:
        compared("different")
        request = witness(ours, difference.answer.request)
        assert said(ours, request) != said(theirs, request), ours.sources[0].text
        return
    for policy in (ours, theirs):
        for _ in range(6):
            request = dict(data.draw(requests(policy)))
            if request.keys() <= ours.signals.keys() & theirs.signals.keys():
                compared("same")
                one, two = said(ours, request), said(theirs, request)
                assert one == two or ("outside",) in (one, two), f"{request}\n{ours}\n{theirs}"


def said(policy: Policy, request: Mapping[str, object]) -> tuple[object, ...]:
    decision: Decision | None
    try:
        decision = interpreter(policy).decide(request)
    except BadRequest:
        return ("outside",)
    except Conflict:
        decision = None
    return told(decision, ALL)


def mutant(data: st.DataObject, policy: Policy) -> Policy:
    """The policy with one thing changed that two versions of a file may differ in."""
    kinds = ["routes", "default", "guards", "reorder", "resolve"]
    kinds += ["group", "ungroup"] * bool(policy.groups) + ["on_error", "threshold"]
    match data.draw(st.sampled_from(kinds)):
        case "routes":
            name = data.draw(st.sampled_from(sorted(policy.routes)))
            return replace(policy, routes={n: r for n, r in policy.routes.items() if n != name})
        case "default":
            return replace(policy, default=None)
        case "guards":
            return replace(policy, guards=dict(list(policy.guards.items())[1:]))
        case "reorder":
            names = list(policy.routes)
            whens = [policy.routes[n].when for n in names]
            turned = {n: replace(policy.routes[n], when=w) for n, w in zip(names, whens[1:] + whens[:1], strict=True)}
            return replace(policy, routes=turned)
        case "resolve":
            return replace(policy, resolve=("priority", "confidence", "name"))
        case "group":
            groups = {
                n: replace(g, default=g.members[0] if g.default is None else None) for n, g in policy.groups.items()
            }
            return replace(policy, groups=groups)
        case "ungroup":
            return replace(policy, groups={})
        case "on_error":
            signals = {
                n: replace(s, on_error=None if s.on_error else "deny") if s.can_fail else s
                for n, s in policy.signals.items()
            }
            return replace(policy, signals=signals)
        case _:
            return replace(policy, signals={n: moved(s) for n, s in policy.signals.items()})


def moved(signal: Signal) -> Signal:
    """A score fires from its threshold on instead of beyond it, or the other way round."""
    if not isinstance(signal.type, Score) or signal.type.threshold is None:
        return signal
    return replace(signal, type=replace(signal.type, above=not signal.type.above))
