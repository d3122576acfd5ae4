"""What a configuration says of routing and the language cannot: listed with its line, never dropped in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wrpc.diagnostics import listing
from wrpc.importers.document import Keys, Node, Scalar, is_null
from wrpc.importers.litellm.chains import DEFAULT, KINDS
from wrpc.importers.litellm.config import GENERAL, ROUTER, SETTINGS, Config
from wrpc.importers.litellm.policy import NUMBERS, TEXTS
from wrpc.importers.litellm.regions import KEYS as REGIONS
from wrpc.importers.nodes import entries_of, keys_of
from wrpc.source import Span

# Settings by section, with the reason; the first table has a part in who answers a request.
CHOOSING: Mapping[str, Mapping[str, str]] = {
    ROUTER: {
        "enable_pre_call_checks": "deployments that a prompt does not fit are passed over",
        "enable_tag_filtering": "a request with tags goes to deployments with one of them",
        "optional_pre_call_checks": "they pass over deployments by limits, affinity or caching",
        "provider_budget_config": "a provider whose budget is spent is passed over",
        "routing_groups": "they have strategies of their own",
        "model_group_retry_policy": "retries go by the kind of failure",
        "retry_policy": "retries go by the kind of failure",
        "allowed_fails_policy": "deployments cool down by the kind of failure",
        "plugins": "they choose by code of their own",
        "routing_strategy_args": "how a strategy measures is its own",
        "allowed_fails": "when a deployment rests is the router's own",
        "cooldown_time": "when a deployment rests is the router's own",
        "disable_cooldowns": "when a deployment rests is the router's own",
        "stream_timeout": "a policy has one timeout",
        "default_max_parallel_requests": "how much a deployment takes at once is the router's own",
    },
    SETTINGS: {
        "model_alias_map": "it renames models before the provider is called",
        "default_team_settings": "teams have settings of their own",
    },
    GENERAL: {
        "pass_through_endpoints": "they are routes of their own, past the groups",
        "custom_auth": "who may ask is decided by code of its own",
    },
}
# What keys, teams, users and tags may use, over all routes: a policy's budgets are a route's.
OVER_ALL: Mapping[str, tuple[str, ...]] = {
    SETTINGS: (
        "max_budget", "budget_duration", "tag_budget_config", "default_max_internal_user_budget",
        "max_internal_user_budget", "internal_user_budget_duration", "max_end_user_budget", "max_end_user_budget_id",
        "max_ui_session_budget", "default_internal_user_params", "default_team_params", "default_key_generate_params",
        "upperbound_key_generate_params", "budget_exceeded_throttle_percentage",
    ),
    GENERAL: ("max_parallel_requests", "global_max_parallel_requests"),
}  # fmt: skip
ALL_ROUTES = "they count over all routes, for keys, teams and users; a policy's budgets are a route's"
TOP: Mapping[str, str] = {
    "guardrails": "they look at requests and answers, and their configuration is the program's own",
    "mcp_servers": "a policy does not hold it",
    "vector_store_registry": "a policy does not hold it",
    "search_tools": "a policy does not hold it",
    "files_settings": "a policy does not hold it",
    "finetune_settings": "a policy does not hold it",
    "assistant_settings": "a policy does not hold it",
    "credential_list": "a policy does not hold it",
    "agent_list": "a policy does not hold it",
    "agents": "a policy does not hold it",
    "callback_settings": "a policy does not hold it",
    "default_vertex_config": "a policy does not hold it",
    "environment_variables": "a policy does not hold it",
    "mcp_tools": "a policy does not hold it",
    "policies": "which guardrails run is the program's own",
    "policy_attachments": "which guardrails run is the program's own",
    "prompts": "a policy does not hold it",
    "sandbox_tools": "a policy does not hold it",
    "worker_registry": "a policy does not hold it",
}
# What the policy holds of the router's section.
ROUTED = frozenset(
    (*KINDS, DEFAULT, "model_group_alias", "routing_strategy", "num_retries", "timeout", "max_fallbacks",
     "enable_weighted_failover", *CHOOSING[ROUTER])
)  # fmt: skip
# What a section has besides, of which a policy holds nothing.
REST: Mapping[str, tuple[frozenset[str], str]] = {
    ROUTER: (ROUTED, "how the router keeps its records is its own"),
    SETTINGS: (
        frozenset(
            (*KINDS, DEFAULT, "num_retries", "max_fallbacks", "request_timeout", *CHOOSING[SETTINGS],
             *OVER_ALL[SETTINGS])
        ),
        "how the program calls, logs and caches is its own",
    ),
    GENERAL: (
        frozenset((*CHOOSING[GENERAL], *OVER_ALL[GENERAL])),
        "who may ask, and where the program keeps its records, is its own",
    ),
}  # fmt: skip
# What the pool of a deployment holds of its parameters.
HELD = frozenset(
    ("model", "api_base", "base_url", "api_key", "weight", "order", "custom_llm_provider", "tags",
     "max_output_tokens", "input_cost_per_token", "output_cost_per_token", *NUMBERS, *TEXTS, *REGIONS)
)  # fmt: skip
# And of what the program is told of its model.
KNOWN = frozenset(
    ("id", "mode", "team_id", "base_model", "order", "blocked", "max_input_tokens", "max_output_tokens",
     "input_cost_per_token", "output_cost_per_token", *REGIONS)
)  # fmt: skip
# What of that has a part in who answers.
CHOSEN: Mapping[str, str] = {
    "enable_tag_filtering": "a request with tags goes to deployments with one of them",
    "allow_fail_open": "a request whose tags fit no deployment may go to any",
    "access_groups": "who may ask for a model is the key's",
    "supported_environments": "which processes load it is the program's own",
}
# Of a deployment.
OWN: Mapping[str, str] = {
    "auto_router/": "a router of its own picks the group",
}


def read(config: Config) -> None:
    for section, table in CHOOSING.items():
        keys = config.section(section)
        for key, why in table.items():
            if keys is not None and _said(keys.get(key)):
                config.report.omit(f"`{key}`", keys.key(key), severity="info", why=why)
    for key, why in TOP.items():
        if _said(config.root.get(key)):
            config.report.omit(f"`{key}`", config.root.key(key), severity="info", why=why)
    for section, (held, why) in REST.items():
        keys = config.section(section)
        known = config.facts.known(section)
        rest = [key for key in keys or () if key in known and key not in held]
        if keys is not None and rest:
            config.report.omit(f"{_some(rest)} of `{section}`", keys.key(rest[0]), severity="info", why=why)
        over = [key for key in OVER_ALL.get(section, ()) if keys is not None and _said(keys.get(key))]
        if keys is not None and over:
            config.report.omit(f"{_some(over)} of `{section}`", keys.key(over[0]), severity="info", why=ALL_ROUTES)
    _parameters(config)
    _information(config)
    for entry in entries_of(config.root, "model_list"):
        params = keys_of(entry, "litellm_params")
        model = params.get("model") if params is not None else None
        if isinstance(model, Scalar) and isinstance(model.value, str):
            for prefix, why in OWN.items():
                if model.value.startswith(prefix):
                    config.report.omit(f"what `{model.value}` chooses", model.span, severity="info", why=why)


def _said(node: Node | None) -> bool:
    """Something that is not nothing and not switched off."""
    if node is None or is_null(node):
        return False
    return not (isinstance(node, Scalar) and node.value is False) and not (isinstance(node, Keys) and not node.pairs)


def _parameters(config: Config) -> None:
    """The parameters of all deployments that no pool holds: one note, at the first of them."""
    first: dict[str, Span] = {}
    for entry in entries_of(config.root, "model_list"):
        params = keys_of(entry, "litellm_params")
        for key, pair in params.pairs.items() if params is not None else ():
            if key not in HELD and _said(pair.value):
                first.setdefault(key, pair.key.span)
    if first:
        why = "how the program calls is its own"
        at = next(iter(first.values()))
        config.report.omit(f"{_some(list(first))} of `litellm_params`", at, severity="info", why=why)


def _information(config: Config) -> None:
    """What `model_info` says besides, of all deployments: a note for what chooses, and one for the rest."""
    first: dict[str, Span] = {}
    for entry in entries_of(config.root, "model_list"):
        info = keys_of(entry, "model_info")
        for key, pair in info.pairs.items() if info is not None else ():
            if key not in KNOWN and _said(pair.value):
                first.setdefault(key, pair.key.span)
    for key, why in CHOSEN.items():
        if key in first:
            config.report.omit(f"`{key}` of `model_info`", first.pop(key), severity="info", why=why)
    if first:
        why = "what is known of a model besides is for other programs"
        config.report.omit(
            f"{_some(list(first))} of `model_info`", next(iter(first.values())), severity="info", why=why
        )


def _some(keys: Sequence[str]) -> str:
    """The first few names."""
    quoted = ", ".join(f"`{key}`" for key in keys[:4])
    return listing([*keys], "and") if len(keys) <= 5 else f"{quoted} and {len(keys) - 4} more"
