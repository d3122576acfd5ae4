"""Pools as Envoy clusters: one a pool, and one for every chain of fallbacks, as priorities of its endpoints.

A failed try of a request moves it to the next priority (`retry_priority`), so that a chain is one cluster. Every
endpoint carries the name of its pool as metadata, from which answers say who served them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.model import Env, Policy
from wrpc.source import Span
from wrpc.targets.codes import UNEMITTABLE
from wrpc.targets.envoy.headers import said
from wrpc.targets.envoy.settings import Address, Settings, parse

NAMESPACE = "wrpc"
TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"
HTTP = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
# Envoy's own limits (3 retries, 1,024 requests at once) would quietly take fallbacks away under load.
UNLIMITED = 2**32 - 1
LIMITS = dict.fromkeys(("max_connections", "max_pending_requests", "max_requests", "max_retries"), UNLIMITED)


@dataclass(slots=True)
class Clusters:
    """Clusters as routes ask for them, in that order."""

    policy: Policy
    settings: Settings
    diagnostics: list[Diagnostic] = field(default_factory=list)
    made: dict[str, tuple[dict[str, object], Span]] = field(default_factory=dict)
    _addresses: dict[str, Address | None] = field(default_factory=dict)

    def chain(self, pools: tuple[str, ...]) -> str:
        """The name of the cluster that tries these pools, one after the other."""
        name = "+".join(said(pool, "+ ") for pool in pools)
        if name not in self.made:
            places = {pool: address for pool in pools if (address := self.address(pool)) is not None}
            self.made[name] = cluster(name, places, self.settings.ca), self.policy.pools[pools[0]].span
        return name

    def named(self, pools: tuple[str, ...]) -> bool:
        """Whether one of the pools is known by a name, which it wants to see as the host of a request."""
        found = [self.address(pool) for pool in pools]
        return any(a is not None and not a.numeric for a in found)

    def address(self, pool: str) -> Address | None:
        if pool not in self._addresses:
            self._addresses[pool] = self._find(pool)
        return self._addresses[pool]

    def _find(self, name: str) -> Address | None:
        pool = self.policy.pools[name]
        at, where = pool.span, pool.endpoint
        if name in self.settings.endpoints:
            written = self.settings.endpoints[name]
            where = written if isinstance(written, (str, Env)) else None
            at = self.settings.spans.get("endpoints", at)
        repair = f'say it in the policy: `target envoy {{ endpoints {{ {name} "host:port" }} }}`'
        if where is None:
            self._fault(f"pool `{name}` has no address", at, repair)
            return None
        if isinstance(where, Env):
            message = f'the address of pool `{name}` is `env("{where.name}")`, which a static bootstrap does not read'
            self._fault(message, at, repair)
            return None
        try:
            address = parse(where)
        except ValueError as error:
            self._fault(f"the address of pool `{name}`: {error}", at, repair)
            return None
        if address.path not in ("", "/v1"):
            self._fault(
                f"the path `{address.path}` of pool `{name}` would be lost: a request keeps its own", at, repair
            )
        return address

    def _fault(self, message: str, at: Span, repair: str) -> None:
        self.diagnostics.append(finding(UNEMITTABLE, message, at, help=repair))

    def strangers(self) -> None:
        """Reports addresses of pools that there are not."""
        at = self.settings.spans.get("endpoints") or self.policy.at
        for name in self.settings.endpoints:
            if name not in self.policy.pools:
                self.diagnostics.append(finding(UNEMITTABLE, f"`endpoints` names `{name}`, which is not a pool", at))


def cluster(name: str, places: Mapping[str, Address], ca: str) -> dict[str, object]:
    several = len(places) > 1
    found: dict[str, object] = {
        "name": name,
        "type": "STATIC" if all(a.numeric for a in places.values()) else "STRICT_DNS",
        "connect_timeout": "5s",
        "circuit_breakers": {"thresholds": [LIMITS]},
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [
                {**({"priority": i} if i else {}), "lb_endpoints": [_endpoint(pool, address, several)]}
                for i, (pool, address) in enumerate(places.items())
            ],
        },
    }
    tls = {pool: a for pool, a in places.items() if a.tls}
    if tls and several:
        found["transport_socket_matches"] = [
            {"name": pool, "match": {"pool": pool}, "transport_socket": _socket(a, ca)} for pool, a in tls.items()
        ]
    elif tls:
        found["transport_socket"] = _socket(next(iter(tls.values())), ca)
    return found


def grpc(name: str, address: Address, ca: str) -> dict[str, object]:
    """A cluster of a gRPC service."""
    found = cluster(name, {name: address}, ca)
    found["typed_extension_protocol_options"] = {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": HTTP,
            "explicit_http_config": {"http2_protocol_options": {}},
        }
    }
    return found


def _endpoint(pool: str, address: Address, several: bool) -> dict[str, object]:
    # Answers name it in a header.
    metadata: dict[str, object] = {NAMESPACE: {"pool": said(pool)}}
    if several and address.tls:
        metadata["envoy.transport_socket_match"] = {"pool": pool}
    return {
        "endpoint": {"address": socket(address)},
        "metadata": {"filter_metadata": metadata},
    }


def socket(address: Address) -> dict[str, object]:
    return {"socket_address": {"address": address.host, "port_value": address.port}}


def _socket(address: Address, ca: str) -> dict[str, object]:
    names = {} if address.numeric else {"sni": address.host}
    # Without an authority to hold it against, Envoy takes any certificate.
    kind = "IP_ADDRESS" if address.numeric else "DNS"
    held = {
        "trusted_ca": {"filename": ca},
        "match_typed_subject_alt_names": [{"san_type": kind, "matcher": {"exact": address.host}}],
    }
    context = {"@type": TLS, **names, "common_tls_context": {"validation_context": held}}
    return {"name": "envoy.transport_sockets.tls", "typed_config": context}
