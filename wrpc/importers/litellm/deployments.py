"""The entries of `model_list`: each a deployment of a group, as far as the program can make one of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from wrpc.diagnostics import Fix, did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers.document import Items, Keys, Node, Scalar, is_null, kind
from wrpc.importers.faults import ALIKE
from wrpc.importers.litellm import addresses, auto_router, codes
from wrpc.importers.litellm.config import Config, variable
from wrpc.importers.litellm.parameters import BESIDE, beside, fits_program, quoted, wrong
from wrpc.importers.nodes import bool_of, keys_of, line, number_of, place, text_of
from wrpc.source import Span

METRICS = ("weight", "rpm", "tpm")
# In the place of a provider, of what is none.
ROUTER = "auto_router"


@dataclass(frozen=True, slots=True, eq=False)
class Deployment:
    """`index` counts from 0. `alive` is false for what the program leaves out at its start, or never calls because it
    is `blocked`."""

    index: int
    group: str
    entry: Keys = field(repr=False)
    params: Keys = field(repr=False)
    info: Keys | None = field(repr=False)
    at: Span = field(repr=False)
    model: str | None
    provider: str | None
    id: str | None
    order: Fraction | None
    metrics: tuple[Fraction | None, ...] = (None, None, None)
    alive: bool = True
    blocked: bool = False
    undrawable: bool = False
    """Its `weight` is not a number, so every draw that it takes part in fails."""
    unsortable: bool = False
    """Its group has orders that are text beside others that are numbers."""

    @property
    def router(self) -> bool:
        """It picks a group, and answers nothing itself."""
        return self.provider == ROUTER

    def text(self, *keys: str) -> str | None:
        return next((found for key in keys if (found := text_of(self.params, key)) is not None), None)


def read(config: Config) -> list[Deployment]:
    node = config.root.pairs.get("model_list")
    if node is None or is_null(node.value):
        return []
    if not isinstance(node.value, Items):
        wrong(config, node.value, "a list", "model_list", "stops")
        return []
    made: list[Deployment] = []
    for index, entry in enumerate(node.value.items):
        if (deployment := _deployment(config, index, entry)) is not None:
            made.append(deployment)
    return made


def _deployment(config: Config, index: int, entry: Node) -> Deployment | None:
    if not isinstance(entry, Keys):
        wrong(config, entry, "a mapping", f"model_list[{index}]", "stops")
        return None
    group, params = entry.get("model_name"), entry.get("litellm_params")
    for key in ("model_name", "litellm_params"):
        if entry.get(key) is None:
            message = f"an entry of `model_list` has no `{key}`; {config.program} does not start"
            hint = did_you_mean(near, BESIDE) if (near := _near(entry, key)) else None
            config.say(shared.MISSING_KEY, message, line(entry.key(key)), "stops", help=hint)
    if params is not None and not isinstance(params, Keys):
        wrong(config, params, "a mapping", "litellm_params", "stops")
    if group is not None and not (isinstance(group, Scalar) and isinstance(group.value, str)):
        scalar = isinstance(group, Scalar)
        wrong(config, group, "text", "model_name", "fails" if scalar else "stops", quoted(group))
    if not isinstance(params, Keys) or not isinstance(group, Scalar):
        return None
    fine = beside(config, entry)
    alive = fits_program(config, params) and fine
    return _made(config, index, entry, params, group, alive=alive and isinstance(group.value, str))


def _near(entry: Keys, key: str) -> str | None:
    return next((k for k in entry if k not in BESIDE and k.replace("-", "_").lower()[:8] == key[:8]), None)


def _made(config: Config, index: int, entry: Keys, params: Keys, group: Scalar, *, alive: bool) -> Deployment | None:
    info = keys_of(entry, "model_info")
    model = params.get("model")
    if model is None:
        message = f"a deployment of `{group.text}` has no `model`; {config.program} does not start"
        at = params.key("model") if "model" in params else entry.key("litellm_params")
        config.say(shared.MISSING_KEY, message, line(at), "stops")
        return None
    if not isinstance(model, Scalar) or not isinstance(model.value, str):
        fix = quoted(model)
        wrong(config, model, "text", "model", "fails" if isinstance(model, Scalar) else "stops", fix)
        return None
    written = None if variable(model) is not None else model.value
    custom = params.get("custom_llm_provider")
    provider = None
    if written is not None and variable(custom) is None:
        provider = _provider(config, group.text, written, params)
        alive = alive and provider is not None
        if provider is not None:
            addresses.read(config, group.text, written, provider, params)
    id_ = info.get("id") if info is not None else None
    order = number_of(params, "order")
    if order is None and info is not None:
        order = number_of(info, "order")
    blocked = info is not None and bool_of(info, "blocked") is True
    metrics = _metrics(config, entry, params)
    return Deployment(
        index, group.text, entry, params, info, group.span, written, provider,
        id_.text if isinstance(id_, Scalar) else None, order, metrics, alive and not blocked, alive and blocked,
        undrawable=params.get("weight") is not None and metrics[0] is None,
    )  # fmt: skip


def _provider(config: Config, group: str, model: str, params: Keys) -> str | None:
    """Who answers, or None with a finding that the program does not know either."""
    if auto_router.kind(model) is not None:
        return ROUTER if auto_router.made(config, group, model, params) else None
    if config.facts.prompt(model):
        return model.partition("/")[0]
    facts, at = config.facts, place(params, "model")
    custom = text_of(params, "custom_llm_provider")
    found = facts.provider(model, custom, text_of(params, "api_base") or text_of(params, "base_url"))
    if found is not None and not (custom is not None and custom not in facts.providers and not _custom(config, custom)):
        return found
    prefix, slash, _ = model.partition("/")
    if _custom(config, custom or prefix):
        return custom or prefix
    end = f"so it leaves out this deployment of `{group}`"
    if custom is not None and custom not in facts.providers:
        message = f"{config.program} knows no provider `{custom}`, {end}"
        config.say(codes.UNKNOWN_PROVIDER, message, place(params, "custom_llm_provider"), "fails",
                   help=did_you_mean(custom, facts.providers, ALIKE), one=custom)  # fmt: skip
    elif slash and prefix not in facts.providers:
        message = f"{config.program} knows no provider `{prefix}`, {end}"
        hint = did_you_mean(prefix, facts.providers, ALIKE)
        config.say(codes.UNKNOWN_PROVIDER, message, at, "fails", help=hint, one=prefix)
    else:
        message = f"{config.program} knows no model `{model}` and cannot tell its provider, {end}"
        hint = did_you_mean(model, facts.data["bare"], ALIKE) or f"with its provider before it: `openai/{model}`"
        config.say(codes.UNKNOWN_MODEL, message, at, "fails", help=hint, one=model)
    return None


def _custom(config: Config, provider: str) -> bool:
    """A provider of one's own: `custom_provider_map`."""
    settings = config.section("litellm_settings")
    own = settings.get("custom_provider_map") if settings is not None else None
    entries = own.items if isinstance(own, Items) else ()
    return any(isinstance(each, Keys) and text_of(each, "provider") == provider for each in entries)


