"""`wrpc check`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.importers import IMPORTERS

if TYPE_CHECKING:
    from wrpc.diagnostics import Findings
    from wrpc.policy.model import Policy


@click.command(cls=Command)
@options.many_policies
@options.environments
@click.option(
    "--from",
    "kind",
    type=click.Choice([*IMPORTERS, "auto"]),
    help="POLICY is another system's configuration, taken as it is.",
)
@options.release
@click.option("--fix", is_flag=True, help="Write every safe fix into each POLICY, and show what is left.")
@click.option(
    "--diff", is_flag=True, help="Write nothing; show what --fix would change, and exit 1 where anything would."
)
@options.codes
@options.output
@options.fail_on
@options.notes
def command(
    policies: tuple[Path, ...],
    env: tuple[Path, ...],
    kind: str | None,
    release: str | None,
    fix: bool,
    diff: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    format: str,
    fail_on: str,
    notes: bool,
) -> int:
    """Everything that `lint` does for each POLICY, and every proof: conflicts, coverage, guards, claims.

    What is refuted is shown with a request, which `wrpc decide` confirms.
    """
    import wrpc
    from wrpc.analysis.run import chosen
    from wrpc.cli.policies import files, gather, loaded
    from wrpc.cli.repairs import Repairs
    from wrpc.cli.show import show

    if env and kind is not None:
        raise click.UsageError("--env overrides a policy, and --from names a foreign file")
    if release is not None and kind is None:
        raise click.UsageError("--release says whose reading of a foreign file is meant, and needs --from")
    if fix or diff:
        if fix and diff:
            raise click.UsageError("--fix writes and --diff writes nothing: one of them")
        if env:
            raise click.UsageError("--fix and --diff repair a policy itself, and --env overrides it")
        repairs = Repairs(kind, select, ignore, release, len(policies) > 1)
        paths = files(policies) if kind is None else policies
        if diff:
            return repairs.show(paths)
        repairs.write(paths, sys.stdout if format == "text" else sys.stderr)
    if kind is None:
        found = gather((loaded(path, env) for path in files(policies)), wrpc.check)
    else:
        found = gather(
            (each for path in policies for each in foreign(kind, path, release, several=len(policies) > 1)), wrpc.check
        )
    return show(
        chosen(found.findings, select, ignore),
        format=format,
        fail_on=fail_on,
        notes=notes,
        dimensions=found.dimensions,
        proofs=found.proofs,
    )


def foreign(
    kind: str, path: Path, release: str | None = None, *, several: bool = False
) -> Iterator[tuple[Policy | None, Findings]]:
    """Every policy of a foreign file, with findings that point into that file. Of `several` files one that `auto` does
    not know is told and passed over."""
    from dataclasses import replace

    from wrpc.cli.imports import nobodys, read
    from wrpc.diagnostics import Findings, finding
    from wrpc.importers import codes
    from wrpc.policy.load import from_tree
    from wrpc.syntax.read import read as read_source

    if several and nobodys(kind, source := read_source(path)):
        message = "passed over: this is none of the configurations that wrpc reads"
        yield None, Findings.of([finding(codes.TAKEN_AS, message, source.span(0, 0))])
        return
    source, imported = read(kind, path, release)
    yield None, Findings.of(imported.diagnostics)
    for policy in imported.policies:
        # The importer's tree is for printing, and its file is the one that it will be; here it is the foreign one.
        yield from_tree(replace(policy.tree, source=source, comments=()))
