"""`wrpc diff`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE

if TYPE_CHECKING:
    from wrpc.policy.model import Policy

FAILING = {
    "never": (),
    "weaker": ("weaker", "open"),
    "different": ("weaker", "stronger", "different", "open"),
}


@click.command(cls=Command)
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@options.environments
@click.option("--format", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILING)),
    default="never",
    show_default=True,
    help="Exit with 1 if the verdict is this, worse, or open.",
)
def command(old: Path, new: Path, env: tuple[Path, ...], format: str, fail_on: str) -> int:
    """Show what NEW does to the requests that OLD decides otherwise, each change with a request that shows it.

    A change is weaker if the new policy serves, reaches or permits more for some request, stronger if less, else
    different. Requests with failed signals count.
    """
    import wrpc
    from wrpc.cli.policies import dimensions
    from wrpc.report import changes as report
    from wrpc.report.json import dumps
    from wrpc.report.screen import write

    before, after = accepted(old, env), accepted(new, env)
    found = wrpc.diff(before, after)
    if format == "json":
        sys.stdout.write(dumps(found.json(), indent=2) + "\n")
    else:
        render = report.markdown if format == "markdown" else report.render
        write(render(found, dimensions(before) | dimensions(after)))
    return ERRORS if found.verdict in FAILING[fail_on] else FINE


def accepted(path: Path, env: tuple[Path, ...]) -> Policy:
    """A policy that `lint` accepts. Raises Refusal."""
    import wrpc
    from wrpc.cli.policies import one
    from wrpc.diagnostics import Refusal

    policy, found = one(path, env)
    found += wrpc.lint(policy)
    if found.errors:
        raise Refusal(d for d in found.diagnostics if d.severity == "error")
    return policy
