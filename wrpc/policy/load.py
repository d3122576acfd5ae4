"""From a path, a text or a tree to a resolved policy: the front of this room."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wrpc.diagnostics import Diagnostic, Findings, Refusal
from wrpc.policy.faults import Faults
from wrpc.policy.imports import Folder, Importer, Library, Memory
from wrpc.policy.model import Policy
from wrpc.policy.resolve import resolve
from wrpc.source import Source
from wrpc.syntax import tree


@contextmanager
def collecting_later() -> Iterator[None]:
    """All that a file is read into is kept, so that looking for garbage among it, again and again, is for nothing: it
    takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def load(path: str | Path, env: Iterable[str | Path] = ()) -> Policy:
    """The policy of a file with the override files `env`; raises `Refusal` with every finding if one is an error."""
    policy, findings = load_all(path, env)
    if policy is None:
        raise Refusal(findings.diagnostics)
    return policy


@collecting_later()
def load_all(path: str | Path, env: Iterable[str | Path] = ()) -> tuple[Policy | None, Findings]:
    """The policy, or None, and everything that was found on the way. No content makes this raise."""
    from wrpc.syntax.read import read

    faults = Faults()
    importer = Importer(faults)
    root = Path(path).parent
    for index, place in enumerate((path, *env)):
        try:
            source = read(Path(place))
        except Refusal as refusal:
            faults.take(refusal.diagnostics)
            if not index:
                return None, Findings.of(faults.diagnostics)
            continue
        importer.file(importer.parse(source), _library(root, Path(place)))
    return _resolved(importer, faults)


@collecting_later()
def from_text(
    text: str,
    name: str = "policy.wrp",
    root: str | Path | None = None,
    files: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
) -> tuple[Policy | None, Findings]:
    """The policy of a text. Imports come from `files` (by name), else from the folder `root`, else from beside `name`.

    `env` are override files by name.
    """
    faults = Faults()
    importer = Importer(faults)
    for called, written in {name: text, **(env or {})}.items():
        place = Path(called) if root is None else Path(root, called)
        library: Library = Memory(files) if files is not None else Folder(Path(root or place.parent), place)
        importer.file(importer.parse(Source(called, written)), library)
    return _resolved(importer, faults)


@collecting_later()
def from_source(source: Source) -> tuple[Policy | None, Findings]:
    """The policy of a text that has been read already; imports come from the folder of its path."""
    faults = Faults()
    importer = Importer(faults)
    library: Library = Folder(source.path.parent) if source.path else Memory({})
    importer.file(importer.parse(source), library)
    return _resolved(importer, faults)


def from_files(files: Iterable[tuple[Source, Library]]) -> tuple[Policy | None, Findings]:
    """The policy of texts that have been read, the main file first, each with where its imports come from."""
    faults = Faults()
    importer = Importer(faults)
    for source, library in files:
        importer.file(importer.parse(source), library)
    return _resolved(importer, faults)


@collecting_later()
def from_tree(file: tree.File, earlier: Iterable[Diagnostic] = ()) -> tuple[Policy | None, Findings]:
    """The policy of a tree that a program made; `earlier` are findings that go with it."""
    faults = Faults()
    faults.take(earlier)
    importer = Importer(faults)
    importer.file(file, Folder(file.source.path.parent) if file.source.path else Memory({}))
    return _resolved(importer, faults)


def _library(root: Path, place: Path) -> Library:
    """The root is the main file's folder; an override file from elsewhere brings its own."""
    if place.parent.resolve().is_relative_to(root.resolve()):
        return Folder(root)
    return Folder(place.parent)


def _resolved(importer: Importer, faults: Faults) -> tuple[Policy | None, Findings]:
    policy = resolve(importer.program, faults)
    return policy, Findings.of(faults.diagnostics)
