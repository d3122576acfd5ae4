"""`wrpc test`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from wrpc.cli import accepting, options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE

if TYPE_CHECKING:
    from wrpc.accept.settings import Settings
    from wrpc.analysis.tested import Tested
    from wrpc.policy.model import Policy


@click.command(cls=Command)
@options.one_policy
@click.option(
    "--format",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option("--update", is_flag=True, help="Write a test into POLICY for each case that no test tries.")
@click.option(
    "--fail-under",
    metavar="PERCENT",
    type=click.IntRange(0, 100),
    help="Exit 1 where the tests try less than this share of the cases. Default: `fail-under` of the settings.",
)
@accepting.chosen
@options.environments
def command(
    policy: Path,
    format: str,
    update: bool,
    fail_under: int | None,
    env: tuple[Path, ...],
    **wanted: Unpack[accepting.Chosen],
) -> int:
    """Run the `test` blocks of POLICY, and say which routes, guards and branches they try.

    A branch is a part of an `or`. Each case that no test tries is shown with a request that would; `--update` writes
    these as tests that expect what the policy decides today, so read them before you keep them.
    """
    from wrpc.analysis.tested import tested
    from wrpc.cli.policies import STDIN, one
    from wrpc.cli.progress import progress

    if update and env:
        raise click.UsageError("--update writes into POLICY, whose tests hold without --env")
    if update and policy == STDIN:
        raise click.UsageError("--update needs a file, not standard input")
    settings = accepting.settings_of([policy], wanted)
    least = settings.fail_under if fail_under is None else fail_under
    resolved = one(policy, env)[0]
    with progress() as tell:
        tell(f"testing {policy}")
        found = tested(resolved)
    if update:
        count = _update(policy, resolved, found)
        if count:
            resolved = one(policy)[0]
            found = tested(resolved)
        if format == "text":
            click.echo(f"wrote {count} test{'' if count == 1 else 's'} into {policy}")
    _show(found, resolved, format)
    short = least is not None and 100 * found.hit < least * found.of
    if short and format == "text":
        said = f"--fail-under {least}" if fail_under is not None else f"fail-under in {_name(settings)}"
        click.echo(f"less than {least}% of the cases are tried ({said})")
    return FINE if found.passed and not short else ERRORS


def _name(settings: Settings) -> str:
    return settings.path.name if settings.path is not None else "the settings"


def _show(found: Tested, policy: Policy, format: str) -> None:
    from wrpc.report import tested as report
    from wrpc.report.screen import write

    match format:
        case "json":
            sys.stdout.write(report.json(found))
        case "junit":
            from wrpc.report.junit import write as xml

            sys.stdout.write(xml(report.cases(found), policy.name))
        case _:
            write(report.text(found, policy))


def _update(path: Path, policy: Policy, found: Tested) -> int:
    """How many tests were written."""
    from wrpc.placing import write
    from wrpc.report import tested as report
    from wrpc.syntax import tree
    from wrpc.syntax.parse import parse

    source = policy.sources[0]
    tests = report.blocks(policy, found)
    if not tests:
        return 0
    ends = [d.span.end for d in parse(source)[0].declarations if isinstance(d, tree.Test)]
    write(path, report.written(source.text, tests, max(ends, default=None)))
    return len(tests)
