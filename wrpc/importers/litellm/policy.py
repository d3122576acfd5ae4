"""The policy of a configuration: a pool a deployment, a route for the names that lead to one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import PurePath
from urllib.parse import urlsplit, urlunsplit

from wrpc.importers.document import Keys, Node, Scalar
from wrpc.importers.importer import ImportedPolicy
from wrpc.importers.litellm import regions
from wrpc.importers.litellm.config import ROUTER, SETTINGS, Config, strategy, variable
from wrpc.importers.litellm.deployments import METRICS, Deployment
from wrpc.importers.litellm.gateway import STAR, Gateway, Pattern
from wrpc.importers.litellm.limits import Limit, clauses, limits
from wrpc.importers.litellm.plans import NAMED, Edge, Plan, Plans
from wrpc.importers.nodes import int_of, line, number_of, place, text_of, texts_of
from wrpc.importers.sketch import (
    Content,
    Names,
    attribute,
    call,
    compare,
    name,
    number,
    path,
    text,
    tokens,
    value,
    word,
)
from wrpc.source import Span
from wrpc.syntax import tree

SIGNAL = "model"
REFUSED = "no model group answers to this name"
NAMELESS = ("config", "proxy_config", "litellm_config", "proxy_server_config", "litellm-config", "proxy-config")
MILLION = 1_000_000
LEAST, MOST = Fraction(1, 10**12), 10**15
# How the router chooses in a group where it does not shuffle, in the words of the language.
SELECTS = {
    "least-busy": "least_busy",
    "latency-based-routing": "latency",
    "cost-based-routing": "least_cost",
    "usage-based-routing": "usage",
    "usage-based-routing-v2": "usage",
    "lar1": "latency_aware",
}
# The APIs that the program speaks to a provider, where the language has a word for it.
APIS = {
    "openai": "openai", "text-completion-openai": "openai", "hosted_vllm": "openai", "openai_like": "openai",
    "custom_openai": "openai", "anthropic": "anthropic", "bedrock": "bedrock", "vertex_ai": "vertex", "azure": "azure",
    "gemini": "gemini",
}  # fmt: skip
# What a route says of a request's patience: the key of a deployment, its unit, and where the router says it.
PATIENCE: Mapping[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "retries": ("num_retries", "", ((ROUTER, "num_retries"), (SETTINGS, "num_retries"))),
    "timeout": ("timeout", "s", ((ROUTER, "timeout"), (SETTINGS, "request_timeout"))),
}
# What a deployment says of its limits, and what of its own stays readable in the policy.
FAILOVER = "enable_weighted_failover"
NUMBERS = ("rpm", "tpm", "itpm", "otpm", "max_parallel_requests", "max_budget", "timeout", "num_retries")
TEXTS = ("budget_duration", "api_version")


@dataclass(slots=True)
class Draft:
    """`pools` are names by the index of their deployment."""

    config: Config
    gateway: Gateway
    names: Names = field(default_factory=Names)
    models: Names = field(default_factory=Names)
    routes: Names = field(default_factory=Names)
    pools: dict[int, str] = field(default_factory=dict)
    declared: dict[tuple[str, int | None, int | None], str] = field(default_factory=dict)
    declarations: list[tree.Declaration] = field(default_factory=list)
    patience: dict[str, tuple[Fraction, Span]] = field(default_factory=dict)
    limits: Mapping[int, tuple[Limit, ...]] = field(default_factory=dict)

    references: dict[tuple[int, Span], tree.Name] = field(default_factory=dict)

    def reference(self, edge: Edge) -> tree.Name:
        """A pool as a fallback names it: the same target stands in the plans of many groups."""
        key = (edge.pool, edge.at)
        if key not in self.references:
            self.references[key] = name(self.pools[edge.pool], line(edge.at))
        return self.references[key]

    @property
    def select(self) -> str | None:
        return SELECTS.get(strategy(self.config) or "")


def policy(config: Config, gateway: Gateway, plans: Plans) -> ImportedPolicy:
    draft = Draft(config, gateway, patience=_outer(config), limits=limits(config, gateway, plans))
    at = line(config.root.span)
    own = _name(config)
    for deployment in gateway.deployments:
        if deployment.alive and not deployment.router:
            _pool(draft, deployment)
    routes = [_exact(draft, names, plan, tiered=bool(plans.patterns)) for plan, names in plans.exact.items()]
    routes += [_pattern(draft, tier, *each) for tier, each in enumerate(plans.patterns, 2)]
    if not any(pattern.prefix == "" for pattern, _ in plans.patterns):
        routes.append(tree.Section(at, "default", None, tuple(_action(draft, plans.rest, at))))
    signal = tree.Signal(at, name(SIGNAL, at), word("string", at), _source(at))
    made = (_header(draft, own, at), signal, *draft.declarations, *routes)
    return ImportedPolicy(own, tree.File(config.source, made))


def _name(config: Config) -> str:
    """The file's own name, or its folder's where the file is called as all are."""
    path_ = PurePath(config.source.name)
    parent = path_.parent.name
    return parent if path_.stem in NAMELESS and parent else path_.stem or "policy"


def _header(draft: Draft, own: str, at: Span) -> tree.Section:
    note = f"Imported from a LiteLLM proxy configuration, as release {draft.config.facts.release} reads it."
    items = (attribute("language", 1, at), attribute("description", note, at))
    return tree.Section(at, "policy", name(Names().give(own, "policy"), at), items)


def _source(at: Span) -> tree.Block:
    return tree.Block(at, (attribute("source", word(SIGNAL, at), at),))


# ── Pools ─────────────────────────────────────────────────────────────────


def _pool(draft: Draft, deployment: Deployment) -> None:
    at = line(deployment.at)
    given = draft.names.give(_called(draft.gateway, deployment), "deployment")
    draft.pools[deployment.index] = given
    items: list[tree.Attribute] = []
    if (model := _model(draft, deployment)) is not None:
        items.append(attribute("model", path(model, at), at))
    # Whoever `*` is at the request, nobody is it here; a guard over the provider hears that it is not declared.
    if deployment.provider is not None and STAR not in (deployment.model or "").partition("/")[0]:
        items.append(attribute("provider", deployment.provider, at))
    if (api := APIS.get(deployment.provider or "")) is not None:
        items.append(attribute("api", word(api, at), at))
    if (endpoint := _endpoint(draft.config, deployment)) is not None:
        items.append(endpoint)
    if (key := variable(deployment.params.get("api_key"))) is not None and not _secret(draft.config, key):
        items.append(attribute("auth", call("env", at, key), place(deployment.params, "api_key")))
    if (region := _region(draft.config, deployment)) is not None and not _secret(draft.config, region):
        items.append(attribute("region", region, at))
    items += _price(deployment, at)
    said = {key for each in draft.limits.get(deployment.index, ()) for key in each.keys}
    labels = {k: v for k, v in _labels(deployment).items() if k not in said}
    open_ = {k: v for k, v in labels.items() if not _secret(draft.config, k, v)}
    items.append(attribute("labels", value(open_, at), at))
    draft.declarations.append(tree.Section(at, "pool", name(given, at), tuple(items)))


def _secret(config: Config, *parts: Content) -> bool:
    """Whether a text holds something that no report shows; a policy does not either."""
    texts = [part for part in parts if isinstance(part, str)]
    return any(source.veiled(t) != t for t in texts for source in {root.span.source for root in config.files})


def _called(gateway: Gateway, deployment: Deployment) -> str:
    """A deployment's id, or its group and, where the group has several, a number."""
    if deployment.id is not None:
        return deployment.id
    place_, among = gateway.places[deployment.index]
    return deployment.group if among == 1 else f"{deployment.group}_{place_}"


