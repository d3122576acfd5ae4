"""The files of a policy: imports followed inside the root folder, each file once, cycles and escapes reported."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from wrpc.diagnostics import Refusal
from wrpc.policy import codes
from wrpc.policy.faults import Faults
from wrpc.reading import noticed
from wrpc.source import Source
from wrpc.syntax import tree
from wrpc.values import record, value

Key = str
"""What two imports of one file have in common, however they are spelled."""


class Library(Protocol):
    """Where imported files come from."""

    def key(self, source: Source) -> Key: ...
    def find(self, importing: Source, written: str) -> tuple[Key, str | Path] | None:
        """The file that an import means, and what to read; None where it lies outside the root."""

    def read(self, place: str | Path) -> Source | None:
        """The file's text; None where there is none."""


@value
class Folder:
    """Files on disk, inside one folder. `main` is where a text that was not read from a file would stand."""

    root: Path
    main: Path | None = None

    def key(self, source: Source) -> Key:
        place = source.path or self.main
        return str(place.resolve()) if place else source.name

    def find(self, importing: Source, written: str) -> tuple[Key, Path] | None:
        if Path(written).is_absolute() or "\0" in written:
            return None
        main = importing.path or self.main
        folder = main.parent if main else self.root
        # Two dots are taken away before links are followed, so that a link cannot hide where they lead.
        place = Path(os.path.normpath(folder / written))
        try:
            real, root = place.resolve(), self.root.resolve()
        except (OSError, RuntimeError):
            return str(place), place
        return (str(real), place) if real.is_relative_to(root) else None

    def read(self, place: str | Path) -> Source | None:
        from wrpc.syntax.read import read

        noticed(Path(place))
        return read(Path(place)) if Path(place).is_file() else None


@value
class Memory:
    """Files by name, for programs and tests."""

    files: Mapping[str, str]

    def key(self, source: Source) -> Key:
        return os.path.normpath(source.name)

    def find(self, importing: Source, written: str) -> tuple[Key, str] | None:
        place = os.path.normpath(Path(importing.name).parent / written)
        return None if Path(written).is_absolute() or Path(place).parts[:1] == ("..",) else (place, place)

    def read(self, place: str | Path) -> Source | None:
        text = self.files.get(str(place))
        return None if text is None else Source(str(place), text)


@record
class Program:
    """All files of a policy: their declarations in order, an imported file's where it is imported."""

    sources: list[Source] = field(default_factory=list)
    declarations: list[tree.Declaration] = field(default_factory=list)
    broken: list[Source] = field(default_factory=list)
    """Files in which something could not be parsed: names may be missing from the tree."""

    def add(self, file: tree.File) -> None:
        self.sources.append(file.source)


class Importer:
    """Follows imports without recursion: a chain of files may be long."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.program = Program()
        self._met: set[Key] = set()

    def file(self, main: tree.File, library: Library) -> None:
        """Takes in a parsed file and everything that it imports."""
        key = library.key(main.source)
        if key in self._met:
            return
        stack: list[tuple[Key, tree.File, Iterator[tree.Declaration]]] = []
        self._open(key, main, stack)
        while stack:
            _, file, rest = stack[-1]
            for declaration in rest:
                if not isinstance(declaration, tree.Import):
                    self.program.declarations.append(declaration)
                    continue
                found = self._found(declaration, file.source, library, [k for k, _, _ in stack], stack)
                if found is not None:
                    self._open(*found, stack)
                    break
            else:
                stack.pop()

    def _open(self, key: Key, file: tree.File, stack: list[tuple[Key, tree.File, Iterator[tree.Declaration]]]) -> None:
        self._met.add(key)
        self.program.add(file)
        stack.append((key, file, iter(file.declarations)))

    def _found(
        self,
        node: tree.Import,
        importing: Source,
        library: Library,
        chain: list[Key],
        stack: list[tuple[Key, tree.File, Iterator[tree.Declaration]]],
    ) -> tuple[Key, tree.File] | None:
        """The file that an import adds; None where it is there already or has been reported."""
        written = node.path.value
        found = library.find(importing, written)
        if found is None:
            self.faults.add(
                codes.ESCAPING_IMPORT,
                f"`{written}` leads outside the folder of the policy",
                node.path.span,
                help="a policy imports files from the folder of its main file and below, by relative paths",
            )
            return None
        key, place = found
        if key in chain:
            names = [file.source.name for _, file, _ in stack[chain.index(key) :]]
            self.faults.add(
                codes.IMPORT_CYCLE,
                "files import each other in a circle: " + " → ".join([*names, names[0]]),
                node.path.span,
            )
            return None
        if key in self._met:
            return None
        try:
            source = library.read(place)
        except Refusal as refusal:
            self._met.add(key)
            self.faults.take(refusal.diagnostics)
            return None
        if source is None:
            self.faults.add(
                codes.MISSING_IMPORT,
                f"there is no file `{written}` beside `{importing.name}`",
                node.path.span,
                help="the path is relative to the file that imports",
            )
            return None
        return key, self.parse(source)

    def parse(self, source: Source) -> tree.File:
        from wrpc.syntax.parse import parse

        file, diagnostics = parse(source)
        self.faults.syntax(diagnostics)
        if any(d.severity == "error" for d in diagnostics):
            self.program.broken.append(source)
        return file
