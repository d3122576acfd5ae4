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
    """`title` says what is read, `recognises` whether a file looks like it (for `--from auto`).

    `releases` are those of the program whose reading is known; the first is meant where none is named.
    """

    title: str
    releases: tuple[str, ...]

    def recognises(self, source: Source) -> bool: ...

    def read(self, source: Source, release: str | None = None) -> Imported: ...
