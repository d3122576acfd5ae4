"""Pools as the router's models: a provider with its address and price, and a card with what it can do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from wrpc.decide.request import show_number
from wrpc.policy.model import Amount, Env, Policy, Pool, Value, Word
from wrpc.targets.vllm_sr.kinds import Entry

PER_MILLION = 1_000_000
# Labels that stand with the provider rather than on the card.
PROVIDER_LABELS = ("provider_model_id", "api_format")
CAPABILITY = "can_"
# The APIs that the router speaks to a backend, of those that a policy names.
APIS = ("openai", "anthropic")


def providers(pools: Iterable[Pool], default: str | None, endpoints: Mapping[str, str]) -> Entry:
    made: Entry = {}
    if default is not None:
        made["defaults"] = {"model": default}
    made["models"] = [_provider(pool, endpoints.get(pool.name)) for pool in pools]
    return made


def _provider(pool: Pool, endpoint: str | None) -> Entry:
    entry: Entry = {"name": pool.name}
    for key in PROVIDER_LABELS:
        if (said := _said(pool.labels.get(key))) is not None:
            entry[key] = said
    if pool.api in APIS:
        entry["api_format"] = pool.api
    if pool.price is not None:
        pricing: Entry = {"currency": "USD"}
        for key, price in (("prompt_per_1m", pool.price.input), ("completion_per_1m", pool.price.output)):
            if price is not None:
                pricing[key] = price * PER_MILLION
        entry["pricing"] = pricing
    provider, _, model = (pool.provider or "").partition("/")
    if model and "provider_model_id" not in entry:
        entry["provider_model_id"] = model
    address = endpoint if endpoint is not None else _address(pool)
    if address is None and not provider:
        address = unaddressed(pool)
    backend: Entry = {"name": "primary"}
    if address is not None:
        backend["base_url" if "://" in address else "endpoint"] = address
        if "://" not in address:
            backend["protocol"] = "http"
    if provider:
        backend["provider"] = provider
    if pool.auth is not None:
        backend["api_key_env"] = pool.auth.name
    entry["backend_refs"] = [{**backend, "weight": 1}]
    return entry


def unaddressed(pool: Pool) -> str:
    """Where a pool is looked for when its address is unknown: at its own name."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', pool.name).strip('-').lower() or 'pool'}:8000"


def _address(pool: Pool) -> str | None:
    return f"${{{pool.endpoint.name}}}" if isinstance(pool.endpoint, Env) else pool.endpoint


def cards(pools: Iterable[Pool], policy: Policy) -> list[Entry]:
    return [_card(pool, policy) for pool in pools]


def _card(pool: Pool, policy: Policy) -> Entry:
    model = policy.models.get(pool.model) if pool.model is not None else None
    entry: Entry = {"name": pool.name}
    context = pool.context if pool.context is not None else model and model.context
    if context is not None:
        entry["context_window_size"] = context
    if model is not None and model.max_output is not None:
        entry["max_output_tokens"] = model.max_output
    if model is not None and model.source is not None:
        entry["distribution"] = {"type": "open_weights", "source": model.source}
    description = (model.description if model is not None else "") or pool.description
    if description:
        entry["description"] = description
    said = {k: s for k, v in pool.labels.items() if k not in PROVIDER_LABELS and (s := _said(v)) is not None}
    capabilities = [k.removeprefix(CAPABILITY) for k, s in said.items() if k.startswith(CAPABILITY) and s == "true"]
    tags = [k if s == "true" else f"{k}:{s}" for k, s in said.items() if not (k.startswith(CAPABILITY) and s == "true")]
    if capabilities:
        entry["capabilities"] = capabilities
    if model is not None and model.modality is not None:
        entry["modality"] = model.modality
    if tags:
        entry["tags"] = tags
    return entry


# A rating of one's own, as `vllm-sr config migrate` writes what was once a card's `quality_score`. From 0 to 1.
RATING = "vllm-sr/operator-rating@1.0.0"


def ratings(pools: Iterable[Pool], policy: Policy) -> list[Entry]:
    """What the policy says of the quality of each pool's model."""
    found: list[Entry] = []
    for pool in pools:
        model = policy.models.get(pool.model or "")
        if model is not None and model.quality is not None and model.quality <= 1:
            found.append({"model": pool.name, "benchmark": RATING, "metrics": {"score": model.quality}})
    return found


def _said(value: Value | None) -> str | None:
    match value:
        case str():
            return value
        case Word(text):
            return text
        case Amount(number, dimension):
            return show_number(number) + dimension.removeprefix("1")
        case _:
            return None
