"""Values of settings that do not fit their keys, and what the program makes of each."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wrpc.diagnostics import Fix, did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Date, Items, Keys, Node, Pair, Scalar, is_null, kind
from wrpc.importers.faults import unknown_key
from wrpc.importers.litellm.config import GENERAL, ROUTER, SETTINGS, TOP, Config, Effect, variable
from wrpc.importers.litellm.types import expected, fits, is_bool
from wrpc.importers.nodes import line

# Keys of one section whose values have keys that the facts know, too; a star stands for every name.
NESTED: Mapping[tuple[str, str], str] = {
    (ROUTER, "retry_policy"): "retry_policy",
    (ROUTER, "allowed_fails_policy"): "allowed_fails_policy",
    (ROUTER, "model_group_retry_policy"): "*retry_policy",
    (ROUTER, "alerting_config"): "alerting_config",
    (ROUTER, "routing_strategy_args"): "routing_strategy_args",
    (GENERAL, "alerting_args"): "alerting_args",
    (GENERAL, "key_management_settings"): "key_management_settings",
    (SETTINGS, "model_group_settings"): "model_group_settings",
    (SETTINGS, "priority_reservation_settings"): "priority_reservation_settings",
    (SETTINGS, "upperbound_key_generate_params"): "upperbound_key_generate_params",
}
# Of these a value that does not fit stops the start; elsewhere it is taken otherwise.
STRICT = frozenset(
    (
        "retry_policy", "routing_strategy_args", "alerting_args", "priority_reservation_settings",
        "upperbound_key_generate_params",
    )
)  # fmt: skip
# Keys of `litellm_settings` that the start goes through, so that nothing in their place stops it.
NULL_STOPS = frozenset(
    (
        "success_callback", "failure_callback", "callbacks", "audit_log_callbacks", "post_call_rules",
        "custom_provider_map", "model_group_settings", "default_team_settings", "priority_reservation_settings",
    )
)  # fmt: skip
WORDS: Mapping[tuple[str, str], str] = {
    (ROUTER, "routing_strategy"): "routing_strategy",
    (ROUTER, "optional_pre_call_checks"): "optional_pre_call_checks",
    ("cache_params", "type"): "cache_params.type",
    (GENERAL, "key_management_system"): "key_management_system",
    (GENERAL, "alerting"): "alerting",
    (GENERAL, "alert_types"): "alert_types",
    ("key_management_settings", "access_mode"): "access_mode",
}
# An unknown word in these stops the start.
FATAL = frozenset(("routing_strategy", "cache_params.type", "key_management_system", "access_mode"))
# Numbers of which some do not mean what they say: zero is taken for nothing given, less than nothing for nothing.
NUMBERS: Mapping[str, tuple[bool, str]] = {
    "cooldown_time": (True, "is taken for nothing given: the default holds"),
    "timeout": (True, "is taken for nothing given: the default holds"),
    "stream_timeout": (True, "is taken for nothing given: the default holds"),
    "request_timeout": (True, "is taken for nothing given: the default holds"),
    "num_retries": (False, "is taken for 0"),
}
# Numbers that are compared as they stand, so that text ends a failing request: no retry and no fallback.
COUNTED = frozenset((section, key) for section in (ROUTER, SETTINGS) for key in ("num_retries", "max_fallbacks"))
FAILING = "answers until a request fails, and then does not try again"
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
    (SETTINGS, "max_internal_user_budget"): "stops",
    (SETTINGS, "default_max_internal_user_budget"): "stops",
    (SETTINGS, "max_ui_session_budget"): "stops",
    (SETTINGS, "upperbound_key_generate_params"): "stops",
    (SETTINGS, "default_team_settings"): "stops",
    (SETTINGS, "custom_provider_map"): "stops",
    (SETTINGS, "cache"): "fails",
    (SETTINGS, "model_alias_map"): "fails",
    (ROUTER, "routing_strategy_args"): "stops",
    (ROUTER, "routing_groups"): "stops",
    (ROUTER, "default_litellm_params"): "stops",
    (ROUTER, "health_check_staleness_threshold"): "stops",
    (ROUTER, "default_max_parallel_requests"): "fails",
    (GENERAL, "alerting_args"): "stops",
    (GENERAL, "user_api_key_cache_max_size"): "stops",
    (GENERAL, "user_api_key_cache_ttl"): "stops",
    (GENERAL, "spend_logs_metadata_fields"): "stops",
    (GENERAL, "team_metadata_schema"): "stops",
    (GENERAL, "max_request_size_mb"): "fails",
    (GENERAL, "pass_through_endpoints"): "ignored",
    (TOP, "credential_list"): "stops",
    (TOP, "default_vertex_config"): "stops",
    (TOP, "files_settings"): "stops",
    (TOP, "finetune_settings"): "stops",
    (TOP, "mcp_servers"): "stops",
    (TOP, "policies"): "stops",
    (TOP, "search_tools"): "stops",
    (TOP, "vector_store_registry"): "stops",
    (TOP, "guardrails"): "stops",
}
# Text that reads as a number is taken for it here.
LOOSER: Mapping[tuple[str, str], str] = {
    (ROUTER, "timeout"): "number|numeral",
    (ROUTER, "stream_timeout"): "number|numeral",
    (SETTINGS, "request_timeout"): "number|numeral",
    (SETTINGS, "max_budget"): "number|numeral",
    (SETTINGS, "max_internal_user_budget"): "number|numeral",
    (SETTINGS, "default_max_internal_user_budget"): "number|numeral",
    (SETTINGS, "max_ui_session_budget"): "number|numeral",
    (SETTINGS, "upperbound_key_generate_params"): "map",
    (SETTINGS, "default_team_settings"): "list",
    (SETTINGS, "custom_provider_map"): "list",
    (ROUTER, "redis_port"): "int|numeral",
    (ROUTER, "redis_db"): "int|numeral",
    (GENERAL, "user_api_key_cache_ttl"): "number|numeral",
    (GENERAL, "team_metadata_schema"): "list",
    (TOP, "credential_list"): "list",
    (TOP, "default_vertex_config"): "map",
    (TOP, "files_settings"): "list",
    (TOP, "finetune_settings"): "list",
    (TOP, "mcp_servers"): "map",
    (TOP, "policies"): "map",
    (TOP, "search_tools"): "list",
    (TOP, "vector_store_registry"): "list",
    (SETTINGS, "cache"): "bool",
    (SETTINGS, "callbacks"): "list|text",
    (SETTINGS, "success_callback"): "list",
    (SETTINGS, "failure_callback"): "list",
    (TOP, "guardrails"): "list",
    (SETTINGS, "default_internal_user_params"): "map",
}


def value(config: Config, section: str, key: str, pair: Pair, type_: str) -> None:
    """A value of another type than its key takes, and what the program makes of it."""
    node, type_ = pair.value, LOOSER.get((section, key), type_)
    if key == "model_list":
        return
    if section == SETTINGS and key in NULL_STOPS and is_null(node):
        wrong(config, f"`{key}` is empty, where {expected(type_)} is expected", pair.key, "stops", ENDS["stops"])
        return
    if variable(node) is not None and (section, key) in COUNTED:
        message = f"`{key}` comes from the environment, which gives text, where a number is expected"
        wrong(config, message, node, "otherwise", FAILING)
        return
    if fits(type_, node) and not ((section, key) in COUNTED and isinstance(scalar(node), Fraction)):
        _number(config, section, key, node)
        return
    fix = None
    if (
        isinstance(node, Scalar)
        and type_ in ("list", "[text]")
        and isinstance(node.value, str)
        and "," not in node.value
    ):
        fix = edits.wrap(node, f"put `{node.value}` into a list")
    effect = _effect(section, key, node)
    said = FAILING if (section, key) in COUNTED else ENDS[effect]
    wrong(config, f"`{key}` is {kind(node)}, where {expected(type_)} is expected", node, effect, said, fix)


def wrong(config: Config, message: str, node: Node, effect: Effect, said: str, fix: Fix | None = None) -> None:
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
    if section in STRICT or (section == SETTINGS and key.endswith("_callback") and is_bool(node)):
        return "stops"
    return WRONG.get((section, key), "otherwise")


def nested(config: Config, name: str, node: Keys) -> None:
    if name.startswith("*"):
        for pair in node.pairs.values():
            if isinstance(pair.value, Keys):
                nested(config, name[1:], pair.value)
        return
    known = config.facts.known(name)
    for key, pair in node.pairs.items():
        if key in known:
            value(config, name, key, pair, known[key])
            if (name, key) in WORDS:
                words(config, key, WORDS[name, key], pair.value)
        else:
            message = f"`{key}` is not a key of a `{name}` that {config.program} knows, so it is ignored"
            config.report.add(unknown_key(key, pair, known, message, severity="warning"))


def words(config: Config, key: str, words: str, node: Node) -> None:
    known = config.facts.words[words]
    for each in node.items if isinstance(node, Items) else (node,):
        if not isinstance(each, Scalar) or is_null(each) or variable(each) is not None or each.text in known:
            continue
        stops = words in FATAL
        end = f"{config.program} does not start" if stops else "it is ignored"
        message = f"`{each.text}` is not a value of `{key}` in {config.program}; {end}"
        few = "known: " + ", ".join(f"`{w}`" for w in known) if len(known) <= 12 else None
        hint = did_you_mean(each.text, known) or few
        config.say(shared.UNKNOWN_WORD, message, each.span, "stops" if stops else "ignored", help=hint)
