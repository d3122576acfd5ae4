"""A real Envoy counts requests of random policies as their limits say, and sends those that are alike to one pool."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

from tests.conformance.envoy.drawn import Counting, Request, drawn
from tests.conformance.envoy.gateway import Gateway, expected, primaries, together, told
from wrpc.decide import BadRequest, Decision, decide
from wrpc.decide.request import read
from wrpc.diagnostics import Refusal
from wrpc.policy.model import Bool, Policy
from wrpc.targets.envoy import headers

UNKNOWN = object()


def known(policy: Policy, request: Request, name: str) -> object:
    """What requests are alike in: the value of a signal, or what its failure means; UNKNOWN where that is nothing."""
    signal, value = policy.signals[name], read(policy, request)[name]
    if value is not None:
        return headers.value(signal, value)
    if signal.on_error in ("fires", "silent"):
        fires = signal.on_error == "fires"
        return headers.value(signal, fires if isinstance(signal.type, Bool) else Fraction(fires))
    return UNKNOWN


class Meter:
    """Counts requests by the limits of decisions. None fills up again while a test runs."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.used: Counter[object] = Counter()

    def denies(self, request: Request, decision: Decision) -> bool:
        """Of several limits the slower one counts first, also what another then denies."""
        for budget in sorted(decision.budgets, key=lambda b: b.amount / b.period):
            key = None if budget.per is None else known(self.policy, request, budget.per)
            bucket = decision.route, budget, key
            if self.used[bucket] >= budget.amount:
                return True
            self.used[bucket] += 1
        return False


def test_limits_and_what_sticks(envoy: Path) -> None:
    examples = drawn(Counting, 90, 60)
    met: Counter[str] = Counter()
    with together([e.policy for e in examples]) as gateways:
        for example, gateway in zip(examples, gateways, strict=True):
            if isinstance(gateway, Refusal):
                met["refused"] += 1
                continue
            one(gateway, example.requests, met)
    assert met["refused"] <= 6, met
    assert met["limited"] >= 1000, met
    assert met["denied"] >= 300, met
    assert met["each"] >= 300, met
    assert met["unknown"] >= 30, met
    assert met["several"] >= 100, met
    assert met["sticks"] >= 100, met


def one(gateway: Gateway, requests: tuple[Request, ...], met: Counter[str]) -> None:
    meter, stuck = Meter(gateway.policy), dict[object, str]()
    text = gateway.policy.sources[0].text
    for request in requests:
        try:
            decision = decide(gateway.policy, request)
        except BadRequest:
            continue
        answer = gateway.send(request)
        if decision.action == "route" and meter.denies(request, decision):
            assert answer.status == 429, f"{request}\n{text}"
            assert not gateway.tried(answer), f"{request}\n{text}"
            met["denied"] += 1
        else:
            assert told(answer) == expected(decision), f"{request}\n{text}"
        keys = [b.per for b in decision.budgets]
        met["limited"] += bool(keys)
        met["each"] += any(keys)
        met["several"] += len(keys) > 1
        met["unknown"] += any(key and known(gateway.policy, request, key) is UNKNOWN for key in keys)
        if answer.status != 200:
            continue
        assert answer.pool in primaries(decision), f"{request}\n{text}"
        route = gateway.policy.routes.get(decision.route or "") or gateway.policy.default
        assert route is not None
        if route.action.sticky is not None and len(primaries(decision)) > 1:
            value = known(gateway.policy, request, route.action.sticky.by)
            signal = gateway.policy.signals[route.action.sticky.by]
            if value is UNKNOWN or signal.absent is not None or signal.on_error in ("fires", "silent"):
                continue  # the last two are a loss that is told
            same = stuck.setdefault((decision.route, decision.destinations, value), answer.pool or "")
            assert answer.pool == same, f"{request}\n{text}"
            met["sticks"] += 1
