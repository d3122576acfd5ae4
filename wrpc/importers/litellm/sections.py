"""The keys of each section: unknown ones, those of another section, and values that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wrpc.diagnostics import Fix, did_you_mean, listing
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Date, Items, Keys, Node, Pair, Scalar, is_null, kind
from wrpc.importers.faults import unknown_key
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import GENERAL, ROUTER, SETTINGS, Config, Effect, variable
from wrpc.importers.litellm.types import expected, fits, is_bool
from wrpc.importers.nodes import bool_of, items_of, keys_of, line, place, text_of

TOP = ""
SECTIONS = (ROUTER, SETTINGS, GENERAL)
# Keys of one section whose values have keys that the facts know, too; a star stands for every name.
NESTED: Mapping[tuple[str, str], str] = {
    (ROUTER, "retry_policy"): "retry_policy",
    (ROUTER, "allowed_fails_policy"): "allowed_fails_policy",
    (ROUTER, "model_group_retry_policy"): "*retry_policy",
    (ROUTER, "alerting_config"): "alerting_config",
}
WORDS: Mapping[tuple[str, str], str] = {
    (ROUTER, "routing_strategy"): "routing_strategy",
    (ROUTER, "optional_pre_call_checks"): "optional_pre_call_checks",
    ("cache_params", "type"): "cache_params.type",
}
# An unknown word in these stops the start.
FATAL = frozenset(("routing_strategy", "cache_params.type"))
# Numbers of which some do not mean what they say: zero is taken for nothing given, less than nothing for nothing.
NUMBERS: Mapping[str, tuple[bool, str]] = {
    "cooldown_time": (True, "is taken for nothing given: the default holds"),
    "timeout": (True, "is taken for nothing given: the default holds"),
    "stream_timeout": (True, "is taken for nothing given: the default holds"),
    "request_timeout": (True, "is taken for nothing given: the default holds"),
    "num_retries": (False, "is taken for 0"),
}
# Settings that two sections have, of which the first counts: the router's argument, then the module's attribute.
DOUBLE = (
    ("num_retries", "num_retries"),
    ("max_fallbacks", "max_fallbacks"),
    ("allowed_fails", "allowed_fails"),
    ("cooldown_time", "cooldown_time"),
)
PERMIT = "dangerously_permit_weak_or_unset_master_key"
KNOWN_KEY = "sk-1234"
OPEN = {"store_model_in_db": "the database may add groups and settings"}
# Numbers that are compared as they stand, so that text ends a failing request: no retry and no fallback.
COUNTED = frozenset((section, key) for section in (ROUTER, SETTINGS) for key in ("num_retries", "max_fallbacks"))
FAILING = "answers until a request fails, and then neither tries again nor falls back"
ENDS: Mapping[Effect, str] = {
    "stops": "does not start",
    "fails": "fails every request",
    "ignored": "ignores it",
    "otherwise": "takes it otherwise than it reads",
}
# What the program does where a value does not fit; elsewhere it takes it otherwise than it reads.
WRONG: Mapping[tuple[str, str], Effect] = {
    (TOP, GENERAL): "stops",
    (TOP, SETTINGS): "stops",
    (TOP, ROUTER): "ignored",
    (TOP, "environment_variables"): "stops",
    (ROUTER, "retry_policy"): "ignored",
    (ROUTER, "timeout"): "fails",
    (SETTINGS, "request_timeout"): "fails",
    (SETTINGS, "max_budget"): "stops",
    (SETTINGS, "default_internal_user_params"): "stops",
    (TOP, "guardrails"): "stops",
}
# Text that reads as a number is taken for it here.
LOOSER: Mapping[tuple[str, str], str] = {
    (ROUTER, "timeout"): "number|numeral",
    (ROUTER, "stream_timeout"): "number|numeral",
    (SETTINGS, "request_timeout"): "number|numeral",
    (SETTINGS, "max_budget"): "number|numeral",
    (SETTINGS, "cache"): "bool",
    (SETTINGS, "success_callback"): "list",
    (SETTINGS, "failure_callback"): "list",
    (TOP, "guardrails"): "list",
    (SETTINGS, "default_internal_user_params"): "map",
}
# Keys of the first section that stop the start in the second, and the section that they belong to.
STOPPING = frozenset(("health_check_interval", "health_check_concurrency"))
# Read elsewhere, with findings of their own.
ELSEWHERE = frozenset(
    (
        "model_group_alias", "fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks",
        "master_key",
    )
)  # fmt: skip


def read(config: Config) -> None:
    _master_key(config)
    for root in config.files:
        _top(config, root)
        for name in SECTIONS:
            section = root.get(name)
            if isinstance(section, Keys):
                _section(config, root, name, section)
    _double(config)
    _cache(config)
    _guardrails(config)
    _older_guardrails(config)
    _open(config)


def _top(config: Config, root: Keys) -> None:
    known = config.facts.known(TOP)
    for key, pair in root.pairs.items():
        if not isinstance(pair.key.value, str):
            continue
        if key in known:
            _value(config, TOP, key, pair, known[key])
        elif not _anchors(key, pair.value):
            _unknown(config, root, TOP, root, key, pair)


def _anchors(key: str, node: Node) -> bool:
    """A place for what aliases repeat: `x-…`, or a value with an anchor of its own."""
    return key.startswith(("x-", "_", ".")) or node.span.source.text[node.span.start : node.span.start + 1] == "&"


def _section(config: Config, root: Keys, name: str, section: Keys) -> None:
    known = config.facts.known(name)
    for key, pair in section.pairs.items():
        if not isinstance(pair.key.value, str):
            continue  # reported as a key without a name, which stops the start
        if key not in known or (name == ROUTER and key in STOPPING):
            _unknown(config, root, name, section, key, pair)
            continue
        if key not in ELSEWHERE:
            _value(config, name, key, pair, known[key])
        if (name, key) in NESTED and isinstance(pair.value, Keys):
            _nested(config, NESTED[name, key], pair.value)
        if (name, key) in WORDS:
            _words(config, key, WORDS[name, key], pair.value)
        if (name, key) == (ROUTER, "routing_strategy") and is_null(pair.value):
            message = f"`{key}` is empty; {config.program} starts and refuses every request"
            config.say(shared.WRONG_TYPE, message, pair.key.span, "fails")


def _unknown(config: Config, root: Keys, name: str, owner: Keys, key: str, pair: Pair) -> None:
    """A key that the section does not have: another section's, or nobody's."""
    homes = [h for h in config.facts.home(key) if h != name and h in (*SECTIONS, TOP)]
    where = f"of `{name}`" if name else "at the top of the file"
    if name == ROUTER and key in STOPPING:
        message = f"`{key}` belongs into `{GENERAL}`; here {config.program} does not start"
        fix = edits.move(root, pair, owner, GENERAL, f"move `{key}` into `{GENERAL}`")
        config.say(codes.MISPLACED_KEY, message, pair.key.span, "stops", fixes=[fix])
        return
    if homes:
        to = homes[0]
        place = f"into `{to}`" if to else "to the top of the file"
        target = root.get(to) if to else root
        taken = isinstance(target, Keys) and key in target
        message = f"`{key}` is no key {where}, so {config.program} ignores it; it belongs {place}"
        if taken:
            message += ", which has one of its own"
        fix = edits.move(root, pair, owner, to, f"move `{key}` {place}") if to and not taken else None
        several = f"{listing([h for h in homes if h], 'and')} have it" if len([h for h in homes if h]) > 1 else None
        config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored", help=several, fixes=[fix])
        return
    known = config.facts.known(name)
    message = f"`{key}` is no key {where} that {config.program} knows, so it is ignored"
    config.report.add(unknown_key(key, pair, known, message, severity="warning"))


def _value(config: Config, section: str, key: str, pair: Pair, type_: str) -> None:
    """A value of another type than its key takes, and what the program makes of it."""
    node, type_ = pair.value, LOOSER.get((section, key), type_)
    if key == "model_list":
        return
    if variable(node) is not None and (section, key) in COUNTED:
        message = f"`{key}` comes from the environment, which gives text, where a number is expected"
        _wrong(config, message, node, "otherwise", FAILING)
        return
    if fits(type_, node) and not ((section, key) in COUNTED and isinstance(scalar(node), Fraction)):
        _number(config, section, key, node)
        return
    fix = None
    if isinstance(node, Scalar) and type_ in ("list", "[text]") and isinstance(node.value, str):
        fix = edits.wrap(node, f"put `{node.value}` into a list")
    effect = _effect(section, key, node)
    said = FAILING if (section, key) in COUNTED else ENDS[effect]
    _wrong(config, f"`{key}` is {kind(node)}, where {expected(type_)} is expected", node, effect, said, fix)


def _wrong(config: Config, message: str, node: Node, effect: Effect, said: str, fix: Fix | None = None) -> None:
    config.say(shared.WRONG_TYPE, f"{message}; {config.program} {said}", line(node.span), effect, fixes=[fix])


def _number(config: Config, section: str, key: str, node: Node) -> None:
    value = scalar(node)
    if section not in (ROUTER, SETTINGS) or key not in NUMBERS or isinstance(value, bool | str) or value is None:
        return
    zero, said = NUMBERS[key]
    if value < 0 or (zero and value == 0):
        fails = value < 0 and key in ("timeout", "request_timeout")
        said = "ends every request" if fails else said if value == 0 or not zero else "is below 0"
        effect: Effect = "fails" if fails else "otherwise"
        config.say(shared.OUT_OF_RANGE, f"`{key}` is {value}, which {said}", node.span, effect)


def scalar(node: Node) -> bool | int | Fraction | str | None:
    value = node.value if isinstance(node, Scalar) else None
    return None if isinstance(value, Date) else value


def _effect(section: str, key: str, node: Node) -> Effect:
    if section == "retry_policy" or (section == SETTINGS and key == "success_callback" and is_bool(node)):
        return "stops"
    return WRONG.get((section, key), "otherwise")


def _nested(config: Config, name: str, node: Keys) -> None:
    if name.startswith("*"):
        for pair in node.pairs.values():
            if isinstance(pair.value, Keys):
                _nested(config, name[1:], pair.value)
        return
    known = config.facts.known(name)
    for key, pair in node.pairs.items():
        if key in known:
            _value(config, name, key, pair, known[key])
        else:
            message = f"`{key}` is no key of a `{name}` that {config.program} knows, so it is ignored"
            config.report.add(unknown_key(key, pair, known, message, severity="warning"))


def _words(config: Config, key: str, words: str, node: Node) -> None:
    known = config.facts.words[words]
    for each in node.items if isinstance(node, Items) else (node,):
        if not isinstance(each, Scalar) or is_null(each) or variable(each) is not None or each.text in known:
            continue
        stops = words in FATAL
        end = f"{config.program} does not start" if stops else "it is ignored"
        message = f"`{each.text}` is nothing that `{key}` takes in {config.program}; {end}"
        hint = did_you_mean(each.text, known) or "known: " + ", ".join(f"`{w}`" for w in known)
        config.say(shared.UNKNOWN_WORD, message, each.span, "stops" if stops else "ignored", help=hint)


def _double(config: Config) -> None:
    """A setting that both the router's section and the module's have; lists of fallbacks are read elsewhere."""
    for mine, other in DOUBLE:
        first, second = config.setting(mine, ROUTER), config.setting(other, SETTINGS)
        if first is None or second is None or other not in config.facts.known(SETTINGS):
            continue
        config.say(
            codes.SETTING_TWICE,
            f"`{other}` stands in `{ROUTER}` too, so {config.program} ignores it here",
            second.key.span,
            "ignored",
        )


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
        _words(config, "type", WORDS["cache_params", "type"], type_)


def _redis(params: Node | None) -> bool:
    """The default kind of cache, without an address."""
    if params is None:
        return True
    named = isinstance(params, Keys) and any(
        key in params for key in ("host", "url", "redis_startup_nodes", "sentinel_nodes")
    )
    return isinstance(params, Keys) and (text_of(params, "type") or "redis").startswith("redis") and not named


def _older_guardrails(config: Config) -> None:
    """The list in `litellm_settings` has another shape than the one at the top: `- name: {callbacks: [...]}`."""
    for entry in items_of(config.section(SETTINGS), "guardrails"):
        if isinstance(entry, Keys) and "guardrail_name" in entry:
            message = "a guardrail of this shape belongs into `guardrails` at the top of the file"
            at = entry.key("guardrail_name")
            config.say(codes.MISPLACED_KEY, f"{message}; {config.program} {ENDS['stops']}", at, "stops")


def _guardrails(config: Config) -> None:
    known = config.facts.words["guardrail"]
    for entry in items_of(config.root, "guardrails"):
        if not isinstance(entry, Keys):
            _wrong(config, f"a guardrail is {kind(entry)}, where a mapping is expected", entry, "stops", ENDS["stops"])
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


def _open(config: Config) -> None:
    general = config.section(GENERAL)
    for key, why in OPEN.items():
        node = general.get(key) if general is not None else None
        if isinstance(node, Scalar) and node.value is True and general is not None:
            config.open = f"`{key}`"
            config.say(codes.OPEN_ELSEWHERE, f"`{key}`: {why}, which nobody can check here", general.key(key), "note")


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
        config.say(
            codes.UNSAFE_MASTER_KEY, f"`master_key` is empty; {config.program} does not start", pair.key.span, "stops"
        )
        return
    value = pair.value.value if isinstance(pair.value, Scalar) else None
    if isinstance(value, str):
        if value.strip() in ("", KNOWN_KEY):
            what = "the key of every example" if value.strip() else "empty"
            message = f"`master_key` is {what}; {config.program} does not start"
            config.say(codes.UNSAFE_MASTER_KEY, message, line(pair.value.span), "stops")
    else:
        message = f"`master_key` is {kind(pair.value)}, where text is expected"
        _wrong(config, message, pair.value, "stops", ENDS["stops"])
