"""`wrpc verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("policy", metavar="[POLICY]", type=click.Path(path_type=Path), required=False)
@options.environments
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(folder: Path, policy: Path | None, env: tuple[Path, ...], format: str) -> int:
    """Read the compiled files in DIR back, and prove that they decide every request as POLICY does.

    DIR is what `wrpc compile --out` wrote. Without POLICY it is the one that the manifest in DIR names. A file that
    decides otherwise is shown with a request and the line that takes it.
    """
    from wrpc.cli.policies import dimensions, one
    from wrpc.report import verified as report
    from wrpc.report.json import dumps
    from wrpc.report.screen import write
    from wrpc.verify.artifacts import verify

    if env and policy is None:
        raise click.UsageError("--env needs POLICY")
    resolved = None if policy is None else one(policy, env)[0]
    found = verify(folder, resolved)
    if format == "json":
        sys.stdout.write(dumps(report.document(found), indent=2) + "\n")
    else:
        write(report.render(found, {} if resolved is None else dimensions(resolved)))
    return FINE if found.verdict == "equal" and not found.findings.errors else ERRORS
