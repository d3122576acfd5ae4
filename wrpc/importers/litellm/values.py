"""Values of settings that do not fit their keys, and what the program makes of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from wrpc.diagnostics import Fix
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null
from wrpc.importers.faults import text, unknown_key
from wrpc.importers.litellm.config import ENDS, ROUTER, SETTINGS, Config, Effect, variable
from wrpc.importers.litellm.facts import SHOWN
from wrpc.importers.litellm.types import expected, is_bool, misfits
from wrpc.importers.nodes import line
from wrpc.importers.scalars import Date

# An unknown word in these stops the start.
FATAL = frozenset(("routing_strategy", "cache_params.type", "key_management_system", "access_mode"))
# Numbers that are compared as they stand, so that text ends a failing request: no retry and no fallback.
COUNTED = frozenset((section, key) for section in (ROUTER, SETTINGS) for key in ("num_retries", "max_fallbacks"))
# More words than these are not listed.
FEW = 12
FAILING = "answers until a request fails, and then does not try again"
# What the program shows when it runs: what a value that does not fit does, which keys nothing may stand in for, whose
# values are mappings with keys that the facts know, and whose are words.
EFFECTS: Mapping[str, Mapping[str, Effect]] = SHOWN["effects"]
FILLED: Mapping[str, Sequence[str]] = SHOWN["filled"]
INNER: Mapping[str, Mapping[str, str]] = SHOWN["inner"]
WORDS: Mapping[str, Mapping[str, str]] = SHOWN["words"]


def value(config: Config, section: str, key: str, pair: Pair) -> None:
    """A value that its key does not take, and what the program makes of it."""
    node, type_, counted = pair.value, config.facts.taken(section, key), (section, key) in COUNTED
    if key == "model_list":
        return
    if key in FILLED.get(section, ()) and is_null(node):
        wrong(config, f"`{key}` is empty, where {expected(type_)} is expected", pair.key, "stops")
        return
    if variable(node) is not None and counted:
        message = f"`{key}` comes from the environment, which gives text, where a number is expected"
        wrong(config, message, node, "otherwise", FAILING)
        return
    found = misfits(type_, node, key)
    effect = _effect(section, key, node)
    if (found and found[0].wrong != "range") or (counted and isinstance(scalar(node), Fraction)):
        end = f"{config.program} {FAILING}" if counted else ""
        config.wrong(node, expected(type_), key, effect, end=end, fix=_wrapped(type_, node))
    elif found and scalar(node) == 0:
        _outside(config, key, node, "otherwise", "is taken for nothing given: the default holds")
    elif found:
        said = "ends every request" if effect == "fails" else "is taken for 0" if counted else "is below 0"
        _outside(config, key, node, effect, said)


def _wrapped(type_: str, node: Node) -> Fix | None:
    if type_ in ("list", "[text]") and isinstance(node, Scalar) and isinstance(node.value, str):
        return None if "," in node.value else edits.wrap(node, f"put `{node.value}` into a list")
    return None


def _outside(config: Config, key: str, node: Node, effect: Effect, said: str) -> None:
    config.say(shared.OUT_OF_RANGE, f"`{key}` is {text(node)}, which {said}", node.span, effect)


def wrong(config: Config, message: str, node: Node, effect: Effect, said: str = "") -> None:
    """What is wrong in other words: a place left empty, or what comes from the environment."""
    config.say(shared.WRONG_TYPE, f"{message}; {config.program} {said or ENDS[effect]}", line(node.span), effect)


def limits(config: Config, owner: Keys, keys: Iterable[str]) -> None:
    """Limits below 0."""
    for key in keys:
        node = owner.get(key)
        if node is not None and any(each.wrong == "range" for each in misfits("number[0,]", node)):
            config.say(
                shared.OUT_OF_RANGE, f"`{key}` is {text(node)}, a limit that no request passes", node.span, "otherwise"
            )


def scalar(node: Node) -> bool | int | Fraction | str | None:
    value = node.value if isinstance(node, Scalar) else None
    return None if isinstance(value, Date) else value


def _effect(section: str, key: str, node: Node) -> Effect:
    known = EFFECTS.get(section, {})
    if section == SETTINGS and key.endswith("_callback") and is_bool(node):
        return "stops"
    return known.get(key, known.get("every", "otherwise"))


def known_value(config: Config, section: str, key: str, pair: Pair) -> None:
    """The value of a key that the section has, down to its last part."""
    value(config, section, key, pair)
    within(config, section, key, pair)


def within(config: Config, section: str, key: str, pair: Pair) -> None:
    """The keys and the words of a value."""
    inner, word = INNER.get(section, {}).get(key), WORDS.get(section, {}).get(key)
    if inner is not None and isinstance(pair.value, Keys):
        nested(config, inner, pair.value)
    if word is not None:
        words(config, key, word, pair.value)


def nested(config: Config, name: str, node: Keys) -> None:
    if name.startswith("{"):
        for pair in node.pairs.values():
            if isinstance(pair.value, Keys):
                nested(config, name[1:-1], pair.value)
        return
    known = config.facts.known(name)
    for key, pair in node.pairs.items():
        if key in known:
            known_value(config, name, key, pair)
        else:
            message = f"`{key}` is not a key of a `{name}` that {config.program} knows, so it is ignored"
            config.report.add(unknown_key(key, pair, known, message, severity="warning"))


def words(config: Config, key: str, words: str, node: Node) -> None:
    known = config.facts.words[words]
    for each in node.items if isinstance(node, Items) else (node,):
        if not isinstance(each, Scalar) or is_null(each) or variable(each) is not None or each.text in known:
            continue
        stops = words in FATAL
        end = f"{config.program} does not start" if stops else "it is ignored"
        effect: Effect = "stops" if stops else "ignored"
        config.unknown_word(each, key, known, effect, f" in {config.program}; {end}", most=FEW)
