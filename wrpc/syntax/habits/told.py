"""The first rule that knows a mistake: at a fault, and in what the grammar takes and nobody means."""

from __future__ import annotations

from collections.abc import Callable

from wrpc.diagnostics import Diagnostic, Fix, finding
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax import tree as t
from wrpc.syntax.faults import Fault, Verdict
from wrpc.syntax.habits.clauses import KNOWN, RULES_OF_CLAUSES, behind, clause, condition, pool_of
from wrpc.syntax.habits.edges import RULES_OF_EDGES
from wrpc.syntax.habits.lists import RULES_BEHIND, RULES_OF_LISTS, fallback_on
from wrpc.syntax.habits.measures import RULES_OF_MEASURES, steps
from wrpc.syntax.habits.names import RULES_OF_NAMES, UNITS, rate, unit_apart
from wrpc.syntax.habits.scene import Scene
from wrpc.syntax.habits.signs import RULES_OF_SIGNS, comment, letter, spelt
from wrpc.syntax.habits.types import RULES_OF_TYPES
from wrpc.syntax.habits.unfinished import unfinished

Rule = Callable[[Scene], Verdict | None]

AT_A_FAULT: tuple[Rule, ...] = (
    letter, comment, *RULES_OF_MEASURES, *RULES_OF_CLAUSES, *RULES_OF_TYPES, *RULES_OF_NAMES, *RULES_OF_LISTS,
    *RULES_OF_EDGES, *RULES_BEHIND, *RULES_OF_SIGNS, unfinished,
)  # fmt: skip
AT_AN_ATTRIBUTE: tuple[Rule, ...] = (spelt, steps, rate, unit_apart, behind, pool_of, condition, fallback_on, clause)

UNIT_WORDS = frozenset(("per", *UNITS))


def at_a_fault(fault: Fault) -> Verdict | None:
    """What a reader of another language meant, where a token fits nowhere."""
    scene = Scene.around(fault.source, fault.begin, fault.start, fault.limit, fault)
    for rule in AT_A_FAULT:
        verdict = rule(scene)
        if verdict is not None:
            return verdict
    return None


def sifted(file: t.File) -> tuple[t.File, list[Diagnostic]]:
    """The declarations without those that hold an attribute which is plainly a word of another language, and what is
    said of these.
    """
    kept: list[t.Declaration] = []
    found: list[Diagnostic] = []
    for declaration in file.declarations:
        section = declaration.section if isinstance(declaration, t.Override) else declaration
        told = _section(section) if isinstance(section, t.Section) else None
        if told is None:
            kept.append(declaration)
        else:
            found.append(told)
    return (t.File(file.source, tuple(kept), file.comments), found) if found else (file, found)


def _section(section: t.Section) -> Diagnostic | None:
    if section.kind == "route" and section.name is not None and section.name.text == "default":
        return _default(section)
    known = KNOWN.get(section.kind)
    for item in section.items:
        if isinstance(item, t.Fallback) and [p.text for p in item.pools] == ["on"] and not item.causes:
            at = item.span.start
        elif (
            not isinstance(item, t.Attribute)
            or (known is None and item.name.text not in UNIT_WORDS)
            or (known and item.name.text in known)
        ):
            continue
        else:
            at = item.name.span.start
        span = section.span
        scene = Scene.around(span.source, span.start, at, span.end)
        for rule in AT_AN_ATTRIBUTE:
            verdict = rule(scene)
            if verdict is not None:
                return verdict[0]
    return None


def _default(section: t.Section) -> Diagnostic | None:
    """`route default {`."""
    assert section.name is not None, "only a default has none"
    if section.name.span.text != "default":
        return None
    span = Span(section.span.source, section.span.start, section.name.span.end)
    fix = Fix(span, "default", "write `default`")
    message = "the `default` is not a route and has no name"
    return finding(codes.UNKNOWN_KEYWORD, message, span, help="write `default { … }`", fixes=[fix])
