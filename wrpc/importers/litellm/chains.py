"""The lists of fallbacks: which shape each entry has, which of several counts, and where a lookup of a name ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from wrpc.diagnostics import Fix, Related
from wrpc.importers import edits
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null, kind
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import ROUTER, SETTINGS, Config, Effect
from wrpc.importers.nodes import line
from wrpc.source import Span

Kind = Literal["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"]
KINDS: tuple[Kind, ...] = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
DEFAULT = "default_fallbacks"
ANY = "*"
SHAPE = "an entry is one group and its list: `- chat: [spare]`"


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    at: Span = field(repr=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """What is tried after `group` fails, in this order."""

    group: str
    targets: tuple[Target, ...]
    at: Span = field(repr=False)


@dataclass(slots=True)
class Chains:
    """The lists of one kind. An exact name has its first list; a name that differs by the provider before it, and `*`,
    have the last (router_utils/fallback_event_handlers.py, `get_fallback_model_group`)."""

    first: dict[str, Chain] = field(default_factory=dict)
    last: dict[str, Chain] = field(default_factory=dict)
    ends: set[str] = field(default_factory=set)
    given: bool = False

    def add(self, chain: Chain) -> None:
        self.given = True
        self.first.setdefault(chain.group, chain)
        self.last[chain.group] = chain
        self.ends.add(chain.group.rpartition("/")[2])

    def all(self) -> Iterator[Chain]:
        yield from self.first.values()

    @property
    def generic(self) -> Chain | None:
        return self.last.get(ANY)


def read(config: Config) -> dict[Kind, Chains]:
    """Every kind of list, from the section that counts."""
    found: dict[Kind, Chains] = {}
    for key in KINDS:
        found[key] = Chains()
        if (pair := _counting(config, key)) is not None:
            _lists(config, pair, key, found[key])
    if (pair := _counting(config, DEFAULT)) is not None:
        targets = _targets(config, pair.value, DEFAULT)
        found["fallbacks"].add(Chain(ANY, targets, pair.key.span))
    return found


def _counting(config: Config, key: str) -> Pair | None:
    """The setting that counts: the router's own unless it is empty. Another one beside it is reported."""
    pairs = [p for name in (ROUTER, SETTINGS) if (p := config.setting(key, name)) is not None and not _empty(p.value)]
    if len(pairs) > 1:
        message = f"`{key}` is in `{ROUTER}` too, so {config.program} ignores it here"
        related = [Related(pairs[0].key.span, "this one counts")]
        config.say(codes.SETTING_TWICE, message, pairs[1].key.span, "ignored", related=related)
    return pairs[0] if pairs else None


def _empty(node: Node) -> bool:
    return (isinstance(node, Items) and not node.items) or (isinstance(node, Keys) and not node.pairs)


def _lists(config: Config, pair: Pair, key: Kind, chains: Chains) -> None:
    lax = key == "context_window_fallbacks"  # the one list that the start does not look at
    if not isinstance(pair.value, Items):
        message = f"`{key}` is {kind(pair.value)}, where a list is expected"
        _shape(config, message, pair.value, "otherwise" if lax else "stops")
        chains.given = True
        return
    for entry in pair.value.items:
        if not isinstance(entry, Keys):
            message = f"an entry of `{key}` is {kind(entry)}, where a mapping of a group to a list is expected"
            _shape(config, message, entry, "otherwise" if lax else "stops", one=f"{key} is a list of {kind(entry)}")
            continue
        if (named := _named(entry)) is not None:
            chains.given = True
            _keyed(config, key, entry, *named, lax=lax)
            continue
        if len(entry.pairs) != 1:
            message = f"an entry of `{key}` has {len(entry.pairs)} keys, where one group is expected"
            words = any(word in entry for word in _GROUP)
            one = f"{key} in words" if words else None
            _shape(config, message, entry, "otherwise" if lax else "stops", help=_meant(entry), one=one)
            if not lax or not entry.pairs or words:
                chains.given = True
                continue
        group = next(iter(entry))
        own = entry.pairs[group]
        chains.given = True
        if is_null(own.value):
            message = f"the fallbacks of `{group}` are empty, as if they were not there"
            config.say(codes.FALLBACK_SHAPE, message, own.key.span, "otherwise", help=SHAPE)
            continue
        chain = Chain(group, _targets(config, own.value, group), own.key.span)
        if group in chains.first:
            message = f"`{group}` has a list of `{key}` already, so this one is never looked at"
            related = [Related(chains.first[group].at, "this one counts")]
            if group != ANY:
                config.say(codes.SECOND_CHAIN, message, own.key.span, "ignored", related=related)
        chains.add(chain)


