"""`check --fix` and `check --diff`: safe fixes written into files, or shown as differences."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from wrpc.cli.exits import ERRORS, FINE
from wrpc.cli.policies import STDIN, stdin
from wrpc.diagnostics import Findings, Refusal
from wrpc.source import Source

if TYPE_CHECKING:
    from wrpc.repair import Repaired
    from wrpc.report.screen import Line


@dataclass(frozen=True, slots=True)
class Repairs:
    """The safe fixes of policies, or of the foreign files of an importer, as far as their codes are asked for."""

    kind: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    release: str | Mapping[str, str] | None = None
    optional: bool = False
    """A foreign file may as well be no configuration."""
    ignored: Callable[[Path], tuple[str, ...]] = lambda _: ()
    """The codes that the settings ignore in a file."""

    def write(self, paths: Sequence[Path], stream: TextIO) -> None:
        """Into each file, and told. A file that cannot be read is left to whoever shows its findings."""
        from wrpc.placing import write
        from wrpc.report import screen

        for path in paths:
            if path == STDIN or (path.exists() and not path.is_file()):
                raise click.UsageError(
                    f"--fix writes files in place, and {path} is not a file; --diff shows what it would do"
                )
        for path in paths:
            try:
                made = self._made(path)
            except Refusal:
                continue
            if made.changed:
                write(path, made.written)
                screen.write(told(made), stream)

    def show(self, paths: Iterable[Path]) -> int:
        """As differences, to the exit code."""
        from wrpc.cli.fmt import difference
        from wrpc.cli.show import exit_code, show
        from wrpc.report import screen

        found = Findings()
        changed = False
        for path in paths:
            try:
                made = self._made(path)
            except Refusal as refusal:
                found += Findings.of(refusal.diagnostics)
                continue
            changed |= made.changed
            source = made.source
            veiled = Source(source.name, source.veiled(source.text), source.path)
            screen.write(difference(veiled, source.veiled(made.text)))
        if found.diagnostics:
            show(found, stream=sys.stderr)
        return max(exit_code(found), ERRORS if changed else FINE)

    def _made(self, path: Path) -> Repaired:
        """Raises Refusal where the file cannot be read."""
        import wrpc

        where = stdin() if path == STDIN else path
        return wrpc.fix(
            where,
            kind=self.kind,
            release=self.release,
            select=self.select,
            ignore=(*self.ignore, *self.ignored(path)),
            optional=self.optional,
        )


def told(made: Repaired) -> Iterator[Line]:
    """A line for each fix."""
    from wrpc.report.text import place

    for (d, fix), span in zip(made.applied, made.places, strict=True):
        yield ("fixed: ", "proved"), (d.code.id, "strong"), (f" {place(span)} ", "place"), (fix.title, "")
