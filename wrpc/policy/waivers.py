"""`waive { WRP410 { owner "…"  until "2026-12-31"  reason "…" } }`: what a guard or claim accepts for a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from wrpc.diagnostics import did_you_mean
from wrpc.policy import codes
from wrpc.policy import model as m
from wrpc.policy.attributes import Reader
from wrpc.policy.faults import Faults
from wrpc.syntax import tree

if TYPE_CHECKING:
    from datetime import date

WAIVE = "waive"
PARTS = ("owner", "until", "reason")
FORM = '`waive { WRP403 { owner "risk team"  until "2026-12-31"  reason "…" } }`'
SAFETY = re.compile(r"WRP4\d\d")
NEVER = {
    "WRP404": "a sealed guard is changed where it is declared, or not at all",
    "WRP408": "a test that no longer says what is meant is changed or deleted",
}


def read(section: tree.Section, reader: Reader, faults: Faults) -> tuple[m.Waiver, ...]:
    """The waivers of one guard or claim; what one lacks is reported."""
    return tuple(_all(section, reader, faults))


def _all(section: tree.Section, reader: Reader, faults: Faults) -> Iterator[m.Waiver]:
    for item in section.items:
        if isinstance(item, tree.Attribute) and item.name.text == WAIVE:
            if not isinstance(item.value, tree.Block):
                faults.add(codes.INCOMPLETE_WAIVER, "`waive` takes a block of codes", item.value.span, help=FORM)
                continue
            met: set[str] = set()
            for attribute in item.value.attributes:
                if attribute.name.text in met:
                    reader.twice(attribute.name.text, WAIVE, attribute.name.span, item.span)
                    continue
                met.add(attribute.name.text)
                waiver = _one(attribute, faults)
                if waiver is not None:
                    yield waiver


def _one(attribute: tree.Attribute, faults: Faults) -> m.Waiver | None:
    code = attribute.name.text
    if not SAFETY.fullmatch(code) or code in NEVER:
        why = NEVER.get(code) or "a guard or claim waives findings of safety, WRP4xx; a comment ignores others"
        faults.add(codes.INCOMPLETE_WAIVER, f"`{code}` cannot be waived here", attribute.name.span, help=why)
        return None
    if not isinstance(attribute.value, tree.Block):
        message = f"the waiver of `{code}` needs an owner, a last day and a reason"
        faults.add(codes.INCOMPLETE_WAIVER, message, attribute.value.span, help=FORM)
        return None
    given: dict[str, str] = {}
    sound = True
    for part in attribute.value.attributes:
        name = part.name.text
        fault = None
        if name not in PARTS:
            fault = f"a waiver has no `{name}`", part.name.span, did_you_mean(name, PARTS)
        elif name in given:
            fault = f"`{name}` appears twice in one waiver", part.name.span, None
        elif not isinstance(part.value, tree.Text):
            fault = f"`{name}` of a waiver takes a string", part.value.span, FORM
        elif not part.value.value.strip():
            fault = f"`{name}` of the waiver is empty", part.value.span, None
        elif name == "until" and day(part.value.value) is None:
            fault = f'"{part.value.value}" is not a day', part.value.span, 'a day is written "2026-12-31"'
        else:
            given[name] = part.value.value
        if fault is not None:
            faults.add(codes.INCOMPLETE_WAIVER, fault[0], fault[1], help=fault[2])
            sound = False
    missing = [name for name in PARTS if name not in given]
    if missing and sound:
        names = " and ".join(f"`{name}`" for name in missing)
        message = f"the waiver of `{code}` lacks its {names}"
        faults.add(codes.INCOMPLETE_WAIVER, message, attribute.name.span, help=FORM)
    if missing or not sound:
        return None
    return m.Waiver(code, given["reason"], given["owner"], given["until"], attribute.name.span)


def day(text: str) -> date | None:
    """`2026-12-31` as a day, None for anything else."""
    from datetime import date

    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def of_sealed(before: tree.Section, override: Iterable[tree.Item], faults: Faults) -> None:
    """An override that waives something of a sealed guard, which would weaken it."""
    if any(isinstance(item, tree.Sealed) for item in before.items):
        for item in override:
            if isinstance(item, tree.Attribute) and item.name.text == WAIVE:
                message = f"an override waives nothing of the sealed guard `{before.name.text if before.name else ''}`"
                advice = "write the waiver where the guard is declared"
                faults.add(codes.INCOMPLETE_WAIVER, message, item.name.span, help=advice)


def lapsed(until: str, today: date | None) -> bool:
    """Whether the last day of a waiver lies before a given day; without one no waiver ends."""
    last = day(until)
    return today is not None and last is not None and last < today
