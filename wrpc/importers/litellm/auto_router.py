"""Deployments that are routers of their own (`auto_router/…`): the groups that they pick from, and what they need.

There is no provider of that name: a request goes on to one of those groups.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from wrpc.importers import codes as shared
from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.importers.litellm.config import Config
from wrpc.importers.nodes import keys_of, line, text_of
from wrpc.source import Span

PREFIX = "auto_router/"
KINDS = ("complexity_router", "adaptive_router", "quality_router")
SEMANTIC = "auto_router"


@dataclass(frozen=True, slots=True)
class Choice:
    """A group that is picked, and where the file says so."""

    name: str
    at: Span = field(repr=False)


def kind(model: str) -> str | None:
    """Which of the routers a `litellm_params.model` means; None for any other model."""
    if not model.startswith(PREFIX):
        return None
    rest = model.removeprefix(PREFIX)
    return next((each for each in KINDS if rest.startswith(each)), SEMANTIC)


def choices(model: str, params: Keys) -> tuple[Choice, ...]:
    """The groups that a router picks from, as far as the file says."""
    which = kind(model)
    settings = keys_of(params, f"{which}_config")
    if which == SEMANTIC:
        return tuple(_semantic(params))
    found = [params.get(f"{which}_default_model")]
    if settings is not None:
        found += [
            settings.get("default_model"),
            *_listed(settings.get("tiers")),
            *_listed(settings.get("available_models")),
        ]
    chosen = [
        Choice(node.value, node.span) for node in found if isinstance(node, Scalar) and isinstance(node.value, str)
    ]
    return tuple(chosen)


def _semantic(params: Keys) -> Iterator[Choice]:
    """The routes of a text of JSON; those of a file beside it are not known here."""
    default = params.get("auto_router_default_model")
    if isinstance(default, Scalar) and isinstance(default.value, str):
        yield Choice(default.value, default.span)
    text = params.get("auto_router_config")
    if not isinstance(text, Scalar) or not isinstance(text.value, str):
        return
    try:
        names = [str(each["name"]) for each in json.loads(text.value)["routes"]]
    except (ValueError, KeyError, TypeError):
        return
    for name in names:
        yield Choice(name, text.span)


def _listed(node: Node | None) -> Iterator[Node | None]:
    """Names in a list, one a tier, or several a tier."""
    match node:
        case Keys() if "model_name" in node:
            yield node.get("model_name")
        case Keys():
            for pair in node.pairs.values():
                yield from _listed(pair.value)
        case Items():
            for item in node.items:
                yield from _listed(item)
        case _:
            yield node


def made(config: Config, group: str, model: str, params: Keys) -> bool:
    """Whether the program makes this router; what it lacks is said."""
    which = kind(model)
    lacking: str | None = None
    stops = which == "adaptive_router"
    if which == SEMANTIC:
        if params.get("auto_router_config_path") is None and params.get("auto_router_config") is None:
            lacking = "auto_router_config"
        else:
            wanted = ("auto_router_default_model", "auto_router_embedding_model")
            lacking = next((key for key in wanted if params.get(key) is None), None)
    elif stops:
        lacking = "adaptive_router_config" if params.get("adaptive_router_config") is None else None
    elif not choices(model, params):
        lacking = f"{which}_default_model"
    if lacking is None:
        return True
    end = f"{config.program} does not start" if stops else f"{config.program} leaves out this deployment of `{group}`"
    message = f"`{model}` has no `{lacking}`; {end}"
    at = params.pairs["model"].value.span if text_of(params, "model") is not None else params.span
    config.say(shared.MISSING_KEY, message, line(at), "stops" if stops else "fails")
    return False
