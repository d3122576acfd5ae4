"""`model_group_alias`: other names for groups, and those that do not work."""

from __future__ import annotations

from wrpc.importers import codes as shared
from wrpc.importers.document import Keys, Scalar, kind
from wrpc.importers.litellm.config import ROUTER, Config
from wrpc.importers.nodes import line

KEY = "model_group_alias"


def read(config: Config) -> tuple[dict[str, str], frozenset[str]]:
    """Each alias that works with its target, and every name that stands there."""
    pair = config.setting(KEY, ROUTER)
    if pair is None:
        return {}, frozenset()
    if not isinstance(pair.value, Keys):
        message = f"`{KEY}` is {kind(pair.value)}, where a mapping of names to groups is expected"
        config.say(shared.WRONG_TYPE, f"{message}; {config.program} does not start", line(pair.value.span), "stops")
        return {}, frozenset()
    found: dict[str, str] = {}
    for name, entry in pair.value.pairs.items():
        node = entry.value
        if isinstance(node, Keys):
            if "hidden" not in node:
                message = f"the alias `{name}` has no `hidden`; {config.program} does not start"
                fixed = "write `hidden: false` beside `model`"
                config.say(shared.MISSING_KEY, message, entry.key.span, "stops", help=fixed)
            if node.get("model") is None:
                message = f"the alias `{name}` has no `model`; {config.program} fails every request for it"
                config.say(shared.MISSING_KEY, message, entry.key.span, "fails")
                continue
            node = node["model"]
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.value:
            found[name] = node.value
            continue
        message = f"the alias `{name}` is {kind(entry.value)}, where the name of a group is expected; it is ignored"
        config.say(shared.WRONG_TYPE, message, line(entry.value.span), "ignored")
    return found, frozenset(pair.value)
