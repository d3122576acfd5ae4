"""`wrpc diff`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE
from wrpc.importers import IMPORTERS

FAILING = {
    "never": (),
    "weaker": ("weaker", "open"),
    "different": ("weaker", "stronger", "different", "open"),
}


@click.command(cls=Command)
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="[NEW]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--against", metavar="REF", help="Compare one file with itself at a commit of git: a branch, a tag, HEAD~1, a hash."
)
@options.environments
@click.option(
    "--from",
    "kind",
    type=click.Choice([*IMPORTERS, "auto"]),
    help="A file that is not a .wrp file is another system's configuration.",
)
@options.release
@click.option("--old-release", metavar="RELEASE", help="Release for the old side, if it is another one.")
@click.option("--policy", "name", metavar="NAME", help="Which policy of a configuration file that holds several.")
@click.option("--format", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILING)),
    default="never",
    show_default=True,
    help="Exit with 1 if the verdict is this, worse, or open.",
)
def command(
    old: Path,
    new: Path | None,
    against: str | None,
    env: tuple[Path, ...],
    kind: str | None,
    release: str | None,
    old_release: str | None,
    name: str | None,
    format: str,
    fail_on: str,
) -> int:
    """Show what NEW does to the requests that OLD decides otherwise, each change with a request that shows it.

    A change is weaker if the new policy serves, reaches or permits more for some request, stronger if less, else
    different. Requests with failed signals count. With --against, OLD is the one file, and the old side is how it was
    at REF, with its imports and override files.
    """
    import wrpc
    from wrpc.cli.policies import dimensions, known_release
    from wrpc.cli.progress import progress
    from wrpc.cli.sides import Reader
    from wrpc.report import changes as report
    from wrpc.report.json import dumps
    from wrpc.report.screen import write

    if (against is None) == (new is None):
        raise click.UsageError("give two files, OLD and NEW, or one and --against REF")
    if kind is None and (release or old_release or name):
        raise click.UsageError("--release, --old-release and --policy need --from")
    if env and kind is not None:
        raise click.UsageError("--env is for policies, and --from for another system's file: one of them")
    reader = Reader(env, kind, name)
    with known_release(), progress() as tell:
        tell(f"reading {old}")
        before = reader.read(old, ref=against, release=old_release or release)
        after = reader.read(new or old, release=release)
        tell(f"comparing {old} with {new or against}")
        found = wrpc.diff(before, after)
    if format == "json":
        sys.stdout.write(dumps(found.json(), indent=2) + "\n")
    else:
        render = report.markdown if format == "markdown" else report.render
        write(render(found, dimensions(before) | dimensions(after)))
    return ERRORS if found.verdict in FAILING[fail_on] else FINE
