"""A document made to fit the schema: what does not fit is reported and left out, older keys get today's names.

The schema is the newest release's. Of a file that is read as an older one, without anybody having named it, only what
that release cannot do without is an error: a key that it does not know it ignored as well.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache

from wrpc.diagnostics import Diagnostic, Severity, finding, nearest
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.faults import Report, misfit
from wrpc.importers.fitting import Misfit, fit
from wrpc.importers.nodes import line
from wrpc.importers.schema import Either, ListOf, MapOf, Schema, ShapeOf, Type
from wrpc.importers.vllm_sr.facts import NEWEST, OLDEST, Facts, facts

ASSIGNMENTS = ("entrypoint", "assignments")
# What an older release did without where the newest one does not.
OPTIONAL = frozenset(("description", "priority", "configuration", "adapter", "contract"))


def fitted(root: Keys, release: str | None) -> tuple[Keys, list[Misfit]]:
    found: list[Misfit] = []
    schema = facts().schema
    lax = replace(schema, lax=True) if release == OLDEST else schema
    node = fit(root, "file", "the file", lax, found.append)
    return (node if isinstance(node, Keys) else root), found


def release_of(found: list[Misfit]) -> str:
    """The newest release that reads the keys of a file."""
    known = facts().gone_words
    older = any(each.wrong in ("older", "gone") and each.pair is not None for each in found)
    older = older or any(each.wrong == "word" and _text(each) in known for each in found)
    return OLDEST if older else NEWEST


def _text(each: Misfit) -> str:
    return getattr(each.node, "text", "")


def say(found: list[Misfit], release: str, report: Report, *, stated: bool, told: Collection[Misfit] = ()) -> None:
    """`stated`: the release was named; else the file may be older or newer than any release that is known here.

    `told` is what an older release that was named refuses of the file: the rest does not keep it from starting.
    """
    already = {(each.key, each.node.span) for each in told}
    for each in found:
        if (each.key, each.node.span) in already:
            continue
        if each.wrong == "missing" and nearest(each.key, each.known):
            continue  # the misspelt key says it
        if (each.shape, each.key) == ASSIGNMENTS and each.pair is not None:
            message = f"`assignments` gives a recipe its models in a layout newer than {NEWEST}, and is not read"
            severity: Severity = "error" if stated else "warning"
            report.add(finding(codes.UNKNOWN_KEY, message, each.pair.key.span, severity=severity))
        elif (said := _said(each, release, facts(), stated=stated)) is not None:
            report.add(said)


def _said(each: Misfit, release: str, known: Facts, *, stated: bool) -> Diagnostic | None:
    if each.wrong in ("older", "gone") and each.pair is not None and release == NEWEST:
        return misfit(each, severity="error", end=f"; vLLM-SR {NEWEST} refuses it")
    if release == NEWEST or each.wrong in ("older", "gone"):
        return misfit(each)
    if each.wrong == "word" and _text(each) in known.gone_words:
        message = f"`{_text(each)}` is a word of releases before {NEWEST}, and is not read"
        return finding(codes.OLDER_KEY, message, line(each.node.span))
    if each.wrong == "unknown" or (stated and each.wrong != "missing"):
        return misfit(each, severity="warning")
    if stated or each.shape in beside() or (each.wrong == "missing" and each.key in OPTIONAL):
        return None if each.key == "description" and not stated else misfit(each, severity="warning")
    return misfit(each)


@cache
def beside() -> frozenset[str]:
    """The shapes that stand below `global` alone, which say nothing of who answers."""
    schema = facts().schema
    return frozenset(_below("global", schema) - _below("file", schema, "global"))


def _below(name: str, schema: Schema, without: str = "") -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        each = waiting.pop()
        if each in found or each == without:
            continue
        found.add(each)
        shape = schema.shapes[each]
        waiting += [inner for key in shape.keys.values() for inner in _shapes(key.type)]
        waiting += list(shape.switch.shapes.values()) if shape.switch is not None else []
    return found


def _shapes(type_: Type) -> list[str]:
    match type_:
        case ShapeOf(name):
            return [name]
        case ListOf(each) | MapOf(each):
            return _shapes(each)
        case Either(types):
            return [name for each in types for name in _shapes(each)]
        case _:
            return []
