"""What `wrpc.toml`, or `[tool.wrpc]` of `pyproject.toml`, says of a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Literal

from wrpc.accept import limits
from wrpc.diagnostics import (
    Diagnostic,
    Findings,
    Suppressed,
    Suppression,
)
from wrpc.source import Source, Span
from wrpc.values import value

FailOn = Literal["note", "warning", "error"]
FAIL_ON: tuple[FailOn, ...] = ("note", "warning", "error")


@value
class Rule:
    """Codes that are ignored in the files of one glob; `*` stands for every file. `span` is where it is written."""

    glob: str
    codes: tuple[str, ...]
    span: Span


@value
class Settings:
    """What a project says once for all its policies. `folder` is where its paths and globs begin."""

    path: Path | None = None
    folder: Path = Path()
    select: tuple[str, ...] = ()
    ignore: tuple[Rule, ...] = ()
    per_file: tuple[Rule, ...] = ()
    fail_on: FailOn | None = None
    fail_under: int | None = None
    baseline: Path | None = None
    release: Mapping[str, str] = field(default_factory=dict)

    def ignored(self, found: Findings) -> Findings:
        """Findings without what the settings ignore, which is among the suppressed then. Errors that neither a comment
        nor a baseline excuses stay."""
        rules = (*self.ignore, *self.per_file)
        if not rules:
            return found
        kept: list[Diagnostic] = []
        suppressed = list(found.suppressed)
        for d in found.diagnostics:
            rule = None if limits.never(d) else next((r for r in rules if self._covers(r, d)), None)
            if rule is None:
                kept.append(d)
            else:
                where = "" if rule.glob == "*" else f" for {rule.glob}"
                reason = f"ignored{where} by {rule.span.file}"
                suppressed.append(Suppressed(d, Suppression("settings", reason, rule.span)))
        made = Findings.of((), suppressed=suppressed).suppressed
        return replace(found, diagnostics=tuple(kept), suppressed=made)

    def codes(self, path: Path) -> tuple[str, ...]:
        """What is ignored in a file."""
        name = within(Source(path.as_posix(), "", path), self.folder)
        return tuple(c for r in (*self.ignore, *self.per_file) if matches(r.glob, name) for c in r.codes)

    def _covers(self, rule: Rule, d: Diagnostic) -> bool:
        return d.code.id.startswith(rule.codes) and matches(rule.glob, within(d.span.source, self.folder))


def within(source: Source, folder: Path) -> str:
    """A file's name from a folder on, with forward slashes; as it is shown where it lies elsewhere."""
    if source.path is None:
        return source.name
    try:
        return source.path.resolve().relative_to(folder.resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):
        return source.name


def matches(glob: str, name: str) -> bool:
    """`*.wrp` is about a name in any folder, `a/*.wrp` about the folder `a`, `a/**` about everything below it."""
    if glob == "*":
        return True
    if "/" not in glob:
        return fnmatchcase(PurePosixPath(name).name, glob)
    wanted, given = glob.removeprefix("./").split("/"), name.split("/")
    return _parts(wanted, given)


def _parts(wanted: Sequence[str], given: Sequence[str]) -> bool:
    if not wanted:
        return not given
    if wanted[0] == "**":
        return any(_parts(wanted[1:], given[at:]) for at in range(len(given) + 1)) or wanted == ["**"]
    return bool(given) and fnmatchcase(given[0], wanted[0]) and _parts(wanted[1:], given[1:])
