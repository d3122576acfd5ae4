"""The entries of `model_list`: each a deployment of a group, as far as the program can make one of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from wrpc.diagnostics import Fix, Related, did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null, kind
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import Config, Effect, variable
from wrpc.importers.litellm.types import expected, fits, is_date
from wrpc.importers.nodes import bool_of, items_of, keys_of, line, number_of, place, text_of
from wrpc.source import Span

METRICS = ("weight", "rpm", "tpm")
# What stands beside `litellm_params` and is read there; other keys of a deployment belong below it.
BESIDE = frozenset(("model_name", "litellm_params", "model_info", "rpm", "tpm", "tags", "model_type"))
# Keys of `litellm_params` that say nothing in `model_info`, where everything else is free text.
NOT_INFO = frozenset(
    ("weight", "api_key", "api_base", "api_version", "timeout", "max_parallel_requests", "num_retries")
)
# Types of parameters of the call itself, which nobody checks; those of a deployment take text that reads as them.
UNCHECKED = frozenset(("int", "number", "bool"))
# Looked at when a request comes, not when the deployment is made.
LATER = {"max_parallel_requests": "int|numeral"}
TIMES = frozenset(("timeout", "stream_timeout"))
# Lists of the router, which looks for none in a deployment.
LISTS = frozenset(("fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks"))
REGIONS = ("region_name", "aws_region_name", "vertex_location", "watsonx_region_name")
# What makes two deployments one: everything but how much they take.
LIMITS = frozenset(
    ("weight", "rpm", "tpm", "order", "max_parallel_requests", "timeout", "stream_timeout", "num_retries")
)
_ROUTERS = re.compile(r"auto_router/")


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
    """Its `weight` is no number, so that every draw that it takes part in fails."""
    unsortable: bool = False
    """Its group has orders that are text beside others that are numbers."""

    def text(self, *keys: str) -> str | None:
        return next((found for key in keys if (found := text_of(self.params, key)) is not None), None)


def read(config: Config) -> list[Deployment]:
    node = config.root.pairs.get("model_list")
    if node is None or is_null(node.value):
        return []
    if not isinstance(node.value, Items):
        _wrong(config, node.value, "a list", "model_list", "stops")
        return []
    made: list[Deployment] = []
    for index, entry in enumerate(node.value.items):
        if (deployment := _deployment(config, index, entry)) is not None:
            made.append(deployment)
    _credentials(config, made)
    _twice(config, made)
    return _orders(config, _ids(config, made))


def _wrong(config: Config, node: Node, wanted: str, key: str, effect: Effect, fix: Fix | None = None) -> None:
    end = {
        "stops": f"{config.program} does not start",
        "fails": f"{config.program} leaves the deployment out",
        "otherwise": f"{config.program} takes it otherwise",
    }
    message = f"`{key}` is {kind(node)}, where {wanted} is expected; {end.get(effect, 'it is ignored')}"
    config.say(shared.WRONG_TYPE, message, line(node.span), effect, fixes=[fix])


def _deployment(config: Config, index: int, entry: Node) -> Deployment | None:
    if not isinstance(entry, Keys):
        _wrong(config, entry, "a mapping", f"model_list[{index}]", "stops")
        return None
    group, params = entry.get("model_name"), entry.get("litellm_params")
    for key in ("model_name", "litellm_params"):
        if entry.get(key) is None:
            message = f"an entry of `model_list` has no `{key}`; {config.program} does not start"
            hint = did_you_mean(near, BESIDE) if (near := _near(entry, key)) else None
            config.say(shared.MISSING_KEY, message, line(entry.key(key)), "stops", help=hint)
    if params is not None and not isinstance(params, Keys):
        _wrong(config, params, "a mapping", "litellm_params", "stops")
    if group is not None and not (isinstance(group, Scalar) and isinstance(group.value, str)):
        scalar = isinstance(group, Scalar)
        _wrong(config, group, "text", "model_name", "fails" if scalar else "stops", _quoted(group))
    if not isinstance(params, Keys) or not isinstance(group, Scalar):
        return None
    _beside(config, entry)
    alive = _params(config, params)
    return _made(config, index, entry, params, group, alive=alive and isinstance(group.value, str))


def _near(entry: Keys, key: str) -> str | None:
    return next((k for k in entry if k not in BESIDE and k.replace("-", "_").lower()[:8] == key[:8]), None)


def _quoted(node: Node) -> Fix | None:
    """Text of what stands there without quotes."""
    if isinstance(node, Scalar) and not node.quoted and '"' not in node.text and "\\" not in node.text:
        return Fix(node.span, f'"{node.text}"', f"put `{node.text}` into quotes")
    return None


def _made(config: Config, index: int, entry: Keys, params: Keys, group: Scalar, *, alive: bool) -> Deployment | None:
    info = keys_of(entry, "model_info")
    model = params.get("model")
    if model is None:
        message = f"a deployment of `{group.text}` has no `model`; {config.program} does not start"
        at = params.key("model") if "model" in params else entry.key("litellm_params")
        config.say(shared.MISSING_KEY, message, line(at), "stops")
        return None
    if not isinstance(model, Scalar) or not isinstance(model.value, str):
        fix = _quoted(model)
        _wrong(config, model, "text", "model", "fails" if isinstance(model, Scalar) else "stops", fix)
        return None
    written = None if variable(model) is not None else model.value
    custom = params.get("custom_llm_provider")
    provider = None
    if written is not None and variable(custom) is None:
        provider = _provider(config, group.text, written, params)
        alive = alive and provider is not None
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
    if _ROUTERS.match(model):
        return "auto_router"
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
                   help=did_you_mean(custom, facts.providers))  # fmt: skip
    elif slash and prefix not in facts.providers:
        message = f"{config.program} knows no provider `{prefix}`, {end}"
        config.say(codes.UNKNOWN_PROVIDER, message, at, "fails", help=did_you_mean(prefix, facts.providers))
    else:
        message = f"{config.program} knows no model `{model}` and cannot tell its provider, {end}"
        hint = did_you_mean(model, facts.data["bare"]) or f"with its provider before it: `openai/{model}`"
        config.say(codes.UNKNOWN_MODEL, message, at, "fails", help=hint)
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


# ── Keys ──────────────────────────────────────────────────────────────────


def _beside(config: Config, entry: Keys) -> None:
    """Keys of a deployment itself, and those of `model_info` that mean something only in `litellm_params`."""
    known = config.facts.known("litellm_params")
    for key, pair in entry.pairs.items():
        if key in BESIDE or not isinstance(pair.key.value, str):
            continue
        if key in known:
            message = f"`{key}` belongs into `litellm_params`; beside it {config.program} ignores it"
            config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored")
        else:
            message = f"`{key}` is no key of a deployment, and {config.program} ignores it"
            config.say(shared.UNKNOWN_KEY, message, pair.key.span, "ignored", help=did_you_mean(key, BESIDE))
    own = entry.pairs.get("model_info")
    info = None if own is None else own.value
    if own is not None and not isinstance(info, Keys):
        _wrong(config, own.key if is_null(own.value) else own.value, "a mapping", "model_info", "stops")
    for key, pair in info.pairs.items() if isinstance(info, Keys) else ():
        if key in NOT_INFO and key not in config.facts.known("model_info"):
            message = f"`{key}` belongs into `litellm_params`; in `model_info` {config.program} ignores it"
            config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored")


def _params(config: Config, params: Keys) -> bool:
    """Whether the program can make a deployment of these parameters."""
    known, fine = config.facts.known("litellm_params"), True
    for key, pair in params.pairs.items():
        if key in ("model", "weight", "order") or not isinstance(pair.key.value, str):
            continue
        if key in LISTS:
            message = f"`{key}` belongs into `router_settings`; in `litellm_params` {config.program} ignores it"
            config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored")
        elif key in TIMES:
            _time(config, key, pair.value)
        elif key not in known:
            _unknown(config, key, pair)
        elif key in LATER:
            if not fits(LATER[key], pair.value):
                message = f"`{key}` is {kind(pair.value)}, where a number is expected; every request fails"
                config.say(shared.WRONG_TYPE, message, line(pair.value.span), "fails")
        elif known[key] not in UNCHECKED and not fits(known[key], pair.value):
            fine = False
            fix = _quoted(pair.value) if "text" in known[key] and is_date(pair.value) else None
            _wrong(config, pair.value, expected(known[key]), key, "fails", fix)
    return fine


def _time(config: Config, key: str, node: Node) -> None:
    """Seconds, as a number or as text that reads as one; `30s` ends every request."""
    if not fits("number|numeral|map", node):
        message = f"`{key}` is {kind(node)}, where a number of seconds is expected; every request fails"
        config.say(shared.WRONG_TYPE, message, line(node.span), "fails")
    elif isinstance(node, Scalar) and isinstance(node.value, int | Fraction) and node.value < 0:
        config.say(shared.OUT_OF_RANGE, f"`{key}` is {node.text}, below 0; every request fails", node.span, "fails")


def _unknown(config: Config, key: str, pair: Pair) -> None:
    """Parameters of a provider are unknown by nature; only one that looks misspelt is worth a proposal."""
    message = f"`{key}` is unknown to {config.program}, which hands it on to the provider"
    hint = did_you_mean(key, config.facts.known("litellm_params"))
    config.say(codes.UNKNOWN_PARAMETER, message, pair.key.span, "note", help=hint)


def _credentials(config: Config, deployments: list[Deployment]) -> None:
    """Names of `credential_list`, and its entries that stop the start."""
    entries = [e for e in items_of(config.root, "credential_list") if isinstance(e, Keys)]
    for entry in entries:
        for key in ("credential_values", "credential_info"):
            if entry.get(key) is None:
                message = f"an entry of `credential_list` has no `{key}`; {config.program} does not start"
                config.say(shared.MISSING_KEY, message, line(entry.span), "stops")
    names = {name for e in entries if (name := text_of(e, "credential_name")) is not None}
    for deployment in deployments:
        wanted = text_of(deployment.params, "litellm_credential_name")
        if wanted is not None and wanted not in names:
            message = f"`{wanted}` stands in no `credential_list`"
            at = place(deployment.params, "litellm_credential_name")
            if config.open is not None:
                config.say(shared.DANGLING, f"{message} of this file, and may come from {config.open}", at, "note")
            else:
                config.say(
                    shared.DANGLING, f"{message}; requests have no key", at, "fails", help=did_you_mean(wanted, names)
                )


# ── Several ───────────────────────────────────────────────────────────────


def _twice(config: Config, deployments: list[Deployment]) -> None:
    seen: dict[tuple[object, ...], Deployment] = {}
    for deployment in deployments:
        key = (deployment.group, deployment.id, _plain(deployment.params, LIMITS), _tags(deployment))
        first = seen.setdefault(key, deployment)
        if first is deployment:
            continue
        exact = _plain(first.entry) == _plain(deployment.entry)
        where = config.root["model_list"]
        fix = None
        if exact and isinstance(where, Items) and where.span.source is deployment.entry.span.source:
            fix = edits.remove_item(where, deployment.index, "delete the second one")
            # Beside others the two have had twice the traffic.
            if fix is not None and sum(d.group == deployment.group for d in deployments) > 2:
                fix = replace(fix, safe=False)
        message = f"this deployment of `{deployment.group}` stands in the file already"
        related = [Related(first.at, "the first one")]
        config.say(codes.SAME_DEPLOYMENT, message, deployment.at, "otherwise", related=related, fixes=[fix])


def _tags(deployment: Deployment) -> object:
    return None if deployment.info is None else _plain(deployment.info, frozenset(("id",)))


def _plain(node: Node, without: frozenset[str] = frozenset()) -> object:
    match node:
        case Keys():
            return tuple(sorted((k, _plain(p.value)) for k, p in node.pairs.items() if k not in without))
        case Items():
            return tuple(_plain(item) for item in node.items)
        case Scalar():
            return (type(node.value).__name__, node.text if not isinstance(node.value, Fraction) else str(node.value))


def _ids(config: Config, deployments: list[Deployment]) -> list[Deployment]:
    """A `model_info.id` that several deployments share names the last of them."""
    last = {d.id: d for d in deployments if d.id is not None}
    first: dict[str, Span] = {}
    kept: list[Deployment] = []
    for deployment in deployments:
        if deployment.id is not None and deployment.info is not None:
            at = place(deployment.info, "id")
            if deployment.id in first:
                message = f"two deployments have the id `{deployment.id}`; a request for it goes to the last"
                related = [Related(first[deployment.id], "the first one")]
                config.say(shared.DUPLICATE_NAME, message, at, "otherwise", related=related)
            first.setdefault(deployment.id, at)
        lost = deployment.id is not None and last[deployment.id] is not deployment
        kept.append(replace(deployment, id=None) if lost else deployment)
    return kept


def _orders(config: Config, deployments: list[Deployment]) -> list[Deployment]:
    """Orders that are text are compared as text, and beside numbers not at all."""
    texts = {d.index: node for d in deployments if (node := _order_text(d)) is not None}
    if not texts:
        return deployments
    groups = {d.group for d in deployments if d.index in texts}
    mixed = {d.group for d in deployments if d.group in groups and d.order is not None}
    ranks = {text: Fraction(rank) for rank, text in enumerate(sorted({node.text for node in texts.values()}))}
    found: list[Deployment] = []
    for deployment in deployments:
        node = texts.get(deployment.index)
        if node is not None:
            torn = deployment.group in mixed
            own = [texts[d.index].text for d in deployments if d.index in texts and d.group == deployment.group]
            effect: Effect = "fails" if torn else "note" if _alike(own) else "otherwise"
            end = f"every request to `{deployment.group}` fails" if torn else "it is compared as text, 10 before 9"
            message = f"`order` is {kind(node)}, where a number is expected; {end}"
            config.say(shared.WRONG_TYPE, message, line(node.span), effect)
            deployment = replace(deployment, order=ranks[node.text])
        found.append(replace(deployment, unsortable=True) if deployment.group in mixed else deployment)
    return found


def _alike(texts: list[str]) -> bool:
    """Sorted as text these come as they would as numbers."""
    numbers = [int(text) if text.isdecimal() else None for text in sorted(texts)]
    return numbers == sorted(numbers, key=lambda n: n or 0)


def _order_text(deployment: Deployment) -> Scalar | None:
    node = deployment.params.get("order")
    if node is None and deployment.info is not None:
        node = deployment.info.get("order")
    return node if isinstance(node, Scalar) and isinstance(node.value, str) else None
