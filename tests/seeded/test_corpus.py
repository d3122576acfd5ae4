"""Clean policies with one fault each: told with its code on its line, and the clean ones with nothing.

The faults come from a table of operators (`operators.py`), the places from chance with a fixed seed. Another code on
the line is a miss.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import wrpc.api
from tests.seeded.operators import OPERATORS
from tests.seeded.originals import Faulty, Original, originals
from wrpc.diagnostics import Diagnostic
from wrpc.policy.load import from_text

ORIGINALS = {o.name: o for o in originals()}
EACH = 1  # a place of an operator in one original
LEAST = 200
RIGHT = 0.99


def corpus() -> list[Faulty]:
    """As many as `EACH` allows, the same every time."""
    chance = Random(7)
    found: list[Faulty] = []
    for operator in OPERATORS:
        for original in ORIGINALS.values():
            made: dict[str, list[Faulty]] = {}
            for faulty in operator(original):
                made.setdefault(faulty.operator, []).append(faulty)
            for places in made.values():
                found += chance.sample(places, min(EACH, len(places)))
    return found


CORPUS = corpus()


def told(original: Original, text: str, env: dict[str, str] | None = None) -> list[Diagnostic]:
    policy, found = from_text(text, files=original.files, env=env)
    return [*found.diagnostics, *(wrpc.api.check(policy).diagnostics if policy is not None else ())]


def hit(faulty: Faulty) -> bool:
    found = told(ORIGINALS[faulty.original], faulty.text, dict(faulty.env))
    return (faulty.code, faulty.file, faulty.line) in {(d.code.id, d.span.file, d.span.line) for d in found}


def test_the_clean_ones_are_told_nothing() -> None:
    for original in ORIGINALS.values():
        found = [(d.code.id, d.message) for d in told(original, original.text) if d.severity != "info"]
        assert found == [], original.name


def test_there_are_enough_of_all_families() -> None:
    assert len(CORPUS) >= LEAST
    assert {f.code[3] for f in CORPUS} >= {"0", "1", "2", "3", "4", "5", "9"}
    assert len({f.code for f in CORPUS}) >= 75
    assert len({(f.original, f.text, *f.env.values()) for f in CORPUS}) == len(CORPUS)
    silent = [o for o in OPERATORS if not any(True for original in ORIGINALS.values() for _ in o(original))]
    assert silent == []


def test_nearly_all_are_told_on_their_line() -> None:
    missed = [f for f in CORPUS if not hit(f)]
    shown = "\n".join(f"{f.code} {f.original}:{f.line} {f.operator}" for f in missed)
    assert len(missed) <= (1 - RIGHT) * len(CORPUS), f"{len(missed)} of {len(CORPUS)} missed:\n{shown}"
    told = Counter(f.operator for f in CORPUS)
    assert not {name for name, count in Counter(f.operator for f in missed).items() if count == told[name]}


def test_the_fault_is_what_is_told() -> None:
    """No clean text is told the code on that line, so that a hit is owed to the fault."""
    for original in ORIGINALS.values():
        known = {(d.code.id, d.span.line) for d in told(original, original.text)}
        faults = [f for f in CORPUS if f.original == original.name and not f.env]
        assert not [f for f in faults if (f.code, f.line) in known]
