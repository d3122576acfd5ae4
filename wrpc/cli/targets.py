"""`wrpc targets`."""

from __future__ import annotations

import click

from wrpc.cli.app import Command
from wrpc.cli.exits import FINE


@click.command(cls=Command)
@click.argument("name", metavar="[NAME]", required=False)
def command(name: str | None) -> int:
    """List the targets; with NAME, show what it carries of a policy and the settings of its block."""
    from wrpc.diagnostics import did_you_mean
    from wrpc.report import targets as report
    from wrpc.report.screen import write
    from wrpc.targets import TARGETS, named

    if name is None:
        write(report.listing())
        return FINE
    known = name.replace("_", "-")
    if known not in TARGETS:
        hint = did_you_mean(name, TARGETS)
        raise click.UsageError(f"there is no target `{name}`" + (f", {hint}" if hint else ""))
    write(report.page(named(known)))
    return FINE
