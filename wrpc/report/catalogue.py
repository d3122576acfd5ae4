"""Every code there is, and its page: what `wrpc rule` shows and docs/codes.md is made of.

A code is declared where it is found. Modules that declare some are named here or are rows of another table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from wrpc.analysis import CHECKS, LINTS
from wrpc.diagnostics import Code
from wrpc.importers import IMPORTERS
from wrpc.report.screen import Line
from wrpc.targets import TARGETS

# A code that two modules declare (WRP201, of a policy and of one request) has the page of the first.
MODULES = (
    "wrpc.syntax.codes",
    "wrpc.policy.codes",
    *LINTS,
    *CHECKS,
    "wrpc.fleet.codes",
    "wrpc.fleet.logs",
    "wrpc.fleet.simulator.codes",
    "wrpc.fleet.measured",
    "wrpc.decide.codes",
    "wrpc.targets.codes",
    "wrpc.targets.engine.codes",
    *(f"{package}.codes" for package in TARGETS.values()),
    "wrpc.verify.codes",
    "wrpc.importers.codes",
    *(f"{package}.codes" for package in IMPORTERS.values()),
    "wrpc.accept.codes",
)

FAMILIES = {
    0: "syntax and files",
    1: "names, types, units, requests",
    2: "conflicts between rules",
    3: "coverage",
    4: "safety and claims",
    5: "pools and placement",
    6: "capacity, latency, cost, energy",
    7: "probabilistic signals",
    8: "what a target cannot carry",
    9: "style",
}


@dataclass(frozen=True, slots=True)
class Entry:
    code: Code
    module: str

    @property
    def family(self) -> int:
        return int(self.code.id[3])


@cache
def entries() -> tuple[Entry, ...]:
    """Every code once, by number."""
    found: dict[str, Entry] = {}
    for entry in declared():
        found.setdefault(entry.code.id, entry)
    return tuple(sorted(found.values(), key=lambda e: e.code.id))


def declared() -> Iterator[Entry]:
    """Every declaration of a code; what one module has from another is the first one's."""
    known: set[int] = set()
    for module in MODULES:
        if _exists(module):
            seen: set[str] = set()
            for value in vars(import_module(module)).values():
                if isinstance(value, Code) and value.id not in seen and id(value) not in known:
                    seen.add(value.id)
                    known.add(id(value))
                    yield Entry(value, module)


def _exists(module: str) -> bool:
    return find_spec(module.rpartition(".")[0]) is not None and find_spec(module) is not None


def find(wanted: str) -> Entry | None:
    """By number or by name."""
    return next((e for e in entries() if wanted.upper() == e.code.id or wanted.lower() == e.code.name), None)


def listing() -> Iterator[Line]:
    family = -1
    for entry in entries():
        if entry.family != family:
            if family >= 0:
                yield ()
            family = entry.family
            yield ((f"{family}xx {FAMILIES[family]}", "label"),)
        code = entry.code
        yield (
            (f"  {code.id}", "strong"),
            (f"  {code.severity:<7}", code.severity),
            (f"  {code.name:<28}  {code.summary}", ""),
        )


def page(entry: Entry) -> Iterator[Line]:
    code = entry.code
    yield ((code.id, "strong"), (f" {code.name} ", ""), (f"({code.severity})", code.severity))
    yield ()
    for line in code.page.strip().splitlines():
        yield ((line, "label" if line in ("Bad:", "Good:") else ""),)
