"""What an importer is: a module with a `read` that turns one foreign file into policies and findings.

An importer never raises for bad input and never prints: whatever is wrong, and whatever has no place in the language,
is a finding whose span points into the file that was read. It returns what it could make of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from wrpc.diagnostics import Diagnostic
from wrpc.source import Source
from wrpc.syntax import tree


@dataclass(frozen=True, slots=True)
class ImportedPolicy:
    """One policy. `name` serves as the name of its file where a source holds several.

    `told` are subjects, such as `pool a`, of which the importer has told all there is to tell.
    """

    name: str
    tree: tree.File
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Imported:
    """`release` is the one that was read for, where the importer chose it."""

    policies: tuple[ImportedPolicy, ...]
    diagnostics: tuple[Diagnostic, ...]
    release: str | None = None


class Importer(Protocol):
    """`title` says what is read. `marks` are the paths of keys by which a mapping is known as one, and how surely each
    says so (`recognition.Marks`).

    `kinds` are the Kubernetes resources that it reads: those of one file come together, as the documents of one source.
    `releases` are those of the program whose reading is known; the first is meant where none is named.
    """

    title: str
    releases: tuple[str, ...]
    marks: Mapping[str, int]
    kinds: tuple[str, ...]

    def read(self, source: Source, release: str | None = None) -> Imported: ...
