"""`wrpc check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Unpack

import click

from wrpc.cli import accepting, options, watching
from wrpc.cli.app import Command
from wrpc.importers import IMPORTERS


@click.command(cls=Command)
@options.many_policies
@options.environments
@click.option(
    "--from",
    "kind",
    type=click.Choice([*IMPORTERS, "auto"]),
    help="POLICY is another system's configuration file.",
)
@options.release
@click.option(
    "--skip-unknown",
    is_flag=True,
    help="With --from: skip a file that is not a configuration, even if it is the only one.",
)
@click.option("--fix", is_flag=True, help="Apply every safe fix to each POLICY, and show what is left.")
@click.option(
    "--diff", is_flag=True, help="Write nothing; show what --fix would change, and exit 1 if it would change anything."
)
@click.option("--stats", is_flag=True, help="Say on standard error how many questions each kind of solver answered.")
@options.codes
@accepting.options
@watching.option
@options.output
@options.notes
def command(
    policies: tuple[Path, ...],
    env: tuple[Path, ...],
    kind: str | None,
    release: str | None,
    skip_unknown: bool,
    fix: bool,
    diff: bool,
    stats: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    format: str,
    notes: bool,
    watch: bool,
    **wanted: Unpack[accepting.Wanted],
) -> int:
    """Lint each POLICY and prove it: conflicts, coverage, guards and claims.

    A claim that does not hold is shown with a request that breaks it; `wrpc decide` confirms it.
    """
    import wrpc
    from wrpc.cli.policies import CONFIGURATIONS, Examined, files, gather, gather_foreign, known_release
    from wrpc.cli.progress import progress, shares, told
    from wrpc.cli.repairs import Repairs
    from wrpc.reading import Kept
    from wrpc.report.screen import write
    from wrpc.solver.stats import counting, summed

    if env and kind is not None:
        raise click.UsageError("--env is for policies, and --from for another system's file: one of them")
    if release is not None and kind is None:
        raise click.UsageError("--release needs --from")
    if fix or diff:
        if fix and diff:
            raise click.UsageError("--fix and --diff exclude each other")
        if env:
            raise click.UsageError("--fix and --diff work on a policy without --env")
    if skip_unknown and kind is None:
        raise click.UsageError("--skip-unknown is about foreign files, and needs --from")
    if watch:
        watching.allowed(policies, fix=fix or diff, update=wanted["update_baseline"])

    kept: Kept[Examined] = Kept()

    def paths() -> tuple[Path, ...]:
        return files(policies) if kind is None else files(policies, CONFIGURATIONS)

    def run() -> int:
        given = paths()
        # In a folder, and for `auto` among several files, one of another system is nothing to stop for.
        optional = skip_unknown or (kind is not None and (given != policies or (kind == "auto" and len(given) > 1)))
        accept = accepting.accepting(policies, wanted, select, ignore)
        releases = release or accept.release
        with known_release():
            if fix or diff:
                repairs = Repairs(kind, accept.select, ignore, releases, optional, accept.settings.codes)
                if diff:
                    return repairs.show(given)
                repairs.write(given, sys.stdout if format == "text" else sys.stderr)
            with progress() as tell, counting() as answers:
                if kind is None:
                    found = gather(
                        told(given, tell),
                        env,
                        lambda policy: wrpc.check(
                            policy, today=accept.today, progress=shares(policy.sources[0].name, tell)
                        ),
                        kept,
                        accept.today,
                    )
                else:
                    found = gather_foreign(told(given, tell), kind, releases, optional=optional)
                judged = accept.judge(found, solver=True, several=bool(env))
        if stats:
            write([((summed(answers), ""),)], sys.stderr)
        return accept.show(
            judged,
            found,
            format=format,
            notes=notes,
            solver=True,
            stream=sys.stderr if fix and found.nothing and format == "text" else None,
        )

    return watching.watched(run, policies, paths) if watch else run()
