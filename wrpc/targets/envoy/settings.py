"""The `target envoy { … }` block: what may stand in it, and its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.model import Amount, Env, Policy, Value, Word
from wrpc.source import Span
from wrpc.targets.codes import UNEMITTABLE
from wrpc.targets.envoy import headers
from wrpc.targets.target import Options, Setting

CA = "/etc/ssl/certs/ca-certificates.crt"
BODY = 16 * 2**20

HEARD_BY = (
    'name what computes them, `signals_by "host:port"`, or say `trust_headers true` where only a front end that'
    " sets them can connect"
)

SETTINGS: Mapping[str, Setting] = {
    "listen": Setting("text", "the address that Envoy listens on", "127.0.0.1:8080"),
    "admin": Setting("text", "the address of Envoy's admin interface; there is none unless this is set"),
    "endpoints": Setting(
        "map", 'addresses of pools, in place of their `endpoint`: `endpoints { local "10.0.0.7:8000" }`'
    ),
    "prefix": Setting("text", "the prefix of signal headers", headers.PREFIX),
    "headers": Setting("map", 'other names for the headers of signals: `headers { pii "x-data-class" }`'),
    "trust_headers": Setting(
        "bool",
        "whether signal headers from clients are trusted; only where nothing but your front end can connect",
        False,
    ),
    "signals_by": Setting(
        "text",
        "host:port of an external processor (ext_proc, gRPC) that sets the signal headers, and with the last of its"
        " answers `x-wrpc-signals`; a request without that is answered 503",
    ),
    "obligations_by": Setting(
        "text", "the name of the program that carries out the obligations in the header x-wrpc-obligations"
    ),
    "ca": Setting("text", "the file of certificate authorities that https pools are checked against", CA),
    "max_body": Setting("number", "the largest body that is buffered, to read `model` and to send it once more", BODY),
}


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is what an URL had after the host."""

    host: str
    port: int
    tls: bool = False
    path: str = ""

    @property
    def numeric(self) -> bool:
        from ipaddress import ip_address

        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Settings:
    listen: Address
    admin: Address | None
    endpoints: Mapping[str, Value]
    prefix: str
    headers: Mapping[str, Value]
    trust_headers: bool
    signals_by: Address | None
    obligations_by: str | None
    ca: str
    max_body: int
    spans: Mapping[str, Span] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def settings(policy: Policy, options: Options) -> Settings:
    found: list[Diagnostic] = []
    whole = policy.at

    def text(name: str) -> str | None:
        value = options.settings.get(name, SETTINGS[name].default)
        if isinstance(value, Env):
            at = options.spans.get(name, whole)
            found.append(
                finding(UNEMITTABLE, f"`{name}` is `env(…)`, and a static bootstrap does not read the environment", at)
            )
            return None
        return value if isinstance(value, str) else None

    def address(name: str) -> Address | None:
        written = text(name)
        if written is None:
            return None
        try:
            return parse(written)
        except ValueError as error:
            found.append(finding(UNEMITTABLE, f"`{name}` {error}", options.spans.get(name, whole)))
            return None

    def table(name: str) -> Mapping[str, Value]:
        value = options.settings.get(name)
        return value if isinstance(value, Mapping) else {}

    trust = options.settings.get("trust_headers")
    largest = options.settings.get("max_body")
    return Settings(
        listen=address("listen") or Address("127.0.0.1", 8080),
        admin=address("admin"),
        endpoints=table("endpoints"),
        prefix=(text("prefix") or headers.PREFIX).lower(),
        headers=table("headers"),
        trust_headers=isinstance(trust, Word) and trust.text == "true",
        signals_by=address("signals_by"),
        obligations_by=text("obligations_by"),
        ca=text("ca") or "",
        max_body=int(largest.value) if isinstance(largest, Amount) else BODY,
        spans=options.spans,
        diagnostics=tuple(found),
    )


def parse(text: str) -> Address:
    """`host:port`, or an http or https URL. ValueError says what is wrong with it."""
    from urllib.parse import urlsplit

    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"`{text}` is not an address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError(f"`{text}` is neither `host:port` nor an http or https URL")
    if port is None and "://" not in text:
        raise ValueError(f"`{text}` has no port")
    tls = parts.scheme == "https"
    return Address(parts.hostname, (443 if tls else 80) if port is None else port, tls, parts.path.rstrip("/"))
