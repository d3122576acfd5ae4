"""The keys of each section: unknown ones, and those of another section."""

from __future__ import annotations

from dataclasses import replace

from wrpc.diagnostics import listing
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Keys, Node, Pair, Scalar, is_null
from wrpc.importers.faults import Report, unknown_key
from wrpc.importers.litellm import aliases, caching, chains, codes, settings
from wrpc.importers.litellm.chains import DEFAULT, KINDS
from wrpc.importers.litellm.config import GENERAL, ROUTER, SETTINGS, TOP, Config, variable
from wrpc.importers.litellm.types import expected, fits
from wrpc.importers.litellm.values import known_value, value, within
from wrpc.importers.nodes import keys_of

SECTIONS = (ROUTER, SETTINGS, GENERAL)
# Read elsewhere, with findings of their own.
ELSEWHERE = frozenset(
    (
        "model_group_alias", "fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks",
        "master_key",
    )
)  # fmt: skip


def read(config: Config) -> None:
    for root in config.files:
        _top(config, root)
        for name in SECTIONS:
            section = root.get(name)
            if isinstance(section, Keys):
                _section(config, root, name, section)


def _top(config: Config, root: Keys) -> None:
    known = config.facts.known(TOP)
    for key, pair in root.pairs.items():
        if not isinstance(pair.key.value, str):
            continue
        if key in known:
            value(config, TOP, key, pair)
        elif not _anchors(key, pair.value):
            _unknown(config, root, TOP, root, key, pair)


def _anchors(key: str, node: Node) -> bool:
    """A place for what aliases repeat: `x-…`, or a value with an anchor of its own."""
    return key.startswith(("x-", "_", ".")) or node.span.source.text[node.span.start : node.span.start + 1] == "&"


def _section(config: Config, root: Keys, name: str, section: Keys) -> None:
    known = config.facts.known(name)
    for key, pair in section.pairs.items():
        if not isinstance(pair.key.value, str):
            continue  # reported as a key without a name, which stops the start
        if name == ROUTER and key in config.facts.refused and not is_null(pair.value):
            message = f"`{key}` cannot be given in a file: {config.program} does not start"
            config.say(shared.WRONG_TYPE, message, pair.key.span, "stops")
            continue
        if key not in known or (name == ROUTER and key in config.facts.router_stops):
            _unknown(config, root, name, section, key, pair)
            continue
        if key not in ELSEWHERE:
            value(config, name, key, pair)
        within(config, name, key, pair)
        if (name, key) == (ROUTER, "routing_strategy") and is_null(pair.value):
            message = f"`{key}` is empty; {config.program} starts and refuses every request"
            config.say(shared.WRONG_TYPE, message, pair.key.span, "fails")


def _unknown(config: Config, root: Keys, name: str, owner: Keys, key: str, pair: Pair) -> None:
    """A key that the section does not have: another section's, or nobody's."""
    where = f"of `{name}`" if name else "at the top of the file"
    if name == ROUTER and key in config.facts.router_stops:
        _stopping(config, root, owner, key, pair)
        return
    if key in config.facts.inert:
        message = f"`{key}` has no effect: nothing in {config.program} reads it"
        config.say(shared.UNKNOWN_KEY, message, pair.key.span, "ignored")
        return
    homes = [h for h in config.facts.home(key) if h != name and h in (*SECTIONS, TOP)]
    if homes and (meant := _elsewhere(config, homes[0], key, pair)) is not None:
        message = f"`{key}` is not a key {where}, so {config.program} ignores it"
        config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored", help=meant)
        return
    if homes:
        to = homes[0]
        place = f"in `{to}`" if to else "at the top of the file"
        target = root.get(to) if to else root
        taken = isinstance(target, Keys) and key in target
        message = f"`{key}` is not a key {where}, so {config.program} ignores it; it belongs {place}"
        if taken:
            message += ", which has one of its own"
        # What the top of the file has as well is of another shape there.
        sure = to and not taken and TOP not in homes
        live = _awakens(to, key, pair)
        safe = _holds(config, root, to, key, pair) and config.setting(key, *homes) is None and not live
        safe = safe and not _begins(to, key)
        fix = edits.move(root, pair, owner, to, f"move `{key}` into `{to}`", safe=safe) if sure else None
        named = [home for home in homes if home]
        several = f"{listing(named, 'and')} have it" if len(named) > 1 else None
        if live:
            several = "; ".join(filter(None, (several, "there it holds: what goes beyond it is refused from then on")))
        config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored", help=several, fixes=[fix])
        return
    known = config.facts.known(name)
    message = f"`{key}` is not a key {where} that {config.program} knows, so it is ignored"
    config.report.add(unknown_key(key, pair, known, message, severity="warning"))


