"""Tags of deployments: whether anything filters by them, and whom one tag of a request reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from wrpc.diagnostics import Related
from wrpc.importers.document import Keys
from wrpc.importers.litellm import codes, regions
from wrpc.importers.litellm.config import ROUTER, Config, Effect
from wrpc.importers.litellm.deployments import Deployment
from wrpc.importers.nodes import bool_of, items_of, place, texts_of

FLAG, ANY, PREFIX = "enable_tag_filtering", "tag_filtering_match_any", "tag_routing_prefix"
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class _Tagged:
    deployment: Deployment
    tags: frozenset[str]
    region: str | None
    anywhere: bool

    @classmethod
    def of(cls, config: Config, own: Deployment) -> _Tagged:
        tags = frozenset(texts_of(own.params, "tags")) - {DEFAULT}
        region = regions.region(config.facts, own.model, own.provider, own.params, own.info)
        return cls(own, tags, region, regions.anywhere(config.facts, own.model, own.provider, own.params))


def read(config: Config, deployments: Sequence[Deployment]) -> None:
    router = config.section(ROUTER)
    wide = router is not None and bool_of(router, FLAG) is True
    groups: dict[str, list[Deployment]] = {}
    for deployment in deployments:
        groups.setdefault(deployment.group, []).append(deployment)
    filtered = {group for group, own in groups.items() if wide or any(_asks(config, d) for d in own)}
    for group, own in groups.items():
        if group in filtered:
            _shared(config, router, group, own)
        else:
            _unfiltered(config, own)
    _alone(config, router, groups, filtered, wide=wide)


def _asks(config: Config, deployment: Deployment) -> bool:
    if FLAG not in config.facts.known("model_info"):
        return False
    return deployment.info is not None and bool_of(deployment.info, FLAG) is True


def _tagged(deployment: Deployment) -> bool:
    return bool(items_of(deployment.params, "tags") or items_of(deployment.params, "tag_regex"))


def _unfiltered(config: Config, own: Sequence[Deployment]) -> None:
    """Tags also stand in the records of what is spent, so that those of a group that has one choice may be meant so."""
    choice = len({frozenset(texts_of(d.params, "tags")) for d in own}) > 1 and config.open is None
    effect: Effect = "ignored" if choice else "note"
    for deployment in own:
        if texts_of(deployment.params, "tags"):
            message = (
                f"`tags` filter nothing without `{FLAG}: true` in `router_settings`: they are counted, and no more"
            )
            at = deployment.params.key("tags")
            config.say(codes.WITHOUT_EFFECT, message, at, effect, one="tags")


def _shared(config: Config, router: Keys | None, group: str, own: Sequence[Deployment]) -> None:
    """Two deployments in different regions that one tag of a request reaches."""
    if router is not None and bool_of(router, ANY) is False:
        return
    tagged = [_Tagged.of(config, d) for d in own if d.alive and texts_of(d.params, "tags")]
    # What has the same tags in the same region is the same to every request.
    different = {(each.tags, each.region): each for each in reversed(tagged)}.values()
    for one, other in combinations(sorted(different, key=lambda each: each.deployment.index), 2):
        first, second, here, there = one.tags, other.tags, one.region, other.region
        if not first & second or first == second or here is None or here == there:
            continue
        if there is None and not other.anywhere:
            continue
        tag = min(first & second)
        own_tag = min((first - second) or (second - first))
        message = (
            f"one tag of a request is enough: `{own_tag}` with `{tag}` reaches both deployments of `{group}`, "
            f"in {here} and {there or 'anywhere'}"
        )
        help_ = f"`{ANY}: false` asks for every tag of the request"
        related = [Related(place(one.deployment.params, "tags"), "has it too")]
        at = place(other.deployment.params, "tags")
        config.say(codes.SHARED_TAGS, message, at, "otherwise", help=help_, related=related, one=f"{group} {tag}")


def _alone(
    config: Config, router: Keys | None, groups: dict[str, list[Deployment]], filtered: set[str], *, wide: bool
) -> None:
    for key in (ANY, PREFIX):
        if router is not None and router.get(key) is not None and not filtered and config.open is None:
            message = f"`{key}` has an effect only with `{FLAG}: true`, which is missing"
            config.say(codes.WITHOUT_EFFECT, message, router.key(key), "ignored")
    every = [d for own in groups.values() for d in own]
    if wide and router is not None and every and config.open is None and not any(_tagged(d) for d in every):
        message = f"no deployment has `tags`, so that `{FLAG}` refuses every request that has some"
        config.say(codes.WITHOUT_EFFECT, message, router.key(FLAG), "otherwise")
