"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from wrpc.report import FORMATS

F = TypeVar("F", bound=Callable[..., Any])

one_policy = click.argument("policy", metavar="POLICY", type=click.Path(path_type=Path))
many_policies = click.argument("policies", metavar="POLICY…", type=click.Path(path_type=Path), nargs=-1, required=True)
output = click.option(
    "--format",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="Output format.",
)
notes = click.option("--notes", is_flag=True, help="Show every note, not one line for each kind.")
release = click.option(
    "--release",
    metavar="RELEASE",
    help="Release of the program that reads the file, if wrpc knows several.",
)
environments = click.option(
    "--env",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Override file of an environment; may be repeated.",
)


def codes(function: F) -> F:
    """`--select` and `--ignore`."""
    for name, what in (
        ("--ignore", "Leave out these codes."),
        ("--select", "Only these codes; `WRP2` selects a family."),
    ):
        function = click.option(name, metavar="CODE,…", multiple=True, callback=_codes, help=what)(function)
    return function


def split(values: Sequence[str]) -> tuple[str, ...]:
    """`--x a,b --x c` as a, b, c."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def one_code(value: str) -> str:
    """A code, or the beginning of several. Raises UsageError for anything else."""
    from wrpc.accept.limits import spelled

    code = spelled(value)
    if code is None:
        raise click.UsageError(f"`{value}` is not a code; codes look like WRP201, families like WRP2")
    return code


def _codes(_ctx: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    from wrpc.accept.limits import unknown

    found = tuple(one_code(value) for value in split(values))
    for code in found:
        if near := unknown(code):
            raise click.UsageError(f"there is no code `{code}`; {near}")
    return found
