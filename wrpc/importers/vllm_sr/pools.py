"""Models of the router into models and pools: one pool a model, called as the model is."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from wrpc.diagnostics import did_you_mean, finding
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.faults import unique
from wrpc.importers.nodes import entries_of, int_of, keys_of, line, named, number_of, place, text_of, texts_of
from wrpc.importers.sketch import Content, Names, attribute, call, name, number, path, tokens, value, word
from wrpc.importers.vllm_sr.catalog import Catalog
from wrpc.importers.vllm_sr.draft import described
from wrpc.source import Span
from wrpc.syntax import tree

DEPLOYMENT = "deployment"
# The benchmark by which an operator says how good a model is; a compile writes `quality` as its score.
RATING = "vllm-sr/operator-rating@"
MILLION = "USD/Mtok"
PRICES = {"prompt_per_1m": "input", "completion_per_1m": "output"}

# What says nothing about who answers: reported as a note.
NOTED_OF_CARD = (
    "display_name|publisher|presentation|family|revision|released_at|knowledge_cutoff|lifecycle|param_size|loras|"
    "modalities"
)
NOTED_OF_PROVIDER = "catalog|reasoning|reliability|external_model_ids"
NOTED_OF_BACKEND = "protocol|auth_header|auth_prefix|extra_headers|api_version|chat_path|api_key"
# What is said of a model's API there, as far as a policy has a word for it.
APIS = ("openai", "anthropic")
# What nearly every file says, and what is so anyway.
COMMON = (("protocol", "http"), ("protocol", "https"))
# Labels may not be called as an attribute of a destination is.
ATTRIBUTES = frozenset(["pool", "model", "provider", "region", "site", "trust"])


@dataclass(slots=True)
class Pools:
    """The pools by model; `default` is the model that takes what no decision does."""

    catalog: Catalog
    names: Names = field(default_factory=Names)
    pools: dict[str, str] = field(default_factory=dict)
    declarations: list[tree.Declaration] = field(default_factory=list)
    default: tuple[str, Span] | None = None
    default_model: str = ""
    effort: str | None = None

    def pool(self, model: str, at: Span, what: str) -> str | None:
        """The pool of a model, or None with a finding that the model is not declared."""
        if model in self.pools:
            return self.pools[model]
        message = f"{what} names the model `{model}`, which is not declared"
        self.catalog.report.add(finding(codes.DANGLING, message, at, help=did_you_mean(model, self.pools)))
        return None


def read(catalog: Catalog, providers: Keys | None, cards: Keys | None, evaluation: Keys | None = None) -> Pools:
    """`cards` is the `routing` that holds the model cards; `evaluation` has what the operator rates models with."""
    ratings = _ratings(evaluation)
    pools = Pools(catalog)
    carded = {
        text_of(e, "name") or "": e for e in unique(entries_of(cards, "modelCards"), "model cards", catalog.report)
    }
    served = {
        text_of(e, "name") or "": e for e in unique(entries_of(providers, "models"), "provider models", catalog.report)
    }
    for model in [*carded, *(m for m in served if m not in carded)]:
        entry = carded.get(model) or served[model]
        pools.pools[model] = pools.names.give(model, "model")
        pools.declarations.append(_model(pools.pools[model], entry, carded.get(model), catalog, ratings.get(model)))
        if carded and served and model not in served:
            message = f"the model `{model}` has a card and no provider, so nothing serves it"
            catalog.report.add(finding(codes.DANGLING, message, named(entry), help=did_you_mean(model, served)))
    for model, given in pools.pools.items():
        pools.declarations.append(
            _pool(
                given, model, named(served.get(model) or carded[model]), served.get(model), carded.get(model), catalog
            )
        )
    defaults = keys_of(providers, "defaults")
    if defaults is not None:
        pools.effort = text_of(defaults, "reasoning_effort")
        model_ = text_of(defaults, "model")
        given_ = pools.pool(model_, place(defaults, "model"), "the default") if model_ else None
        pools.default = (given_, defaults.key("model")) if given_ else None
        pools.default_model = model_ or ""
    return pools


def stand_in(pools: Pools, at: Span) -> None:
    """A pool for whatever the deployment declares, in a file that declares no model."""
    note = attribute("description", "stands for whichever models the deployment declares", at)
    pools.declarations.append(tree.Section(at, "pool", name(DEPLOYMENT, at), (note,)))
    pools.pools[DEPLOYMENT] = DEPLOYMENT


def _ratings(evaluation: Keys | None) -> dict[str, Keys]:
    """The operator's own rating of a model, a share of 1, where there is one."""
    rated: dict[str, Keys] = {}
    for record in entries_of(evaluation, "records"):
        metrics = keys_of(record, "metrics")
        if (text_of(record, "benchmark") or "").startswith(RATING) and metrics is not None:
            rated.setdefault(text_of(record, "model") or "", metrics)
    return rated


