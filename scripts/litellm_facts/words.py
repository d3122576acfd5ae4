"""The words that a key's value may be: strategies, callbacks, guardrails and their like."""

from __future__ import annotations

import sys
import typing
from pathlib import Path
from typing import Any

from kinds import found, hints
from models import models
from syntax import asked, compared


def words(litellm: Any, root: Path) -> dict[str, list[str]]:
    """By key, the words."""
    known = hints(litellm.Router.__init__)
    strategies = found("litellm.router_utils.routing_groups", "VALID_ROUTING_STRATEGIES") or (
        *_members(found("litellm.types.router", "RoutingStrategy")),
        *_literals(known.get("routing_strategy")),
    )
    made: dict[str, Any] = {
        "routing_strategy": strategies,
        "optional_pre_call_checks": _literals(known.get("optional_pre_call_checks")),
        "cache_params.type": _members(found("litellm.types.caching", "LiteLLMCacheType")),
        "cache_params.mode": _members(found("litellm.caching.caching", "CacheMode")),
        "guardrail": {
            *_members(found("litellm.types.guardrails", "SupportedGuardrailIntegrations")),
            *(found("litellm.proxy.guardrails.guardrail_registry", "guardrail_initializer_registry") or ()),
        },
        "callbacks": {
            *litellm._known_custom_logger_compatible_callbacks,
            *compared(root / "proxy" / "common_utils" / "callback_utils.py", "callback"),
        },
        "success_callback": {
            *litellm._known_custom_logger_compatible_callbacks,
            *compared(root / "litellm_core_utils" / "litellm_logging.py", "callback"),
        },
        "guardrail_mode": _members(found("litellm.types.guardrails", "GuardrailEventHooks")),
        "pii_action": _members(found("litellm.types.guardrails", "PiiAction")),
        "alerting": asked(root / "integrations", "alerting") | asked(root / "proxy", "alerting"),
        "alert_types": _members(found("litellm.types.integrations.slack_alerting", "AlertType")),
        "supported_call_types": _literals(found("litellm.types.caching", "CachingSupportedCallTypes")),
        "model_group_affinity": _constant("litellm.router_utils.pre_call_checks.deployment_affinity_check"),
        "mcp_transport": _members(found("litellm.types.mcp", "MCPTransport")),
        "mcp_auth_type": _members(found("litellm.types.mcp", "MCPAuth")),
        "prompt_integration": _members(found("litellm.types.prompts.init_prompts", "SupportedPromptIntegrations")),
        "role_permissions.role": _fields(found("litellm.proxy._types", "RoleBasedPermissions")).get("role", ()),
        "access_mode": _fields(found("litellm.types.secret_managers.main", "KeyManagementSettings")).get(
            "access_mode", ()
        ),
        "model_info.tier": _fields(found("litellm.types.router", "ModelInfo")).get("tier", ()),
        "key_management_system": _members(found("litellm.types.secret_managers.main", "KeyManagementSystem")),
        # Words for a duration, which is else a number and a unit.
        "duration": found("litellm.litellm_core_utils.duration_parser", "_BUDGET_DURATION_WORD_ALIASES") or (),
        "model_info.mode": [row[1] for row in models(litellm).values() if row[1]],
    }
    return {name: sorted({str(getattr(each, "value", each)) for each in values}) for name, values in made.items()}


def _members(enumeration: Any) -> list[str]:
    return [str(each.value) for each in enumeration] if enumeration is not None else []


def _fields(model: Any) -> dict[str, list[str]]:
    """The words that the fields of a pydantic model take."""
    return {name: _literals(field.annotation) for name, field in getattr(model, "model_fields", {}).items()}


def _constant(module: str) -> set[str]:
    """The flags of a check, a frozen set of the module."""
    loaded = sys.modules.get(module)
    sets = [value for value in vars(loaded or object).values() if isinstance(value, frozenset)]
    return {str(each) for value in sets for each in value}


def _literals(annotation: object) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return [str(getattr(each, "value", each)) for each in typing.get_args(annotation)]
    return [text for each in typing.get_args(annotation) for text in _literals(each)]
