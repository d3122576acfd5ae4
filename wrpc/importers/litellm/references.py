"""What the names of a configuration lead to: fallbacks without a group, circles, hidden and starved groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wrpc.analysis.pools.repeated_pool import CODE as CIRCLE
from wrpc.diagnostics import Related, did_you_mean, finding, listing, nearest
from wrpc.importers import codes as shared
from wrpc.importers.document import Items, Keys, Scalar
from wrpc.importers.litellm import aliases, auto_router, codes
from wrpc.importers.litellm.chains import ANY, Chain, Kind
from wrpc.importers.litellm.config import ROUTER, Config, Effect, strategy
from wrpc.importers.litellm.deployments import METRICS, Deployment
from wrpc.importers.litellm.entries import models_of_routing_groups
from wrpc.importers.litellm.gateway import STAR, Gateway
from wrpc.importers.nodes import line, place
from wrpc.source import Span


def read(config: Config, gateway: Gateway) -> None:
    _aliases(config, gateway)
    circles: list[Circle] = []
    for kind, chains in gateway.chains.items():
        for chain in chains.all():
            _source(config, gateway, chain)
            _targets(config, gateway, chain)
        circles += _circles(kind, chains.all())
    _circle(config, circles)
    _picked(config, gateway)
    _starved(config, gateway)
    _groups(config, gateway)
    _infix(config, gateway)


def _known(gateway: Gateway) -> Iterable[str]:
    return (*gateway.groups, *gateway.aliases)


# ── Aliases ───────────────────────────────────────────────────────────────


def _aliases(config: Config, gateway: Gateway) -> None:
    pair = config.setting(aliases.KEY, ROUTER)
    section = pair.value if pair is not None else None
    if not isinstance(section, Keys):
        return
    for name, target in gateway.aliases.items():
        at = section.key(name)
        if name in gateway.groups and target != name:
            message = f"the alias `{name}` hides the group `{name}`; requests for it go to `{target}`"
            related = [Related(gateway.first[name].at, "the group")]
            config.say(codes.HIDDEN_GROUP, message, at, "otherwise", related=related)
        leads = target in gateway.groups or target in gateway.texts or gateway.matched(target) is not None
        if not leads:
            ends = "an alias leads to a group, not to another alias" if target in gateway.aliases else None
            message = f"the alias `{name}` leads to `{target}`, which is not a group"
            at = line(section[name].span)
            _dangling(config, message, at, ends or did_you_mean(target, gateway.groups), target)
        elif target != name:
            _without_fallbacks(config, gateway, name, target, at)


def _without_fallbacks(config: Config, gateway: Gateway, name: str, target: str, at: Span) -> None:
    missing: dict[str, Chain] = {}
    for kind in gateway.chains:
        theirs, own = gateway.chain(kind, (target,)), gateway.chain(kind, (name,))
        if theirs is not None and theirs.group != ANY and theirs.targets and (own is None or own.group == ANY):
            missing[kind] = theirs
    if missing:
        kinds = listing(list(missing), "and")
        message = f"the {kinds} of `{target}` do not hold for requests by its alias `{name}`"
        related = [Related(chain.at, f"of `{target}` alone") for chain in missing.values()]
        config.say(codes.ALIAS_WITHOUT_FALLBACKS, message, at, "otherwise", related=related)


def _dangling(config: Config, message: str, at: Span, hint: str | None, one: str) -> None:
    if config.open is not None:
        config.say(shared.DANGLING, f"{message} of this file, and may come from {config.open}", at, "note", one=one)
    else:
        config.say(shared.DANGLING, f"{message} of this file", at, "fails", help=hint, one=one)


# ── Fallbacks ─────────────────────────────────────────────────────────────


def _source(config: Config, gateway: Gateway, chain: Chain) -> None:
    group = chain.group
    if group == ANY or _asked(gateway, group):
        if group != ANY and STAR in group and group in gateway.groups:
            message = f"fallbacks are looked up by the name of the request, which is never `{group}` itself"
            advice = f"name the models, or use `{ANY}` for every group without fallbacks of its own"
            config.say(codes.FALLBACK_OF_NOTHING, message, chain.at, "ignored", help=advice)
        return
    message = f"`{group}` has fallbacks and is not a group"
    if config.open is not None:
        said = f"{message} of this file; it may come from {config.open}"
        config.say(codes.FALLBACK_OF_NOTHING, said, chain.at, "note", one=group)
        return
    hint = did_you_mean(group, _known(gateway))
    if gateway.patterns:
        said = f"{message} of this file; beside a wildcard group, requests for that name go straight to them"
        effect: Effect = "otherwise" if nearest(group, _known(gateway)) else "note"
        config.say(codes.FALLBACK_OF_NOTHING, said, chain.at, effect, help=hint, one=group)
        return
    config.say(codes.FALLBACK_OF_NOTHING, f"{message} of this file", chain.at, "ignored", help=hint, one=group)


def _asked(gateway: Gateway, source: str) -> bool:
    """Some request that the gateway takes looks up this name."""
    if gateway.known(source) or source in gateway.recognised:
        return True
    head, slash, bare = source.partition("/")
    if slash and gateway.known(bare) and gateway.facts.provider(bare) == head:
        return True
    names = (n.partition("/") for n in (*gateway.groups, *gateway.aliases, *gateway.texts))
    if any(rest == source and prefix in gateway.facts.providers for prefix, _, rest in names):
        return True
    # `openai/gpt-x` of `openai/*` has the fallbacks of `gpt-x`, which the release has to know to be meant.
    heads = {p.prefix.partition("/")[0] for p in gateway.patterns if p.prefix and "/" in p.prefix}
    return gateway.facts.provider(source) in heads


def _targets(config: Config, gateway: Gateway, chain: Chain) -> None:
    for target in chain.targets:
        if target.name == chain.group:
            message = f"`{target.name}` is its own fallback, which is passed over"
            config.report.add(finding(CIRCLE, message, target.at, severity="warning"))
        elif not gateway.known(target.name):
            what = "a default fallback" if chain.group == ANY else f"a fallback of `{chain.group}`"
            message = f"`{target.name}`, {what}, is not a group"
            _dangling(config, message, target.at, did_you_mean(target.name, _known(gateway)), target.name)


Circle = tuple[str, Span]


def _circle(config: Config, circles: Sequence[Circle]) -> None:
    """One note a file: each target is tried once, so that fallbacks to each other are ordinary practice."""
    if circles:
        message, at = circles[0]
        related = [Related(each, "and here") for _, each in circles[1:]]
        said = f"{message}; each is tried once"
        config.report.add(finding(CIRCLE, said, at, severity="info", related=related))


def _circles(kind: Kind, chains: Iterable[Chain]) -> Iterator[Circle]:
    """Each circle once, at the list that closes it."""
    edges = {c.group: {t.name: t for t in c.targets if t.name != c.group} for c in chains if c.group != ANY}
    done: set[str] = set()
    for start, targets in edges.items():
        if start in done:
            continue
        path = {start: None}
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(targets))]
        while stack:
            here, left = stack[-1]
            for name in left:
                if name in path:
                    names = list(path)
                    circle = [*names[names.index(name) :], name]
                    message = f"the `{kind}` go in a circle: {' → '.join(f'`{n}`' for n in _short(circle))}"
                    yield message, edges[here][name].at
                elif name in edges and name not in done:
                    path[name] = None
                    stack.append((name, iter(edges[name])))
                    break
            else:
                done.add(here)
                path.popitem()
                stack.pop()


def _short(circle: list[str]) -> list[str]:
    return circle if len(circle) <= 6 else [*circle[:4], "…", circle[-1]]


# ── Deployments ───────────────────────────────────────────────────────────


def _starved(config: Config, gateway: Gateway) -> None:
    """Deployments without a weight, or an order, beside others that have one."""
    shuffled = config.shuffled
    for deployment in gateway.deployments if not shuffled else ():
        if deployment.params.get("weight") is not None and len(gateway.groups[deployment.group]) > 1:
            message = f"`weight` counts for nothing: `{strategy(config)}` measures the deployments"
            config.say(codes.IGNORED_WEIGHT, message, deployment.params.key("weight"), "otherwise")
    for group, deployments in gateway.groups.items():
        if group in gateway.picked:
            continue
        orders = {d.order for d in deployments}
        for deployment in deployments:
            if deployment.order is None and len(orders) > 1:
                message = f"this deployment of `{group}` has no `order` beside others that do, and gets no traffic"
                config.say(codes.STARVED_DEPLOYMENT, message, deployment.at, "otherwise")
        for order in orders:
            level = [d for d in deployments if d.order == order]
            if shuffled and len(level) > 1 and all(d.metrics[0] == 0 for d in level):
                message = f"every `weight` of `{group}` is 0, so the deployments share evenly"
                config.say(shared.OUT_OF_RANGE, message, place(level[0].params, "weight"), "otherwise")
            column = next((i for i in range(3) if any((d.metrics[i] or 0) > 0 for d in level)), None)
            if column is None or not shuffled or (order is None and len(orders) > 1):
                continue
            if gateway.first_decides and level[0].metrics[column] is None:
                _unread(config, group, level, column)
                continue
            metric = ("weight", "rpm", "tpm")[column]
            for deployment, share in zip(level, gateway.shares(level), strict=True):
                if share <= 0 and deployment.metrics[column] is None and deployment.params.get(metric) is None:
                    message = (
                        f"this deployment of `{group}` has no `{metric}` beside others that do, and gets no traffic"
                    )
                    others = [d.at for d in level if d.metrics[column] is not None]
                    related = [Related(others[0], f"has a `{metric}`")]
                    config.say(codes.STARVED_DEPLOYMENT, message, deployment.at, "otherwise", related=related)


def _unread(config: Config, group: str, level: Sequence[Deployment], column: int) -> None:
    """A metric that the first deployment lacks, in a release that asks only the first."""
    key = METRICS[column]
    at = next(d for d in level if d.metrics[column] is not None)
    if column:  # what a deployment takes is no weight that somebody meant
        return
    message = f"no `{key}` of `{group}` counts: {config.program} asks the first deployment alone, which has none"
    related = [Related(level[0].at, "the first one")]
    config.say(codes.IGNORED_WEIGHT, message, place(at.params, key), "otherwise", related=related)


def _picked(config: Config, gateway: Gateway) -> None:
    """The groups that a router picks from."""
    for deployment in gateway.deployments:
        if not deployment.router or deployment.model is None or not deployment.alive:
            continue
        for choice in auto_router.choices(deployment.model, deployment.params):
            if not gateway.known(choice.name):
                message = f"`{choice.name}`, which `{deployment.group}` picks, is not a group"
                _dangling(config, message, line(choice.at), did_you_mean(choice.name, _known(gateway)), choice.name)


def _infix(config: Config, gateway: Gateway) -> None:
    for pattern in gateway.patterns:
        if pattern.prefix is None:
            at = gateway.first[pattern.text].at
            why = "a policy can say how a name begins, not how it goes on"
            config.report.omit(f"the wildcard group `{pattern.text}`", at, why=why)


def _groups(config: Config, gateway: Gateway) -> None:
    """Groups with a policy, a flag or a strategy of their own."""
    if config.open is not None:
        return
    flags = config.facts.words["model_group_affinity"]
    for key, called in (("model_group_retry_policy", "a retry policy"), ("model_group_affinity_config", "an affinity")):
        pair = config.setting(key, ROUTER)
        for name, entry in pair.value.pairs.items() if pair is not None and isinstance(pair.value, Keys) else ():
            if name not in gateway.groups:
                message = f"`{name}` has {called} and is not a group of this file"
                hint = did_you_mean(name, gateway.groups)
                config.say(shared.DANGLING, message, entry.key.span, "ignored", help=hint, one=name)
            for flag in entry.value.items if isinstance(entry.value, Items) and key.endswith("affinity_config") else ():
                if isinstance(flag, Scalar) and flag.text not in flags:
                    message = f"`{flag.text}` is not an affinity that {config.program} knows, so it is ignored"
                    config.say(shared.UNKNOWN_WORD, message, flag.span, "ignored", help=did_you_mean(flag.text, flags))
    for model in models_of_routing_groups(config):
        if model.text not in gateway.groups:
            message = f"`{model.text}` stands in a routing group and is not a group of this file"
            hint = did_you_mean(model.text, gateway.groups)
            config.say(shared.DANGLING, message, model.span, "ignored", help=hint, one=model.text)
