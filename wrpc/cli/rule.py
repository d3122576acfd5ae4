"""`wrpc rule`."""

from __future__ import annotations

import click

from wrpc.cli.app import Command
from wrpc.cli.exits import FINE


@click.command(cls=Command)
@click.argument("code", metavar="[CODE]", required=False)
def command(code: str | None) -> int:
    """Show the documentation of a CODE, such as WRP201 or conflicting-routes; without CODE, list all."""
    from wrpc.diagnostics import nearest
    from wrpc.report import catalogue
    from wrpc.report.screen import write

    if code is None:
        write(catalogue.listing())
        return FINE
    entry = catalogue.find(code)
    if entry is None:
        known = catalogue.entries()
        close = nearest(code, [*(e.code.id for e in known), *(e.code.name for e in known)])
        hint = f", did you mean {', '.join(f'`{c}`' for c in close[:3])}?" if close else ""
        raise click.UsageError(f"there is no code `{code}`{hint}")
    write(catalogue.page(entry))
    return FINE
