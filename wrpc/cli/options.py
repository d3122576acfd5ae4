"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from wrpc.diagnostics import listing
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
fail_on = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="Lowest severity that makes the exit code 1.",
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
    code = value.upper()
    if not (code.startswith("WRP") and code[3:].isdigit() and len(code) <= 6):
        raise click.UsageError(f"`{value}` is not a code; codes look like WRP201, families like WRP2")
    return code


def _codes(_ctx: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    found = tuple(one_code(value) for value in split(values))
    for code in found:
        _known(code)
    return found


def _known(code: str) -> None:
    """Raises UsageError for a code that no finding has; a family may have none yet."""
    from wrpc.analysis import CHECKS, LINTS

    rows = (known for table in (LINTS, CHECKS) for row in table.values() for known in row)
    if len(code) < len("WRP10") or any(known.startswith(code) for known in rows):
        return
    from wrpc.report import catalogue

    known = [entry.code.id for entry in catalogue.entries()]
    if not any(k.startswith(code) for k in known):
        near = sorted(known, key=lambda k: (abs(int(k[3:]) - int(code[3:].ljust(3, "0"))), k))[:3]
        raise click.UsageError(f"there is no code `{code}`; the nearest are {listing(sorted(near), 'and')}")