# Words of a cap: where one is ignored today, a move would begin to refuse.
_CAPS = ("budget", "_limit", "max_parallel", "rpm", "tpm", "max_request", "max_response", "upperbound", "allowed_ips")


def _begins(to: str, key: str) -> bool:
    """What would make the router look for another program."""
    return to == ROUTER and key.startswith("redis_")


def _awakens(to: str, key: str, pair: Pair) -> bool:
    """A cap that nobody has felt yet."""
    return bool(to) and any(word in key for word in _CAPS) and not is_null(pair.value)


def _elsewhere(config: Config, to: str, key: str, pair: Pair) -> str | None:
    """What to write instead of a value that its section would not take, where that is known; it is not moved."""
    if key == "cache" and isinstance(pair.value, Keys):
        return "a cache is `cache: true` in `litellm_settings`, with its parameters in `cache_params` beside it"
    if key == "model_group_settings" and isinstance(pair.value, Keys):
        known = config.facts.known(key)
        if not all(each in known for each in pair.value):
            return "limits of a group are `rpm` and `tpm` in the `litellm_params` of its deployments"
    type_ = config.facts.taken(to, key)
    fine = key in ELSEWHERE or fits(type_, pair.value)
    if fine or _unwrapped(type_, pair.value) or is_null(pair.value):
        return None
    section = f"`{to}`" if to else "the top of the file"
    return f"{section} has a key of this name, which takes {expected(type_)}"


def _unwrapped(type_: str, node: Node) -> bool:
    """A bare value that belongs into a list, which is repaired where it goes."""
    return isinstance(node, Scalar) and type_ in ("list", "[text]")


def _holds(config: Config, root: Keys, to: str, key: str, pair: Pair) -> bool:
    """The value would be right in its new section, so that a move makes nothing worse: no included file replaces the
    section, and a cache has its address beside it."""
    section = config.section(to)
    replaced = any(keys_of(other, to) is not None for other in config.files if other is not root)
    if replaced or is_null(pair.value) or (key == "cache" and caching.in_redis(section)):
        return False
    type_ = config.facts.taken(to, key)
    if variable(pair.value) is not None and not {"text", "any"} & {*type_.split("|")}:
        return False  # where the variable is not set, the program would not start
    trial = replace(
        config,
        same={},
        report=Report(),
        root=Keys({to: Pair(pair.key, Keys({key: pair}, pair.key.span))}, pair.key.span),
    )
    if key in KINDS or key == DEFAULT:
        chains.read(trial)
    elif key == aliases.KEY:
        aliases.read(trial)
    else:
        known_value(trial, to, key, pair)
        settings.alone(trial, key)
    trial.gather()
    # What the next pass repairs there stands in nobody's way.
    left = [d for d in trial.report.found if d.severity != "warning" or not any(f.safe for f in d.fixes)]
    return all(d.severity == "info" for d in left)


def _stopping(config: Config, root: Keys, owner: Keys, key: str, pair: Pair) -> None:
    """A key that the router may not be given: the program says so, and ends."""
    message = f"`{key}` is not allowed in `{ROUTER}`; {config.program} does not start"
    fix = None
    if key in config.facts.known(GENERAL):
        message = f"`{key}` belongs in `{GENERAL}`; here {config.program} does not start"
        fix = edits.move(root, pair, owner, GENERAL, f"move `{key}` into `{GENERAL}`")
    config.say(codes.MISPLACED_KEY, message, pair.key.span, "stops", fixes=[fix])
