"""The keys of each section of the file: what the program declares, and what its sources read."""

from __future__ import annotations

import ast
import inspect
import typing
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kinds import fields, found, kind, parameters
from sources import SECTIONS, Sources
from syntax import called, literal

# What only a TypedDict declares is not held to it: a weight may be 0.5.
LOOSER = MappingProxyType({"int|numeral": "number", "number|numeral": "number", "list": "list", "map": "map"})
CALLS = (
    "completion",
    "embedding",
    "transcription",
    "speech",
    "image_generation",
    "rerank",
    "responses",
    "text_completion",
)
STRATEGIES = ("lowest_latency", "lowest_tpm_rpm", "lowest_tpm_rpm_v2", "lowest_cost", "least_busy")
DECLARED = (
    ("guardrail", "litellm.types.guardrails", "Guardrail"),
    ("guardrail_params", "litellm.types.guardrails", "LitellmParams"),
    ("routing_group", "litellm.types.router", "RoutingGroup"),
    ("alerting_config", "litellm.types.router", "AlertingConfig"),
    ("budget_config", "litellm.types.utils", "BudgetConfig"),
    ("model_group_alias", "litellm.types.router", "RouterModelGroupAliasItem"),
    ("key_management_settings", "litellm.types.secret_managers.main", "KeyManagementSettings"),
    ("alerting_args", "litellm.types.integrations.slack_alerting", "SlackAlertingArgs"),
    ("litellm_jwtauth", "litellm.proxy._types", "LiteLLM_JWTAuth"),
    ("model_group_settings", "litellm.types.router", "ModelGroupSettings"),
    ("priority_reservation_settings", "litellm.types.utils", "PriorityReservationSettings"),
    (
        "upperbound_key_generate_params",
        "litellm.types.proxy.management_endpoints.ui_sso",
        "LiteLLM_UpperboundKeyGenerateParams",
    ),
)


def sections(litellm: Any, sources: Sources) -> dict[str, dict[str, str]]:
    """The keys of every section, each with its type; `""` is the top level of the file."""
    declared = import_module("litellm.proxy._types")
    router = import_module("litellm.types.router")
    outside = outside_router(sources) | stopping(sources)
    reads = {name: dict.fromkeys(keys, "any") for name, keys in sources.keys.items()}
    redis = {
        *getattr(import_module("litellm._redis"), "_get_redis_kwargs", set)(),
        *parameters(inspect.unwrap(import_module("redis").Redis.__init__)),
    }
    made = {
        "": {**reads["top"], **fields(declared.ConfigYAML), **dict.fromkeys(SECTIONS, "map")},
        "router_settings": {
            name: each for name, each in parameters(litellm.Router.__init__).items() if name not in outside
        },
        "litellm_settings": {
            **reads["litellm_settings"],
            **module_settings(litellm),
            **dict.fromkeys(sources.special, "any"),
        },
        "general_settings": {**reads["general_settings"], **fields(declared.ConfigGeneralSettings)},
        "deployment": {
            **dict.fromkeys(("tpm", "rpm"), "any"),
            **fields(router.DeploymentTypedDict),
            **fields(router.Deployment),
        },
        "litellm_params": {**reads["litellm_params"], **call_parameters(litellm, router)},
        "model_info": {
            **reads["model_info"],
            **dict.fromkeys(cost_keys(litellm), "any"),
            **fields(router.ModelInfo),
        },
        "retry_policy": fields(router.RetryPolicy),
        "allowed_fails_policy": fields(router.AllowedFailsPolicy),
        "cache_params": {
            **dict.fromkeys(redis, "any"),
            **reads["cache_params"],
            **parameters(litellm.Cache.__init__),
        },
        "routing_strategy_args": strategy_arguments(),
    }
    # A register that the program fills itself; in a file it is the top level's, out of its place.
    made["litellm_settings"].pop("model_list", None)
    for name, module, thing in DECLARED:
        if (model := found(module, thing)) is not None:
            made[name] = fields(model)
    return {
        name: {key: each for key, each in sorted(keys.items()) if not key.startswith("_")}
        for name, keys in made.items()
    }


def strategy_arguments() -> dict[str, str]:
    """`routing_strategy_args`, of all strategies together."""
    made: dict[str, str] = {}
    for module in STRATEGIES:
        arguments = found(f"litellm.router_strategy.{module}", "RoutingArgs")
        if arguments is not None:
            made |= fields(arguments)
    return made


def outside_router(sources: Sources) -> set[str]:
    """Parameters of the router that the proxy gives it itself, and that it ignores in `router_settings`."""
    named = found("litellm.constants", "ROUTER_SETTINGS_MANAGED_OUTSIDE_CONFIG")
    return set(named or [text for each in sources.loader("exclude_args") for text in literal(each)])


def stopping(sources: Sources) -> set[str]:
    """Keys of `router_settings` that the loader refuses, or hands to the router twice."""
    made: set[str] = set()
    for node in sources.loading():
        match node:
            case ast.If(test=ast.Compare(ops=[ast.In()], comparators=[names]), body=[ast.Raise(), *_]):
                made.update(literal(names))
            case ast.Call(keywords=given) if called(node) == "Router" and any(each.arg is None for each in given):
                made.update(each.arg for each in given if each.arg)
    return made - outside_router(sources)


def module_settings(litellm: Any) -> dict[str, str]:
    """The attributes of the module `litellm` that a value of a file can take the place of."""
    annotated = {}
    tree = ast.parse(Path(litellm.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            annotated[node.target.id] = ast.unparse(node.annotation)
    made = {}
    for name in dir(litellm):
        value = getattr(litellm, name, None)
        if name != name.lower() or name.startswith("_") or inspect.ismodule(value) or name == "annotations":
            continue
        if name not in annotated and (callable(value) or _instance(value)):
            continue
        if name not in annotated and value and isinstance(value, list | set | tuple):
            continue  # a register of names, built at the start
        made[name] = kind(_evaluated(annotated[name], litellm)) if name in annotated else "any"
    return made


def _instance(value: object) -> bool:
    """An object of the program's own: a client, a logger, a transformation."""
    return value is not None and type(value).__module__ not in ("builtins", "collections")


def _evaluated(annotation: str, litellm: Any) -> object:
    try:
        return eval(annotation, {**vars(typing), **vars(litellm)})
    except Exception:  # noqa: BLE001 - a name that only a type checker sees
        return Any


def call_parameters(litellm: Any, router: Any) -> dict[str, str]:
    """`litellm_params`: what a call to a model takes."""
    loose: set[str] = {
        *(found("litellm.types.utils", "all_litellm_params") or ()),
        *litellm.OPENAI_CHAT_COMPLETION_PARAMS,
        "order",
        "weight",
    }
    for call in CALLS:
        if (function := getattr(litellm, call, None)) is not None:
            loose.update(parameters(inspect.unwrap(function)))
    loose.update(cost_keys(litellm))
    loose -= {"messages", "input", "prompt", "kwargs", "args"}
    return {
        **dict.fromkeys(loose, "any"),
        **{name: LOOSER.get(each, "any") for name, each in fields(router.LiteLLMParamsTypedDict).items()},
        **fields(router.LiteLLM_Params),
    }


def cost_keys(litellm: Any) -> set[str]:
    """The keys of the cost map's rows, which a deployment may give itself."""
    return {key for entry in litellm.model_cost.values() for key in entry if key == key.lower()}
