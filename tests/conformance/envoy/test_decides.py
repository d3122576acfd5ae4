"""A real Envoy answers random requests as `decide` says: routes, pools, weights, denials with their reasons, failed
signals, requests that are none, and failover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import sqrt
from pathlib import Path

import pytest

from tests.conformance.envoy.gateway import Gateway, expected, obliged, primaries, running, said, told
from tests.support.compiling import IN_ENVOY
from tests.support.envoy import ASKED
from tests.support.requests import Sampler
from wrpc.decide import BadRequest, Decision, decide
from wrpc.policy.load import load

REQUESTS = 600
REPEATS = 300
CASES = {path.stem: path for path in sorted((Path(__file__).parent / "cases").glob("*.wrp"))}


@pytest.fixture(scope="module", params=[*IN_ENVOY, *CASES])
def gateway(request: pytest.FixtureRequest, envoy: Path) -> Iterator[Gateway]:
    policy = load({**IN_ENVOY, **CASES}[request.param])
    # None of these is refused by the target: a refusal is an error of the test.
    with running(policy) as made:
        yield made


@pytest.fixture(scope="module")
def sample(gateway: Gateway) -> list[tuple[dict[str, object], Decision | None]]:
    """Random requests and their decisions; None for a request that is none, to be answered 400."""
    sampler = Sampler(gateway.policy, seed=8)
    found = []
    for _ in range(REQUESTS):
        request = sampler.request()
        # To Envoy an empty `model` is not a model.
        empty = any(request[name] == "" for name in gateway.names.lifted)
        try:
            decision = decide(gateway.policy, request)
        except BadRequest:
            decision = None
        found.append((request, None if empty else decision))
    return found


Sample = list[tuple[dict[str, object], Decision | None]]


def test_random_requests(gateway: Gateway, sample: Sample) -> None:
    for request, decision in sample:
        gateway.pools.seen.clear()
        answer = gateway.send(request)
        if decision is None:
            assert answer.status == 400, request
            continue
        assert told(answer) == expected(decision), request
        if decision.action == "route":
            assert answer.pool in primaries(decision), request
            assert answer.headers["x-upstream"] == answer.pool
            kept = {(o, p) for o, p in obliged(decision) if p is None or p in _carried(decision)}
            assert said(answer.headers.get("x-wrpc-obligations")) == kept, request
            # A copy of an earlier request, for a mirror, may have come in the meantime.
            served = next(s for s in gateway.pools.seen if s.pool == answer.pool and s.headers[ASKED] == answer.asked)
            assert said(served.headers.get("x-wrpc-obligations")) == kept, request
        else:
            assert answer.pool is None


def _carried(d: Decision) -> set[str]:
    """Later steps of a cascade and spills are not."""
    return {s.pool for s in d.destinations if s.role in ("primary", "fallback", "mirror")}


def test_the_sample_meets_what_the_policy_says(gateway: Gateway, sample: Sample) -> None:
    actions = Counter(d.action for _, d in sample if d is not None)
    failed = sum(None in request.values() for request, _ in sample)
    assert actions["route"] >= REQUESTS // 20
    assert actions["deny"] > 0
    assert failed > 0 or not any(s.can_fail for s in gateway.policy.signals.values())


def test_weights(gateway: Gateway, sample: Sample) -> None:
    seen: set[object] = set()
    for request, decision in sample:
        if decision is None or decision.action != "route" or decision.destinations in seen:
            continue
        weights = {s.pool: s.weight for s in decision.destinations if s.role == "primary"}
        if len(primaries(decision)) < 2 or None in weights.values() or len(seen) >= 4:
            continue
        seen.add(decision.destinations)
        count = Counter(gateway.send(request).pool for _ in range(REPEATS))
        for pool, weight in weights.items():
            p = float(weight or 0)
            # Five standard deviations: one run in more than a million.
            assert abs(count[pool] - REPEATS * p) <= 5 * sqrt(REPEATS * p * (1 - p)), (request, count)


def test_failover(gateway: Gateway, sample: Sample) -> None:
    seen: set[object] = set()
    for request, decision in sample:
        fallbacks = [s.pool for s in decision.destinations if s.role == "fallback"] if decision else []
        if decision is None or not fallbacks or decision.destinations in seen or len(seen) >= 8:
            continue
        seen.add(decision.destinations)
        down = [s.pool for s in decision.destinations if s.role == "primary"]
        for fallback in fallbacks:
            gateway.pools.failing = dict.fromkeys(down, 503)
            try:
                answer = gateway.send(request)
            finally:
                gateway.pools.failing = {}
            assert (answer.status, answer.pool) == (200, fallback), (request, down)
            down.append(fallback)