def _metrics(config: Config, entry: Keys, params: Keys) -> tuple[Fraction | None, ...]:
    """`weight`, `rpm` and `tpm`; the last two may stand beside `litellm_params`, and may be text."""
    found: list[Fraction | None] = []
    for key in METRICS:
        node = params.get(key)
        if key == "weight" and node is not None:
            found.append(_weight(config, node))
            continue
        if node is None and key != "weight":
            node = entry.get(key)
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            value = Fraction(value) if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value) else None
        found.append(None if value is None else Fraction(value))
    return tuple(found)


def _weight(config: Config, node: Node) -> Fraction | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        message = f"`weight` is {kind(node)}, which counts as {int(value)}"
        config.say(shared.WRONG_TYPE, message, node.span, "otherwise")
        return Fraction(int(value))
    if not isinstance(value, int | Fraction):
        named = " from the environment, which is text" if variable(node) else ""
        message = f"`weight` is {kind(node)}{named}, where a number is expected; every request to the group fails"
        number = isinstance(node, Scalar) and node.quoted and re.fullmatch(r"\d+(\.\d+)?", node.text)
        fix = Fix(node.span, node.text, "write the number") if isinstance(node, Scalar) and number else None
        config.say(shared.WRONG_TYPE, message, line(node.span), "fails", fixes=[fix])
        return None
    if value < 0:
        config.say(shared.OUT_OF_RANGE, f"`weight` is {_said(node)}, below 0", node.span, "otherwise")
    return Fraction(value)


def _said(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""