def _model(draft: Draft, deployment: Deployment) -> str | None:
    """A declaration for each model that is served, with the context that the file or the release gives it."""
    if deployment.model is None:
        return None
    context, output = sizes(draft.config, deployment)
    key = (deployment.model, context, output)
    if key not in draft.declared:
        at = place(deployment.params, "model")
        given = draft.declared[key] = draft.models.give(deployment.model, "model")
        items = [attribute(k, tokens(v, at), at) for k, v in (("context", context), ("max_output", output)) if v]
        draft.declarations.append(tree.Section(at, "model", name(given, at), tuple(items)))
    return draft.declared[key]


def sizes(config: Config, deployment: Deployment) -> tuple[int | None, int | None]:
    """The tokens that a deployment takes and gives: `model_info`, else the cost map of the release. What is looked at
    before a call is `max_input_tokens` alone: `max_tokens` is the answer's. A `base_model` is looked up for Azure's
    deployments alone, whose names are their owner's."""
    info, known = deployment.info, None
    base = deployment.model
    if deployment.provider == "azure":
        named = text_of(info, "base_model") if info is not None else None
        base = named or text_of(deployment.params, "base_model") or base
    if base is not None:
        known = config.facts.model(base, deployment.provider)
    context = output = None
    if info is not None:
        context = _positive(info, "max_input_tokens")
        output = _positive(info, "max_output_tokens")
    output = output or _positive(deployment.params, "max_output_tokens")
    return context or (known.context if known else None), output or (known.output if known else None)


