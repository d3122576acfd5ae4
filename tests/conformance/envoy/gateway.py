"""One policy behind a real Envoy with toy pools, and what its answers have to be by `decide`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote

from tests.support.envoy import Answer, Envoy, Pools, free_port, settings
from wrpc.decide import Decision
from wrpc.decide.request import read
from wrpc.diagnostics import Refusal
from wrpc.policy.model import Policy, Value
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.emit import emit
from wrpc.targets.gateway.settle import settle
from wrpc.targets.settings import block
from wrpc.targets.target import Options


@dataclass(frozen=True, slots=True)
class Gateway:
    policy: Policy
    names: headers.Names
    pools: Pools
    envoy: Envoy

    def send(self, request: Mapping[str, object]) -> Answer:
        """A request of the policy, as headers and a body; a header that is not named is left out where its signal says
        what that means."""
        return self.envoy.ask(self.headers(request), body=self.body(request))

    def headers(self, request: Mapping[str, object]) -> dict[str, str]:
        values = read(self.policy, request)
        return {
            self.names.headers[name]: headers.value(self.policy.signals[name], value)
            for name, value in values.items()
            if value is not None and name not in self.names.lifted
            if name in request or name not in self.names.absent
        }

    def body(self, request: Mapping[str, object]) -> bytes:
        import json

        models = [request[name] for name in self.names.lifted]
        return json.dumps({"model": models[0] if models else "any", "messages": []}).encode()


@contextmanager
def running(policy: Policy, **more: Value) -> Iterator[Gateway]:
    """The policy behind an Envoy. Raises Refusal for what the target refuses."""
    port = free_port()
    own = block(policy, "envoy")
    with Pools(list(policy.pools)) as pools:
        chosen = {**(own.settings if own else {}), "obligations_by": "the test", **settings(pools, port), **more}
        emitted = emit(settle(policy), Options(chosen))
        if not emitted.artifacts:
            raise Refusal(emitted.diagnostics)
        names = headers.names(policy, headers.PREFIX, {}, policy.sources[0].span())
        with Envoy(emitted.artifacts[0].text, port) as envoy:
            yield Gateway(policy, names, pools, envoy)


def told(answer: Answer) -> tuple[object, ...]:
    """What an answer says of the decision: status, route, reason."""
    return answer.status, answer.route, answer.reason if answer.status == 403 else None


def expected(d: Decision) -> tuple[object, ...]:
    status = {"route": 200, "deny": 403, "unrouted": 404}[d.action]
    return status, d.route, None if d.reason is None else d.reason


def primaries(d: Decision) -> tuple[str, ...]:
    """The pools that may answer while none fails."""
    return tuple(s.pool for s in d.destinations if s.role == "primary" and s.weight != 0)


def obliged(d: Decision) -> set[tuple[str, str | None]]:
    """The obligations, those of one pool with it."""
    own = {(o, s.pool) for s in d.destinations for o in s.obligations}
    return own | {(o, None) for o in d.obligations if o not in {name for name, _ in own}}


def said(text: str | None) -> set[tuple[str, str | None]]:
    """The obligations of a header."""
    parts = [p.partition(";pool=") for p in (text or "").split(", ") if p]
    return {(unquote(name), unquote(pool) or None) for name, _, pool in parts}
