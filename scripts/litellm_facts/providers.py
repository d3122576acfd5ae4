"""Who answers a name: the providers, and by what a bare name tells its own. All names that may be known are tried."""

from __future__ import annotations

import ast
import inspect
import sys
from importlib import import_module
from typing import Any

from kinds import found


def providers(litellm: Any) -> dict[str, Any]:
    """All that the importer asks to tell a name's provider."""
    registry = found("litellm.llms.openai_like.json_loader", "JSONProviderRegistry")
    listed = {getattr(each, "value", each) for each in litellm.provider_list}
    configured = set(getattr(registry, "_providers", {}))
    logic = import_module("litellm.litellm_core_utils.get_llm_provider_logic")
    older = getattr(logic, "_CLAUDE_PATTERN", None)  # before there were rules
    rules = getattr(sys.modules.get("litellm.litellm_core_utils.fallback_generalizations"), "_registry", None)
    known = listed | configured
    return {
        "providers": sorted(known),
        "prefixes": _prefixes(litellm, ast.parse(inspect.getsource(logic.get_llm_provider))),
        "patterns": [
            *([[older.pattern, "anthropic"]] if older else []),
            *([each.pattern.pattern, each.provider] for each in getattr(rules, "routing_rules", ())),
        ],
        "endpoints": {each: _endpoint(litellm, each) for each in sorted(litellm.openai_compatible_endpoints)},
        # `prefix/name` of these is a prompt kept elsewhere, whose provider is not asked for at the start.
        "prompts": sorted(litellm._known_custom_logger_compatible_callbacks),
        "bedrock": {
            "regions": _regions("get_all_bedrock_regions"),
            "across": _regions("get_bedrock_cross_region_inference_regions"),
        },
        "elsewhere": _elsewhere(litellm, known),
        "bare": _bare(litellm, known),
    }


def _endpoint(litellm: Any, address: str) -> str | None:
    """Who answers an unknown name at an address that the program knows."""
    try:
        return str(litellm.get_llm_provider("zz-none", api_base=address)[1])
    except litellm.BadRequestError:
        return None


def _regions(name: str) -> list[str]:
    bedrock: Any = import_module("litellm.llms.bedrock.common_utils")
    if hasattr(bedrock, name):
        return sorted(getattr(bedrock, name)())
    return sorted(getattr(bedrock.AmazonBedrockGlobalConfig(), "get_all_regions", list)())


def _asked(litellm: Any, name: str) -> str | None:
    prefix, slash, _ = name.partition("/")
    if prefix in {"github_copilot", "chatgpt"}:  # these would sign in
        return prefix if slash else None
    try:
        return str(litellm.get_llm_provider(name)[1])
    except litellm.BadRequestError:
        return None


def _prefixes(litellm: Any, logic: ast.Module) -> dict[str, list[list[str]]]:
    """The beginnings and the parts of a bare name that decide its provider, each tried."""
    made: dict[str, list[list[str]]] = {"starts": [], "contains": []}
    for node in ast.walk(logic):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="startswith", value=ast.Name(id="model")), args=[ast.Constant(value=text)]
            ):
                where = "starts"
            case ast.Compare(left=ast.Constant(value=text), ops=[ast.In()], comparators=[ast.Name(id="model")]):
                where = "contains"
            case _:
                continue
        if (
            isinstance(text, str)
            and (provider := _asked(litellm, f"{text}-zz"))
            and [text, provider] not in made[where]
        ):
            made[where].append([text, provider])
    return made


def _names(litellm: Any) -> set[str]:
    """Every name that may be known: the cost map's, with and without what stands before a slash, and all lists."""
    made = set(litellm.model_cost)
    for name in dir(litellm):
        value = getattr(litellm, name, None)
        if isinstance(value, set | list | tuple | dict) and ("model" in name or name.endswith("_llms")):
            made.update(each for each in value if isinstance(each, str))
    for each in list(made):
        parts = each.split("/")
        made.update("/".join(parts[start:]) for start in range(1, len(parts)))
    return made - {"", "*"}


def _bare(litellm: Any, known: set[str]) -> dict[str, str]:
    """The provider of a name that is known as it stands, where neither a prefix nor a pattern says it."""
    made = {}
    for name in _names(litellm):
        if name.split("/")[0] not in known and (provider := _asked(litellm, name)):
            made[name] = provider
    return dict(sorted(made.items()))


def _elsewhere(litellm: Any, known: set[str]) -> dict[str, str]:
    """Names whose prefix is a provider's, and which another provider answers."""
    made = {}
    suffixes = _names(litellm)
    for prefix in known & {"azure", "cohere", "anthropic", "ai21", "azure_ai", "jina_ai"}:
        for each in sorted(suffixes):
            name = each if each.startswith(f"{prefix}/") else f"{prefix}/{each}"
            if (provider := _asked(litellm, name)) and provider != prefix:
                made[name] = provider
    return dict(sorted(made.items()))
