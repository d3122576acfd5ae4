"""What an importer is: a module with a `read` that turns one foreign file into policies and findings.

An importer never raises for bad input and never prints: whatever is wrong, and whatever has no place in the language,
is a finding whose span points into the file that was read. It returns what it could make of the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wrpc.diagnostics import Diagnostic
from wrpc.source import Source
from wrpc.syntax import tree


@dataclass(frozen=True, slots=True)
class ImportedPolicy:
    """One policy. `name` serves as the name of its file where a source holds several."""

    name: str
    tree: tree.File


@dataclass(frozen=True, slots=True)
class Imported:
    policies: tuple[ImportedPolicy, ...]
    diagnostics: tuple[Diagnostic, ...]


class Importer(Protocol):
    """`title` says what is read, `recognises` whether a file looks like it (for `--from auto`)."""

    title: str

    def recognises(self, source: Source) -> bool: ...

    def read(self, source: Source) -> Imported: ...