def _positive(entry: Keys, key: str) -> int | None:
    found = int_of(entry, key)
    return found if found is not None and found > 0 else None


def _endpoint(config: Config, deployment: Deployment) -> tree.Attribute | None:
    """The address, never with the name and the secret that may stand in it."""
    for key in ("api_base", "base_url"):
        node = deployment.params.get(key)
        if node is None:
            continue
        at = place(deployment.params, key)
        if (named := variable(node)) is not None:
            return attribute("endpoint", call("env", at, named), at)
        if isinstance(node, Scalar) and isinstance(node.value, str):
            address = _without_user(node.value)
            return None if _secret(config, address) else attribute("endpoint", address, at)
    return None


def _without_user(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", "")) if parts.netloc else address.partition("?")[0]
    except ValueError:
        return address.partition("?")[0].rpartition("@")[2]


def _region(config: Config, deployment: Deployment) -> str | None:
    own = deployment
    return regions.region(config.facts, own.model, own.provider, own.params, own.info)


def _price(deployment: Deployment, at: Span) -> list[tree.Attribute]:
    found: dict[str, Content] = {}
    for part in (deployment.info, deployment.params):
        for key, called in (("input_cost_per_token", "input"), ("output_cost_per_token", "output")):
            price = number_of(part, key) if part is not None else None
            if price is not None and price >= 0 and _sayable(price * MILLION) is not None:
                found[called] = number(price * MILLION, at, "USD/Mtok")
    return [attribute("price", value(found, at), at)] if found else []


def _labels(deployment: Deployment) -> dict[str, Content]:
    labels: dict[str, Content] = {"group": deployment.group}
    if (order := _sayable(deployment.order)) is not None:
        labels["order"] = order
    for key in NUMBERS:
        found = number_of(deployment.params, key)
        if found is None and key in METRICS:
            found = deployment.metrics[METRICS.index(key)]
        if (found := _sayable(found)) is not None:
            labels[key] = found
    for key in TEXTS:
        if (said := text_of(deployment.params, key)) is not None and not said.startswith("os.environ/"):
            labels[key] = said
    for tag in texts_of(deployment.params, "tags"):
        labels[f"tag {' '.join(tag.split())}"] = "true"
    if deployment.info is not None:
        for key in ("mode", "team_id"):
            if (said := text_of(deployment.info, key)) is not None:
                labels[key] = said
    return labels


# ── Routes ────────────────────────────────────────────────────────────────


def _exact(draft: Draft, names: Sequence[str], plan: Plan, *, tiered: bool) -> tree.Section:
    at = _where(draft, names[0], plan)
    items: list[tree.Item] = [attribute("tier", 1, at)] if tiered else []
    items.append(tree.When(at, _named(names, at)))
    given = draft.routes.give(names[0], "route")
    return tree.Section(at, "route", name(given, at), (*items, *_action(draft, plan, at)))


def _named(names: Sequence[str], at: Span) -> tree.Expr:
    signal = path(SIGNAL, at)
    if len(names) == 1:
        return compare(signal, "==", text(names[0], at), at)
    return tree.In(at, signal, tree.Listing(at, tuple(text(n, at) for n in names)), negated=False)


def _where(draft: Draft, own: str, plan: Plan) -> Span:
    """Where a name is given: as a group's, an alias's, or by the first deployment that answers to it."""
    if own in draft.gateway.first:
        return line(draft.gateway.first[own].at)
    aliases = draft.config.setting("model_group_alias", ROUTER)
    if aliases is not None and isinstance(aliases.value, Keys) and own in aliases.value:
        return line(aliases.value.key(own))
    if plan.shares:
        return line(draft.gateway.by_index[plan.shares[0][0]].at)
    return line(draft.config.root.span)


def _pattern(draft: Draft, tier: int, pattern: Pattern, plan: Plan) -> tree.Section:
    at = _where(draft, pattern.text, plan)
    items: list[tree.Item] = [attribute("tier", tier, at)]
    if pattern.prefix:
        prefix = tree.Call(at, name("prefix", at), (
            tree.Argument(at, None, path(SIGNAL, at)), tree.Argument(at, None, text(pattern.prefix, at)),
        ))  # fmt: skip
        items.append(tree.When(at, prefix))
    given = draft.routes.give(pattern.text, "wildcard")
    return tree.Section(at, "route", name(given, at), (*items, *_action(draft, plan, at)))


def _action(draft: Draft, plan: Plan, at: Span) -> list[tree.Item]:
    if plan.refused:
        return [tree.Deny(at, text(REFUSED, at), None)]
    items: list[tree.Item] = [_to(draft, plan, at)]
    patience = _patience(draft, plan)
    if len(plan.shares) > 1 and _goes_on(draft.config, patience):
        items.append(tree.Fallback(at, (), tuple(name(cause, at) for cause in NAMED["general"]), name("others", at)))
    edges = list(plan.edges)
    while edges:
        run = [e for e in edges if e.causes == edges[0].causes]
        run = run[: next((i for i, (e, f) in enumerate(zip(run, edges, strict=False)) if e is not f), len(run))]
        edges = edges[len(run) :]
        items.append(_fallback(draft, run))
    if draft.select is not None and len(plan.shares) > 1:
        items.append(attribute("select", word(draft.select, at), at))
    of = draft.limits.get(plan.shares[0][0], ())
    return [*items, *clauses(plan, of, line(draft.gateway.by_index[plan.shares[0][0]].at), draft.pools), *patience]


def _goes_on(config: Config, patience: Sequence[tree.Item]) -> bool:
    """Whether a request whose deployment fails is sent to another one of the group: a retry chooses anew, and who fails
    rests. The router retries by itself unless it is told not to. What a provider refuses is not tried again."""
    pair = config.setting(FAILOVER, ROUTER)
    if pair is not None and isinstance(pair.value, Scalar) and pair.value.value is True:
        return True
    told = [p.value for p in patience if isinstance(p, tree.Attribute) and p.name.text == "retries"]
    return all(isinstance(number_, tree.Number) and number_.value > 0 for number_ in told)


def _to(draft: Draft, plan: Plan, at: Span) -> tree.To:
    weights = [weight for _, weight in plan.shares]
    weighed = draft.select is None and len(set(weights)) > 1
    scale = max(weights) if any(_sayable(weight) is None for weight in weights) else Fraction(1)
    made: list[tree.Destination] = []
    for pool, weight in plan.shares:
        where = line(draft.gateway.by_index[pool].at)
        share = number(_scaled(weight, scale), where) if weighed else None
        made.append(tree.Destination(where, name(draft.pools[pool], where), share))
    return tree.To(at, tuple(made))


def _scaled(weight: Fraction, most: Fraction) -> Fraction:
    return weight if most == 1 else (weight / most).limit_denominator(10**6)


def _fallback(draft: Draft, edges: Sequence[Edge]) -> tree.Fallback:
    at = line(edges[0].at)
    pools = tuple(draft.reference(edge) for edge in edges)
    return tree.Fallback(at, pools, tuple(name(cause, at) for cause in edges[0].causes))


def _patience(draft: Draft, plan: Plan) -> list[tree.Item]:
    """Retries and the timeout: the deployments' own where they agree, else the router's. A timeout of 0 is none."""
    params = [draft.gateway.by_index[pool].params for pool, _ in plan.shares]
    found: list[tree.Item] = []
    for called, (own, unit, _) in PATIENCE.items():
        values = {number_of(each, own) for each in params}
        given = _sayable(values.pop()) if len(values) == 1 else None
        at = place(params[0], own)
        if given is None and called in draft.patience:
            given, at = draft.patience[called]
        if given is not None and (given.denominator == 1 and given >= 0 if called == "retries" else given > 0):
            found.append(attribute(called, number(given, at, unit), at))
    return found


def _outer(config: Config) -> dict[str, tuple[Fraction, Span]]:
    """What the router says of retries and timeouts, for deployments that say nothing."""
    found: dict[str, tuple[Fraction, Span]] = {}
    for called, (_, _, places) in PATIENCE.items():
        for section, key in places:
            pair = config.setting(key, section)
            if called not in found and pair is not None and (given := _sayable(_number(pair.value))) is not None:
                found[called] = given, line(pair.value.span)
    return found


def _sayable(value_: Fraction | None) -> Fraction | None:
    """A number that a policy can print."""
    return value_ if value_ is not None and (value_ == 0 or LEAST <= abs(value_) < MOST) else None


def _number(node: Node) -> Fraction | None:
    value_ = node.value if isinstance(node, Scalar) else None
    return None if isinstance(value_, bool) or not isinstance(value_, int | Fraction) else Fraction(value_)
