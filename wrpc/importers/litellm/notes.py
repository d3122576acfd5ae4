"""What a configuration says of routing and the language cannot: listed with its line, never dropped in silence."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.importers.document import Items, Keys, Node, Scalar, is_null
from wrpc.importers.litellm.config import GENERAL, ROUTER, SETTINGS, Config
from wrpc.importers.nodes import keys_of

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
        "enable_weighted_failover": "the rest of a group is tried before its fallbacks",
        "plugins": "they choose by code of their own",
        "routing_strategy_args": "how a strategy measures is its own",
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
TOP: Mapping[str, str] = {
    "guardrails": "they look at requests and answers, and their configuration is the program's own",
    "mcp_servers": "a policy does not hold it",
    "vector_store_registry": "a policy does not hold it",
    "search_tools": "a policy does not hold it",
    "files_settings": "a policy does not hold it",
    "finetune_settings": "a policy does not hold it",
    "assistant_settings": "a policy does not hold it",
    "credential_list": "a policy does not hold it",
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
    node = config.root.get("model_list")
    for entry in node.items if isinstance(node, Items) else ():
        params = keys_of(entry, "litellm_params") if isinstance(entry, Keys) else None
        model = params.get("model") if params is not None else None
        if isinstance(model, Scalar) and isinstance(model.value, str):
            for prefix, why in OWN.items():
                if model.value.startswith(prefix):
                    config.report.omit(f"what `{model.value}` chooses", model.span, why=why)


def _said(node: Node | None) -> bool:
    """Something that is not nothing and not switched off."""
    if node is None or is_null(node):
        return False
    return not (isinstance(node, Scalar) and node.value is False) and not (isinstance(node, Keys) and not node.pairs)
