"""Many findings of one cause as one: what is said of several places, and how many notes there are of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wrpc.diagnostics import Code, Diagnostic, Related

NAMES = {
    "taken-as": "files taken as what they look like",
    "setting-without-effect": "settings without effect",
    "open-elsewhere": "things that are open elsewhere",
    "fails-with-a-signal": "claims that fail with a signal",
    "edge-leaves-region": "fallbacks that leave a region",
    "edge-leaves-provider": "fallbacks that leave a provider",
    "context-shrinks": "fallbacks with a smaller context",
    "not-carried": "things that a target does not carry",
    "approximated": "things that a target carries only in part",
    "artifact-differs": "artifacts that differ",
    "waived": "waived losses",
    "not-imported": "things that are not imported",
}
"""What several findings of a code are called, where adding an `s` to its name does not say it."""


IDLE = ("WRP202", "WRP203")
"""What tells of a route that it takes no request."""


def causes(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Without what only follows from others, the first of which says so; and one for what is said of several places."""
    told = list(found)
    idle = {subject: d.key() for d in told if d.code.id in IDLE for subject in d.subjects}
    explained: dict[object, list[Related]] = {}
    left: list[Diagnostic] = []
    for d in told:
        if d.follows and idle.keys() >= set(d.follows):
            explained.setdefault(idle[d.follows[0]], []).append(Related(d.span, f"so {d.message}"))
        else:
            left.append(d)
    return places(replace(d, related=(*d.related, *explained[d.key()])) if d.key() in explained else d for d in left)


def places(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """One finding for what is said alike of several places; the further ones are `related`. Order is kept.

    A finding with a witness or a second place of its own stands alone: there the places are what it says.
    """
    first: dict[object, Diagnostic] = {}
    further: dict[object, list[Related]] = {}
    for at, d in enumerate(found):
        alone = d.witness is not None or d.related or d.verdict
        key: object = at if alone else (d.severity, d.code.id, d.message)
        if key in first:
            further.setdefault(key, []).append(Related(d.span, "and here"))
        else:
            first[key] = d
    return [replace(d, related=tuple(further[key])) if key in further else d for key, d in first.items()]


def kinds(found: Iterable[Diagnostic]) -> list[Sequence[Diagnostic]]:
    """Those of one code together, by number."""
    made: dict[str, list[Diagnostic]] = {}
    for d in found:
        made.setdefault(d.code.id, []).append(d)
    return [made[code] for code in sorted(made)]


def named(code: Code, count: int) -> str:
    """`7 older keys`."""
    return f"{count} {NAMES.get(code.name) or _plural(code.name.replace('-', ' '))}"


def _plural(name: str) -> str:
    head, joint, rest = name.partition(" without ")
    if head.endswith("y") and not head.endswith("ey"):
        return f"{head[:-1]}ies{joint}{rest}"
    return f"{head}s{joint}{rest}"
