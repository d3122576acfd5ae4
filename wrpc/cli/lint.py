"""`wrpc lint`."""

from __future__ import annotations

from pathlib import Path

import click

from wrpc.cli import options
from wrpc.cli.app import Command


@click.command(cls=Command)
@options.many_policies
@options.environments
@options.codes
@options.output
@options.fail_on
@options.notes
def command(
    policies: tuple[Path, ...],
    env: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    format: str,
    fail_on: str,
    notes: bool,
) -> int:
    """Check syntax, names, types, units and style of each POLICY, without the solver.

    A folder stands for every .wrp file below it, `-` for standard input.
    """
    import wrpc
    from wrpc.analysis.run import chosen
    from wrpc.cli.policies import files, gather, loaded
    from wrpc.cli.show import show

    found = gather((loaded(path, env) for path in files(policies)), wrpc.lint)
    return show(
        chosen(found.findings, select, ignore), format=format, fail_on=fail_on, notes=notes, dimensions=found.dimensions
    )
