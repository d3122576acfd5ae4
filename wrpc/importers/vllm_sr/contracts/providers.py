"""The backends of a model: a known provider, one protocol, an address that a proxy can hold, all alike in a group."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.faults import unknown_word
from wrpc.importers.nodes import entries_of, keys_of, line, named, place, text_of
from wrpc.importers.vllm_sr.contracts.judged import Judged
from wrpc.source import Span

PROTOCOLS = {
    "openai": "openai/chat-completions@1",
    "responses": "openai/responses@1",
    "anthropic": "anthropic/messages@1",
}
DEFAULT = "vllm"
TEMPLATE = re.compile(r"\{\{[A-Za-z_][A-Za-z0-9_.-]*\}\}|\$\{[A-Za-z_][A-Za-z0-9_]*\}")
MOST_PORT = 65535
ALIKE = ("provider", "auth_header", "auth_prefix", "api_version", "chat_path")


def judge(judged: Judged) -> None:
    for model in entries_of(keys_of(judged.root, "providers"), "models"):
        _model(judged, model)


def _model(judged: Judged, model: Keys) -> None:
    name, form = text_of(model, "name") or "", text_of(model, "api_format")
    if form and form not in PROTOCOLS:
        judged.report.add(unknown_word(model["api_format"], "api_format", PROTOCOLS))
    names, first, spoken = set[str](), None, ""
    for index, backend in enumerate(entries_of(model, "backend_refs")):
        provider = text_of(backend, "provider") or DEFAULT
        known = judged.facts.providers.get(provider)
        if known is None:
            if "provider" in backend:
                judged.report.add(unknown_word(backend["provider"], "provider", judged.facts.providers))
            continue
        spoken = _binding(judged, model, backend, known, provider, spoken) or spoken
        address = _address(judged, backend, known, provider, name)
        if address is None:
            continue
        own = (text_of(backend, "name") or "").strip() or f"backend-{index + 1}"
        if own in names:
            judged.say(codes.DUPLICATE_NAME, f"two backends of `{name}` are called `{own}`", named(backend))
        names.add(own)
        route = (*address, *((text_of(backend, key) or None) for key in ALIKE), _rest(backend))
        if first is None:
            first = route
        elif route != first:
            message = f"the backends of `{name}` differ in more than their address, so that one group cannot hold them"
            judged.contradict(message, line(backend.span))


def _rest(backend: Keys) -> tuple[object, ...]:
    headers = keys_of(backend, "extra_headers")
    pairs = () if headers is None else tuple(sorted((k, text_of(headers, k) or "") for k in headers))
    return (text_of(backend, "api_key") or "", text_of(backend, "api_key_env") or "", pairs)


# ── Protocols ─────────────────────────────────────────────────────────────


def _binding(
    judged: Judged, model: Keys, backend: Keys, known: Mapping[str, Any], provider: str, spoken: str
) -> str | None:
    """The protocol between a model and its provider, None where there is none."""
    catalog, name = text_of(model, "catalog"), text_of(model, "name") or ""
    card = judged.facts.models.get(catalog, {}) if catalog else {"kind": "physical"}
    of = catalog or name
    at = line(place(backend, "provider") if "provider" in backend else backend.span)
    external = keys_of(model, "external_model_ids")
    id_ = (text_of(external, provider) or "").strip() if external is not None else ""
    id_ = id_ or (text_of(model, "provider_model_id") or "").strip() or ("" if catalog else name)
    every = [(own, protocols, free) for own, protocols, free in known.get("models", {}).get(of, ())]
    bindings = [each for each in every if not id_ or each[0] == id_ or each[2]]
    protocols = list(dict.fromkeys(p for _, those, _ in bindings for p in those))
    form = text_of(model, "api_format")
    physical = card.get("kind") == "physical"
    if form:
        protocol = PROTOCOLS.get(form, "")
    elif not protocols:
        if not id_ and physical:
            judged.missing(
                f"provider `{provider}` has no model `{of}`: `{name}` needs a `provider_model_id` and an `api_format`",
                at,
            )
            return None
        protocol = spoken or known["default"]
    elif len(protocols) == 1:
        protocol = protocols[0]
    elif spoken:
        protocol = spoken if spoken in protocols else ""
    else:
        protocol = known["default"] if known["default"] in protocols else ""
    if not protocol:
        if form is None:
            judged.missing(f"provider `{provider}` has `{of}` in several ways: `{name}` needs an `api_format`", at)
        return None
    if protocol not in known["protocols"] or protocol not in known["creates"]:
        judged.refuse(f"provider `{provider}` does not speak `{protocol}`", at)
        return None
    if spoken and protocol != spoken:
        judged.contradict(f"the backends of `{name}` speak `{spoken}` and `{protocol}`; a model speaks one", at)
    match = next((each for each in bindings if protocol in each[1]), None)
    if not id_ and match is not None and match[2]:
        judged.missing(
            f"`{name}` needs a `provider_model_id`: provider `{provider}` gives its deployments names of one's own", at
        )
    elif not id_ and match is None and physical:
        judged.missing(
            f"provider `{provider}` has no model `{of}` by `{protocol}`: `{name}` needs a `provider_model_id`", at
        )
    return protocol


# ── Addresses ─────────────────────────────────────────────────────────────


def _address(
    judged: Judged, backend: Keys, known: Mapping[str, Any], provider: str, model: str
) -> tuple[object, ...] | None:
    """Scheme, kind of host, path and, for TLS, the host: what the addresses of one group have to share."""
    base, endpoint = ((text_of(backend, key) or "").strip() for key in ("base_url", "endpoint"))
    if base and endpoint:
        judged.contradict(f"a backend of `{model}` has both a `base_url` and an `endpoint`", line(backend.span))
        return None
    written = base or endpoint
    if not written and "url" not in known:
        message = (
            f"a backend of `{model}` has neither an `endpoint` nor a `base_url`, and provider `{provider}` has none"
        )
        judged.missing(message, line(backend.span))
        return None
    at = place(backend, "base_url" if base else "endpoint") if written else line(backend.span)
    scheme = (text_of(backend, "protocol") or "http").strip().lower() or "http"
    url = written or known["url"]
    wrong = _wrong(url if "://" in url else f"{scheme}://{url}", bare="://" not in url)
    if wrong is not None:
        judged.refuse(f"the address `{url}` of a backend of `{model}` {wrong}", at)
        return None
    return _parts(judged, url, scheme, model, at)


def _wrong(url: str, *, bare: bool) -> str | None:
    candidate = TEMPLATE.sub("placeholder.invalid", url)
    try:
        parsed = urlsplit(candidate)
        host, port = parsed.hostname, parsed.port
    except ValueError:
        return "is no URL with a host and a port"
    if not parsed.scheme or not host:
        return "is no URL with a host"
    if parsed.scheme not in ("http", "https"):
        return f"has the scheme `{parsed.scheme}`, where `http` or `https` is expected"
    if parsed.username is not None or parsed.password is not None or parsed.fragment:
        return "has a user or a fragment"
    if parsed.query:
        return "has a query; `api_version` is for the version of an API"
    text = url.partition("://")[2].partition("/")[0]
    if bare and text.count(":") > 1 and not text.startswith("["):
        return "is an IPv6 address without brackets"
    if text.endswith(":") and bare:
        return "has no port after its colon"
    tail = text.rpartition(":")[2]
    if bare and ":" in text and not text.endswith("]") and not tail.isdigit():
        return f"has the port `{tail}`, which is not a number"
    return "has a port outside 1 to 65535" if port == 0 else None


def _parts(judged: Judged, url: str, scheme: str, model: str, at: Span) -> tuple[object, ...] | None:
    if "://" in url:
        parsed = urlsplit(url)
        scheme, host, path = parsed.scheme or scheme, parsed.hostname or "", parsed.path.rstrip("/")
    else:
        authority, slash, rest = url.partition("/")
        path = slash + rest
        host = (
            authority[1:].partition("]")[0] if authority.startswith("[") else authority.rpartition(":")[0] or authority
        )
    dns = _is_dns(host)
    if scheme == "https" and not dns:
        judged.refuse(
            f"the address `{url}` of a backend of `{model}` is an IP by `https`, whose certificate names a host", at
        )
        return None
    return (scheme, dns, path, host if scheme == "https" else "")


def _is_dns(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False
