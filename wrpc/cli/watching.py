"""`--watch`: the run again whenever a file that it read has changed, until Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

from wrpc.cli.exits import FINE
from wrpc.reading import Stamp, recorded, stamp

WAKE = 1000
"""Milliseconds after which is looked whether something changed that no event told of."""

option = click.option("--watch", is_flag=True, help="Run again whenever a file that was read changes, until Ctrl-C.")


def allowed(arguments: Sequence[Path], *, fix: bool = False, update: bool = False) -> None:
    """Raises UsageError for what cannot be watched, or would start itself again."""
    if any(str(path) == "-" for path in arguments):
        raise click.UsageError("--watch needs files, not standard input")
    if fix:
        raise click.UsageError("--watch goes without --fix and --diff")
    if update:
        raise click.UsageError("--watch goes without --update-baseline")


def watched(run: Callable[[], object], arguments: Sequence[Path], files: Callable[[], object]) -> int:
    """Runs, and runs again after each change. `files`: what the arguments stand for now, since folders may grow.

    Raises Refusal where the package that watches is missing.
    """
    from wrpc.diagnostics import Findings, Refusal

    watch = _watcher()
    try:
        while True:
            standing = files()
            with recorded() as read:
                try:
                    run()
                except Refusal as refusal:
                    from wrpc.cli.show import show

                    show(Findings.of(refusal.diagnostics))
            sys.stdout.flush()
            number = sum(was is not None for was in read.values())
            _say(f"watching {number} file{'' if number == 1 else 's'}; Ctrl-C ends")
            folders = {path.parent for path, was in read.items() if was is not None and path.parent.is_dir()}
            folders |= {path.absolute() for path in arguments if path.is_dir()}
            changed: str | None = None
            for _ in watch(
                *sorted(folders), recursive=False, yield_on_timeout=True, rust_timeout=WAKE, debounce=200, step=50
            ):
                changed = _changed(read) or ("" if files() != standing else None)
                if changed is not None:
                    break
            if changed is None:
                return FINE  # Ctrl-C while it waited
            _say(f"changed: {changed}" if changed else "changed: files were added or removed")
    except KeyboardInterrupt:
        return FINE


def _watcher() -> Callable[..., Iterable[object]]:
    try:
        from watchfiles import watch
    except ImportError:
        from wrpc.accept.codes import MISSING_PACKAGE
        from wrpc.diagnostics import Refusal, finding
        from wrpc.source import Source

        message = "`--watch` needs the package `watchfiles`, which is not installed"
        at = Source("--watch", "").span()
        raise Refusal([finding(MISSING_PACKAGE, message, at, help="`pip install 'wrpc[watch]'`")]) from None
    return watch


def _changed(read: dict[Path, Stamp]) -> str | None:
    """The name of a file that is no longer as it was read."""
    return next((path.name for path, was in read.items() if stamp(path) != was), None)


def _say(text: str) -> None:
    from wrpc.letters import visible

    click.echo(visible(text), err=True)
