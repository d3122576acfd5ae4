"""Policies behind a real Envoy with toy pools, and what its answers have to be by `decide`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from tests.support.envoy import FAILS, Answer, Client, Envoy, Pools, failing, free_ports, settings
from wrpc.decide import Decision
from wrpc.decide.request import read
from wrpc.diagnostics import Refusal
from wrpc.policy.model import Policy, Value
from wrpc.targets import reading, writing
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.emit import emit
from wrpc.targets.gateway.settle import settle
from wrpc.targets.settings import block
from wrpc.targets.target import Options

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Gateway:
    policy: Policy
    names: headers.Names
    pools: Pools
    envoy: Client

    def send(self, request: Mapping[str, object], fails: Mapping[str, int | str] | None = None) -> Answer:
        """A request of the policy, as headers and a body; a header that is not named is left out where its signal says
        what that means. `fails`: how pools fail for it."""
        said = {FAILS: failing(fails)} if fails else {}
        return self.envoy.ask({**self.headers(request), **said}, body=self.body(request))

    def tried(self, answer: Answer) -> list[str]:
        """The pools that the request of this answer was sent to, one after the other."""
        return self.pools.tries[answer.asked]

    def headers(self, request: Mapping[str, object]) -> dict[str, str]:
        values = read(self.policy, request)
        return {
            self.names.headers[name]: headers.value(self.policy.signals[name], value)
            for name, value in values.items()
            if value is not None and name not in self.names.lifted
            if name in request or name not in self.names.absent
        }

    def body(self, request: Mapping[str, object]) -> bytes:
        models = [request[name] for name in self.names.lifted]
        return json.dumps({"model": models[0] if models else "any", "messages": []}).encode()


@contextmanager
def running(policy: Policy, *, gone: str | None = None, **more: Value) -> Iterator[Gateway]:
    """The policy behind an Envoy. Raises Refusal for what the target refuses."""
    with together([policy], gone=gone, **more) as (made,):
        if isinstance(made, Refusal):
            raise made
        yield made


@contextmanager
def together(
    policies: Sequence[Policy], *, gone: str | None = None, **more: Value
) -> Iterator[list[Gateway | Refusal]]:
    """Each policy at a port of its own, of one Envoy, with pools that they share by name; or its refusal. Nothing
    listens where the pool `gone` is."""
    with Pools(sorted({pool for policy in policies for pool in policy.pools})) as pools:
        addresses = settings(pools, 0)
        if gone in pools.addresses:
            pools.stop(gone)
        found: list[Gateway | Refusal] = []
        texts: dict[int, str] = {}
        for policy, port in zip(policies, free_ports(len(policies)), strict=True):
            own = block(policy, "envoy")
            chosen = {**(own.settings if own else {}), "obligations_by": "the test", **addresses}
            chosen |= {"listen": f"127.0.0.1:{port}", **more}
            chosen["endpoints"] = {p: a for p, a in _table(chosen["endpoints"]).items() if p in policy.pools}
            emitted = emit(settle(policy), Options(chosen))
            if emitted.artifacts:
                texts[port] = emitted.artifacts[0].text
                names = headers.names(policy, headers.PREFIX, {}, policy.sources[0].span())
                found.append(Gateway(policy, names, pools, Client(port)))
            else:
                found.append(Refusal(emitted.diagnostics))
        if not texts:
            yield found
            return
        with Envoy(_merged([*texts.values()]), *texts):
            yield found
            for each in found:
                if isinstance(each, Gateway):
                    each.envoy.close()


def _table(value: Value) -> Mapping[str, Value]:
    assert isinstance(value, Mapping)
    return value


def _merged(texts: Sequence[str]) -> str:
    """One bootstrap with the listeners and clusters of all, each under names of its own."""
    if len(texts) == 1:
        return texts[0]
    whole: Any = None
    for i, text in enumerate(texts):
        bootstrap = _renamed(reading.yaml(text), f"{i}/")
        resources = bootstrap["static_resources"]
        for listener in resources["listeners"]:
            listener["name"] = f"{i}/{listener['name']}"
        if whole is None:
            whole = bootstrap
        else:
            for kind in ("listeners", "clusters"):
                whole["static_resources"][kind] += resources[kind]
    return writing.yaml(whole)


def _renamed(content: Any, prefix: str) -> Any:
    """With every name of a cluster behind the prefix."""
    if isinstance(content, list):
        return [_renamed(c, prefix) for c in content]
    if not isinstance(content, dict):
        return content
    made = {k: _renamed(v, prefix) for k, v in content.items()}
    for key in ("cluster", "cluster_name"):
        if isinstance(made.get(key), str):
            made[key] = prefix + made[key]
    for cluster in made.get("clusters", ()):
        cluster["name"] = prefix + cluster["name"]
    return made


def at_once(ask: Callable[[T], R], asked: Sequence[T]) -> list[R]:
    """The answers, in order, to requests that are sent by several threads."""
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(ask, asked))


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
