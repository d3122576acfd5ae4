"""The cache: whether its parameters are any, what each kind needs, and where Redis is looked for."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.diagnostics import did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null, kind
from wrpc.importers.faults import ALIKE
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import SETTINGS, Config
from wrpc.importers.litellm.values import WORDS, words, wrong
from wrpc.importers.nodes import bool_of, items_of, line, text_of

# What the start of a kind asks for and finds nowhere else.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "redis-semantic": ("similarity_threshold",),
    "qdrant-semantic": ("similarity_threshold", "qdrant_collection_name"),
    "azure-blob": ("azure_account_url",),
}
ADDRESSES = ("host", "url", "redis_startup_nodes", "sentinel_nodes")
REDIS = "redis"


def read(config: Config) -> None:
    settings = config.section(SETTINGS)
    if settings is None:
        return
    cached, pair = bool_of(settings, "cache") is True, settings.pairs.get("cache_params")
    if cached and _redis(None if pair is None else pair.value):
        message = "the cache is in Redis, whose address is taken from the environment: `REDIS_HOST` or `REDIS_URL`"
        config.say(codes.OPEN_ELSEWHERE, message, settings.key("cache"), "note")
    if pair is None:
        return
    if settings.get("cache") is None and not is_null(pair.value):
        message = "`cache_params` have an effect only with `cache: true`, which is missing"
        config.say(codes.WITHOUT_EFFECT, message, pair.key.span, "ignored")
    if not isinstance(pair.value, Keys):
        if cached:
            node = pair.key if is_null(pair.value) else pair.value
            what = "empty" if is_null(pair.value) else kind(pair.value)
            wrong(config, f"`cache_params` is {what}, where a mapping is expected", node, "stops")
        return
    if (type_ := pair.value.get("type")) is not None:
        words(config, "type", WORDS["cache_params"]["type"], type_)
    _words(config, pair.value)
    if cached:
        _parameters(config, pair.value)
        _needs(config, pair)


def in_redis(section: Keys | None) -> bool:
    """A cache that is switched on here would look for Redis outside the file."""
    return _redis(section.get("cache_params") if section is not None else None)


def _redis(params: Node | None) -> bool:
    """The default kind of cache, without an address."""
    if params is None:
        return True
    if not isinstance(params, Keys):
        return False
    return not any(key in params for key in ADDRESSES) and _type(params).startswith(REDIS)


def _type(params: Keys) -> str:
    return text_of(params, "type") or REDIS


def _parameters(config: Config, params: Keys) -> None:
    """A parameter that the client of Redis does not take stops the start; another cache passes it by."""
    known = config.facts.known("cache_params")
    for key, pair in params.pairs.items():
        if key in known or not isinstance(pair.key.value, str):
            continue
        stops = _type(params) == REDIS
        end = f"{config.program} does not start" if stops else f"{config.program} ignores it"
        message = f"`{key}` is not a parameter of the cache; {end}"
        hint = did_you_mean(key, known, ALIKE)
        config.say(shared.UNKNOWN_KEY, message, pair.key.span, "stops" if stops else "ignored", help=hint)
    for node in items_of(params, "redis_startup_nodes"):
        if not isinstance(node, Keys):
            message = f"a node of `redis_startup_nodes` is {kind(node)}, where `host` and `port` are expected"
            wrong(config, message, node, "stops")


def _needs(config: Config, pair: Pair) -> None:
    assert isinstance(pair.value, Keys)
    for key in NEEDS.get(_type(pair.value), ()):
        if pair.value.get(key) is None:
            message = f"a cache of type `{_type(pair.value)}` has no `{key}`; {config.program} does not start"
            config.say(shared.MISSING_KEY, message, line(pair.key.span), "stops")


def _words(config: Config, params: Keys) -> None:
    known = config.facts.words["supported_call_types"]
    node = params.get("supported_call_types")
    for each in node.items if isinstance(node, Items) else ():
        if isinstance(each, Scalar) and isinstance(each.value, str) and each.value not in known:
            message = f"`{each.value}` is not a kind of call that {config.program} knows, so nothing of it is cached"
            hint = did_you_mean(each.value, known)
            config.say(shared.UNKNOWN_WORD, message, each.span, "ignored", help=hint)
    mode, modes = params.get("mode"), config.facts.words["cache_params.mode"]
    if isinstance(mode, Scalar) and isinstance(mode.value, str) and mode.value not in modes:
        message = f"`{mode.value}` is not a `mode` of the cache in {config.program}, so every request is cached"
        config.say(shared.UNKNOWN_WORD, message, mode.span, "otherwise", help=did_you_mean(mode.value, modes))
