"""`wrpc lint`."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from wrpc.cli import accepting, options, watching
from wrpc.cli.app import Command


@click.command(cls=Command)
@options.many_policies
@options.environments
@options.codes
@accepting.options
@watching.option
@options.output
@options.notes
def command(
    policies: tuple[Path, ...],
    env: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    format: str,
    notes: bool,
    watch: bool,
    **wanted: Unpack[accepting.Wanted],
) -> int:
    """Check syntax, names, types, units and style of each POLICY, without the solver.

    A folder stands for every .wrp file below it, `-` for standard input.
    """
    import wrpc
    from wrpc.cli.policies import Examined, files, gather
    from wrpc.cli.progress import progress, told
    from wrpc.reading import Kept

    if watch:
        watching.allowed(policies, update=wanted["update_baseline"])

    kept: Kept[Examined] = Kept()

    def run() -> int:
        accept = accepting.accepting(policies, wanted, select, ignore)
        with progress() as tell:
            found = gather(
                told(files(policies), tell),
                env,
                lambda policy: wrpc.lint(policy, today=accept.today),
                kept,
                accept.today,
            )
            judged = accept.judge(found, solver=False, several=bool(env))
        return accept.show(judged, found, format=format, notes=notes, solver=False)

    return watching.watched(run, policies, lambda: files(policies)) if watch else run()