def _model(given: str, entry: Keys, card: Keys | None, catalog: Catalog, rating: Keys | None = None) -> tree.Section:
    at, parts = named(entry), list[tree.Attribute]()
    if card is not None:
        distribution = keys_of(card, "distribution")
        if distribution is not None and (source := text_of(distribution, "source")):
            parts.append(attribute("source", source, line(distribution.span)))
        for key, called in (("context_window_size", "context"), ("max_output_tokens", "max_output")):
            if (count := int_of(card, key)) is not None:
                parts.append(attribute(called, tokens(count, place(card, key)), place(card, key)))
        if (modality := text_of(card, "modality")) is not None:
            parts.append(attribute("modality", modality, place(card, "modality")))
        if (quality := number_of(card, "quality_score")) is not None:
            parts.append(attribute("quality", quality, place(card, "quality_score")))
        elif rating is not None and (quality := number_of(rating, "score")) is not None:
            parts.append(attribute("quality", quality, place(rating, "score")))
        parts += described(card)
        _note(card, NOTED_OF_CARD, f"model card `{text_of(card, 'name')}`", catalog)
    return tree.Section(at, "model", name(given, at), tuple(parts))


def _pool(given: str, model: str, at: Span, served: Keys | None, card: Keys | None, catalog: Catalog) -> tree.Section:
    parts = [attribute("model", path(given, at), at)]
    labels: dict[str, Content] = {}
    if served is not None:
        parts += _backends(served, catalog)
        for key in ("provider_model_id", "api_format"):
            if (found := text_of(served, key)) is not None:
                if key == "api_format" and found in APIS:
                    parts.append(attribute("api", word(found, at), place(served, key)))
                else:
                    labels[key] = found
        parts += _price(served, catalog)
        _note(served, NOTED_OF_PROVIDER, f"provider model `{model}`", catalog)
    if card is not None:
        labels |= _tags(card)
    if labels:
        where = at if card is None or card.get("tags") is None else card.key("tags")
        parts.append(attribute("labels", value(labels, where), where))
    return tree.Section(at, "pool", name(given, at), tuple(parts))


def _tags(card: Keys) -> dict[str, Content]:
    """`deployment:cloud` becomes the label `deployment`; a key with several values, and a capability, become flags."""
    pairs = [tag.partition(":") for tag in texts_of(card, "tags")]
    keys = [key for key, _, _ in pairs]
    labels: dict[str, Content] = {}
    for key, _, rest in pairs:
        if rest and keys.count(key) == 1:
            labels[f"{key}_tag" if key in ATTRIBUTES else key] = rest
        else:
            labels[f"{key}_{rest}" if rest else f"{key}_tag" if key in ATTRIBUTES else key] = "true"
    for capability in texts_of(card, "capabilities"):
        labels.setdefault(f"can_{capability}", "true")
    return {" ".join(key.split()) or "tag": said for key, said in labels.items()}


def _backends(served: Keys, catalog: Catalog) -> list[tree.Attribute]:
    """The first backend's address; a pool has one, and what stands behind it is the gateway's business."""
    parts = list[tree.Attribute]()
    backends = entries_of(served, "backend_refs")
    for backend in backends[:1]:
        if (provider := text_of(backend, "provider")) is not None:
            parts.append(attribute("provider", provider, place(backend, "provider")))
        if key_ := text_of(backend, "api_key_env"):
            at = place(backend, "api_key_env")
            parts.append(attribute("auth", call("env", at, key_), at))
        for key in ("endpoint", "base_url"):
            if (address := text_of(backend, key)) is not None:
                parts.append(attribute("endpoint", address, place(backend, key)))
                break
        _note(backend, NOTED_OF_BACKEND, "a backend", catalog)
    for backend in backends[1:]:
        catalog.report.omit("a further backend", line(backend.span), why="a pool has one address")
    return parts


def _price(served: Keys, catalog: Catalog) -> list[tree.Attribute]:
    pricing = keys_of(served, "pricing")
    if pricing is None:
        return []
    if (text_of(pricing, "currency") or "USD").upper() != "USD":
        catalog.report.omit(f"a price in {text_of(pricing, 'currency')}", place(pricing, "currency"))
        return []
    found: list[tree.Attribute] = []
    for key, called in PRICES.items():
        if (price := number_of(pricing, key)) is not None:
            at = place(pricing, key)
            found.append(attribute(called, number(Fraction(price), at, MILLION), at))
    for key in ("cached_input_per_1m", "cache_write_per_1m"):
        if pricing.get(key) is not None:
            catalog.report.omit(f"`{key}`", pricing.key(key), severity="info", why="a price has `input` and `output`")
    at = line(pricing.span)
    return [attribute("price", tree.Block(at, tuple(found)), at)] if found else []


def _note(entry: Keys, keys: str, what: str, catalog: Catalog) -> None:
    for key in keys.split("|"):
        if entry.get(key) is not None and (key, text_of(entry, key)) not in COMMON:
            catalog.report.omit(f"`{key}` of {what}", entry.key(key), severity="info")
