"""Settings with a meaning of their own: the master key, caches, callbacks, guardrails, what two sections have."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.diagnostics import Related, did_you_mean, nearest
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Items, Keys, Node, Scalar, is_null, kind
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import GENERAL, ROUTER, SETTINGS, Config, Effect, variable
from wrpc.importers.litellm.values import ENDS, WORDS, words, wrong
from wrpc.importers.nodes import bool_of, items_of, keys_of, line, place, text_of

CALLBACKS: Mapping[str, str] = {
    "callbacks": "callbacks",
    "success_callback": "success_callback",
    "failure_callback": "success_callback",
}
# Settings that two sections have, of which the first counts: the router's argument, then the module's attribute.
DOUBLE = ("num_retries", "max_fallbacks", "allowed_fails")
PERMIT = "dangerously_permit_weak_or_unset_master_key"
KNOWN_KEY = "sk-1234"
OPEN = {"store_model_in_db": "the database may add groups and settings"}


def read(config: Config) -> None:
    _master_key(config)
    _double(config)
    _cache(config)
    _callbacks(config)
    _guardrails(config)
    _older_guardrails(config)
    _open(config)


def alone(config: Config, key: str) -> None:
    """What one key alone may have wrong."""
    if key == "master_key":
        _master_key(config)
    elif key in CALLBACKS:
        _callbacks(config)


def _master_key(config: Config) -> None:
    """Releases that look at the key have a setting that permits any."""
    general = config.section(GENERAL)
    if PERMIT not in config.facts.known(GENERAL) or (general is not None and bool_of(general, PERMIT) is True):
        return
    pair = general.pairs.get("master_key") if general is not None else None
    if pair is None:
        message = f"there is no `master_key`; {config.program} starts only with `LITELLM_MASTER_KEY` in its environment"
        config.say(codes.UNSAFE_MASTER_KEY, message, config.root.span.source.span(config.root.span.start), "note")
        return
    if is_null(pair.value):
        message = f"`master_key` is empty; {config.program} does not start"
        config.say(codes.UNSAFE_MASTER_KEY, message, pair.key.span, "stops")
        return
    value = pair.value.value if isinstance(pair.value, Scalar) else None
    if isinstance(value, str):
        if value.strip() in ("", KNOWN_KEY):
            what = "the key of every example" if value.strip() else "empty"
            message = f"`master_key` is {what}; {config.program} does not start"
            config.say(codes.UNSAFE_MASTER_KEY, message, line(pair.value.span), "stops")
    else:
        message = f"`master_key` is {kind(pair.value)}, where text is expected"
        wrong(config, message, pair.value, "stops", ENDS["stops"])


def _double(config: Config) -> None:
    """A setting that both the router's section and the module's have; lists of fallbacks are read elsewhere."""
    for key in DOUBLE:
        first, second = config.setting(key, ROUTER), config.setting(key, SETTINGS)
        if first is not None and second is not None:
            message = f"`{key}` stands in `{ROUTER}` too, so {config.program} ignores it here"
            related = [Related(first.key.span, "this one counts")]
            config.say(codes.SETTING_TWICE, message, second.key.span, "ignored", related=related)


def _cache(config: Config) -> None:
    settings = config.section(SETTINGS)
    params = settings.get("cache_params") if settings is not None else None
    if settings is not None and bool_of(settings, "cache") is True and _redis(params):
        message = "the cache is in Redis, whose address is taken from the environment: `REDIS_HOST` or `REDIS_URL`"
        config.say(codes.OPEN_ELSEWHERE, message, settings.key("cache"), "note")
    if settings is None or params is None:
        return
    if settings.get("cache") is None:
        message = "`cache_params` hold only beside `cache: true`, which is not there"
        config.say(codes.WITHOUT_EFFECT, message, settings.key("cache_params"), "ignored")
    if isinstance(params, Keys) and (type_ := params.get("type")) is not None:
        words(config, "type", WORDS["cache_params", "type"], type_)


def in_redis(section: Keys | None) -> bool:
    """A cache that is switched on here would look for Redis outside the file."""
    return _redis(section.get("cache_params") if section is not None else None)


def _redis(params: Node | None) -> bool:
    """The default kind of cache, without an address."""
    if params is None:
        return True
    if not isinstance(params, Keys):
        return False
    named = any(key in params for key in ("host", "url", "redis_startup_nodes", "sentinel_nodes"))
    return not named and (text_of(params, "type") or "redis").startswith("redis")


def _callbacks(config: Config) -> None:
    """An unknown word in `callbacks` is taken for a module, which stops the start; elsewhere it is ignored."""
    settings = config.section(SETTINGS)
    own = keys_of(config.root, "callback_settings") or ()
    for key, named in CALLBACKS.items():
        known = config.facts.words[named]
        node = settings.get(key) if settings is not None else None
        for each in node.items if isinstance(node, Items) else (node,) if key == "callbacks" else ():
            if not isinstance(each, Scalar) or not isinstance(each.value, str) or "." in each.value:
                continue
            if each.value in own or variable(each) is not None or (each.value in known and node is not each):
                continue
            stops = key == "callbacks"
            close = nearest(each.value, known)
            end = f"{config.program} does not start" if stops else f"{config.program} never calls it"
            message = f"`{each.value}` is no callback of `{key}`; {end}"
            if node is each:
                message = f"`{key}` is text, which is taken for a module of Python; {end}"
            effect: Effect = "stops" if stops else "ignored" if close else "note"
            code = shared.WRONG_TYPE if node is each else shared.UNKNOWN_WORD
            fix = edits.wrap(each, f"put `{each.value}` into a list") if node is each and each.value in known else None
            config.say(code, message, each.span, effect, help=did_you_mean(each.value, known), fixes=[fix])


def _guardrails(config: Config) -> None:
    known = config.facts.words["guardrail"]
    for entry in items_of(config.root, "guardrails"):
        if not isinstance(entry, Keys):
            wrong(config, f"a guardrail is {kind(entry)}, where a mapping is expected", entry, "stops", ENDS["stops"])
            continue
        for key in ("guardrail_name", "litellm_params"):
            if entry.get(key) is None:
                message = f"a guardrail has no `{key}`; {config.program} does not start"
                config.say(shared.MISSING_KEY, message, line(entry.key(key)), "stops")
        params = keys_of(entry, "litellm_params")
        named = text_of(params, "guardrail") if params is not None else None
        if params is not None and named is not None and named not in known and "." not in named:
            message = f"`{named}` is no guardrail of {config.program}, which leaves it out: nothing is guarded"
            at = place(params, "guardrail")
            config.say(shared.UNKNOWN_WORD, message, at, "otherwise", help=did_you_mean(named, known))


def _older_guardrails(config: Config) -> None:
    """The list in `litellm_settings` has another shape than the one at the top: `- name: {callbacks: [...]}`."""
    for entry in items_of(config.section(SETTINGS), "guardrails"):
        if isinstance(entry, Keys) and "guardrail_name" in entry:
            message = "a guardrail of this shape belongs into `guardrails` at the top of the file"
            at = entry.key("guardrail_name")
            config.say(codes.MISPLACED_KEY, f"{message}; {config.program} {ENDS['stops']}", at, "stops")


def _open(config: Config) -> None:
    general = config.section(GENERAL)
    for key, why in OPEN.items():
        node = general.get(key) if general is not None else None
        if isinstance(node, Scalar) and node.value is True and general is not None:
            config.open = f"`{key}`"
            config.say(codes.OPEN_ELSEWHERE, f"`{key}`: {why}, which nobody can check here", general.key(key), "note")