# Keys of an entry that says in words of its own what the group and its list are.
_GROUP = ("model_name", "model", "source", "primary", "primary_model")
_LIST = ("fallbacks", "fallback", "fallback_model", "fallback_models", "fallback_to", "targets", "backup", "backups")


def _named(entry: Keys) -> tuple[Scalar, tuple[Scalar, ...]] | None:
    """The group and its list, of an entry with two keys that call them so."""
    group = next((entry[key] for key in _GROUP if key in entry), None)
    given = next((entry[key] for key in _LIST if key in entry), None)
    items = given.items if isinstance(given, Items) else (given,)
    names = tuple(each for each in items if isinstance(each, Scalar) and isinstance(each.value, str))
    if len(entry.pairs) != 2 or not isinstance(group, Scalar) or len(names) != len(items) or not names:
        return None
    return group, names


def _keyed(config: Config, key: Kind, entry: Keys, group: Scalar, names: tuple[Scalar, ...], *, lax: bool) -> None:
    """Such an entry as one finding; its repair says the same in the shape that works."""
    listed = ", ".join(name.span.text for name in names)
    end = "looks for a group with the name of each key" if lax else "does not start"
    message = f"an entry of `{key}` has 2 keys, where one group is expected; {config.program} {end}"
    written = f"{group.span.text}: [{listed}]"
    text = written if "\n" in entry.span.text or entry.span.text[:1] != "{" else f"{{{written}}}"
    plain = all("\n" not in each.span.text and each.span.text[:1] not in "&*!|>" for each in (group, *names))
    clean = plain and "#" not in entry.span.text
    fix = Fix(entry.span, text, f"write `{written}`", safe=clean) if clean else None
    effect: Effect = "otherwise" if lax else "stops"
    config.say(codes.FALLBACK_SHAPE, message, line(entry.span), effect, help=f"write `- {written}`", fixes=[fix])


def _meant(entry: Keys) -> str:
    group = next((entry[key] for key in _GROUP if key in entry), None)
    said = f"`- {group.text}: [...]`" if isinstance(group, Scalar) else "`- group: [...]`"
    return f"write {said}, one group an entry"


def _shape(
    config: Config, message: str, node: Node, effect: Effect, *, help: str = SHAPE, one: str | None = None
) -> None:
    ends = {"stops": "does not start", "otherwise": "falls back to nothing"}
    said = f"{message}; {config.program} {ends.get(effect, 'ignores it')}"
    config.say(codes.FALLBACK_SHAPE, said, line(node.span), effect, help=help, one=one)


def _targets(config: Config, node: Node, group: str) -> tuple[Target, ...]:
    what = f"the fallbacks of `{group}` are" if group != DEFAULT else f"`{DEFAULT}` is"
    if isinstance(node, Items):
        return tuple(target for item in node.items if (target := _target(config, item, group)) is not None)
    if is_null(node):
        return ()
    if isinstance(node, Scalar) and isinstance(node.value, str):
        fix = edits.wrap(node, f"put `{node.value}` into a list")
        message = f"{what} the bare word `{node.value}`, which is taken letter by letter"
        config.say(
            codes.FALLBACK_SHAPE, f"{message} by {config.program}", node.span, "otherwise", help=SHAPE, fixes=[fix]
        )
        return ()
    _shape(config, f"{what} {kind(node)}, where a list of groups is expected", node, "otherwise")
    return ()


def _target(config: Config, item: Node, group: str) -> Target | None:
    if isinstance(item, Keys) and isinstance(model := item.get("model"), Scalar) and isinstance(model.value, str):
        return Target(model.value, model.span)
    if isinstance(item, Scalar) and isinstance(item.value, str):
        return Target(item.value, item.span)
    _shape(config, f"a fallback of `{group}` is {kind(item)}, where the name of a group is expected", item, "otherwise")
    return None
