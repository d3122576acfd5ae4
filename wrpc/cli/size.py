"""`wrpc size`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE


def share(text: str, option: str = "--prefix-hits") -> tuple[float, float]:
    """`30%`, `30%..50%`, `0.3`."""
    low, _, high = text.partition("..")
    try:
        ends = [float(end.removesuffix("%")) / (100 if end.endswith("%") else 1) for end in (low, high or low)]
    except ValueError:
        ends = [-1.0]
    if not all(0 <= end <= 1 for end in ends) or ends[0] > ends[-1]:
        raise click.UsageError(f"`{option}` takes a share or a range of them (`30%..50%`), found `{text}`")
    return ends[0], ends[-1]


@click.command(cls=Command)
@options.one_policy
@options.environments
@click.option(
    "--prefix-hits",
    default="0%",
    show_default=True,
    metavar="SHARE",
    help="How many of the prompts' tokens prefix caches have, as measured: a share, or `30%..50%`.",
)
@click.option(
    "--log",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Requests, one a line as `wrpc decide` reads them: how often what routes ask for holds.",
)
@click.option(
    "--boundary",
    metavar="SHORT,LONG",
    help="Instead: what these two pools would take for each length that divides them.",
)
@click.option(
    "--compressible",
    default="0%",
    show_default=True,
    metavar="SHARE",
    help="With `--boundary`: how many of the requests a little too long can be shortened to fit.",
)
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    policy: Path,
    env: tuple[Path, ...],
    prefix_hits: str,
    log: Path | None,
    boundary: str | None,
    compressible: str,
    format: str,
) -> int:
    """Find how many replicas the pools of POLICY need for what its workloads send, and what these cost and draw.

    Each pool gets the requests that the routes send it, and has to keep the `slo` of each workload. How fast a replica
    is comes from the `profile` that the pool names (`wrpc calibrate` makes one), else from data sheets, which is right
    within a factor. What is not known stays a range, and past what a pool can take there is no figure at all. Exit
    code 1: a pool is too small, or it is open whether it is.
    """
    import wrpc
    from wrpc.cli.policies import one
    from wrpc.cli.progress import progress
    from wrpc.report import sized as report
    from wrpc.report.json import dumps
    from wrpc.report.screen import write

    hits = share(prefix_hits)
    short, _, long = (boundary or "").partition(",")
    if boundary is not None and not (short.strip() and long.strip()):
        raise click.UsageError(f"`--boundary` takes two pools (`short,long`), found `{boundary}`")
    shortened = share(compressible, "--compressible")[0]
    resolved = one(policy, env)[0]
    if boundary is not None:
        from wrpc.fleet.divided import Unfit
        from wrpc.report.divided import render

        try:
            rows = wrpc.boundary(resolved, short.strip(), long.strip(), compressible=shortened, log=log)
        except Unfit as why:
            raise click.UsageError(f"`--boundary {boundary}`: {why}") from None
        if format == "json":
            sys.stdout.write(dumps(rows.json(), indent=2) + "\n")
        else:
            write(render(rows))
        return FINE if rows.best is not None else ERRORS
    with progress() as tell:
        tell(f"sizing {policy}")
        found = wrpc.size(resolved, prefix_hits=hits, log=log)
    if format == "json":
        sys.stdout.write(dumps(found.json(), indent=2) + "\n")
    else:
        write(report.render(found))
    return FINE if found.verdict == "pass" else ERRORS
