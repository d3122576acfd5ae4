"""`wrpc place`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE


@click.command(cls=Command)
@options.one_policy
@options.environments
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(policy: Path, env: tuple[Path, ...], format: str) -> int:
    """Find where the pools of POLICY stand: how many replicas of each on which site.

    Of all placements that its `place` rules, GPUs and power allow, the one that is best by `prefer`; then the one with
    the fewest replicas; then by the names of pools and sites. Where there is none, it shows causes that clash, each of
    which is needed for the clash where nothing else is said, and the least change to each that would mend it. Exit code
    1: there is no placement, or a price or power that nobody gives keeps it open.
    """
    import wrpc
    from wrpc.cli.policies import one
    from wrpc.cli.progress import progress
    from wrpc.report import placed as report
    from wrpc.report.json import dumps
    from wrpc.report.screen import write

    resolved = one(policy, env)[0]
    with progress() as tell:
        tell(f"placing {policy}")
        found = wrpc.place(resolved)
    if format == "json":
        sys.stdout.write(dumps(found.json(), indent=2) + "\n")
    else:
        write(report.render(found))
    return FINE if found.verdict == "placed" else ERRORS
