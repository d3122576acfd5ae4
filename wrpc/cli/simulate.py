"""`wrpc simulate`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE


def _hours(_ctx: click.Context, _parameter: click.Parameter, given: str | None) -> tuple[float, float] | None:
    if given is None:
        return None
    first, dash, last = given.partition("-")
    try:
        start, end = (float(first), float(last)) if dash else (float(first), float(first) + 1)
    except ValueError:
        raise click.BadParameter(f"`{given}` is not a span of hours, such as `8-20`") from None
    if not 0 <= start < end <= 8784:
        raise click.BadParameter(f"`{given}`: the hours rise, from 0 on, and are at most a year")
    return start, end


def _share(_ctx: click.Context, _parameter: click.Parameter, given: str) -> float:
    try:
        share = float(given.removesuffix("%")) / (100 if given.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise click.BadParameter(f"`{given}` is not a share below 1, such as `30%`")
    return share


@click.command(cls=Command)
@options.one_policy
@options.environments
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws other requests.")
@click.option(
    "--requests",
    type=click.IntRange(1, 5_000_000),
    default=50_000,
    show_default=True,
    help="About how many requests come, all workloads together.",
)
@click.option("--hours", metavar="FROM-TO", callback=_hours, help="Hours of the day instead, such as `8-20`.")
@click.option("--trace", metavar="FILE", type=click.Path(path_type=Path), help="Replay these requests instead.")
@click.option("--queue", type=click.IntRange(0), help="A pool refuses requests while so many a replica wait.")
@click.option(
    "--balance",
    type=click.Choice(["turns", "fewer"]),
    default="turns",
    show_default=True,
    help="How a pool's requests are spread over its replicas: in turn, or to the one of two with fewer.",
)
@click.option(
    "--prefix-hits",
    default="0%",
    show_default=True,
    metavar="SHARE",
    callback=_share,
    help="How many of each prompt's tokens prefix caches have, as measured.",
)
@click.option(
    "--scaling",
    type=click.Choice(["load", "schedule", "most"]),
    default="load",
    show_default=True,
    help="How many replicas a pool has that has a range: by its load, by the hour as `size` says, or the most.",
)
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    policy: Path,
    env: tuple[Path, ...],
    seed: int,
    requests: int,
    hours: tuple[float, float] | None,
    trace: Path | None,
    queue: int | None,
    balance: str,
    prefix_hits: float,
    scaling: str,
    format: str,
) -> int:
    """Simulate the pools of POLICY under its workloads, or under a trace.

    Requests are drawn from `rate` and `lengths` of each workload, take the routes, and are served as an engine with
    continuous batching serves. Shown are the times that they see, how busy each pool is, and what is saturated first.
    The same seed gives the same result. Exit code 1: a pool falls behind, an objective is broken, or a part of the
    fleet cannot be simulated.
    """
    import wrpc
    from wrpc.cli.policies import one
    from wrpc.cli.progress import progress
    from wrpc.report import simulated as report
    from wrpc.report.json import dumps
    from wrpc.report.screen import write

    resolved = one(policy, env)[0]
    with progress() as tell:
        tell(f"simulating {policy}")
        found = wrpc.simulate(
            resolved,
            seed=seed,
            requests=requests,
            hours=hours,
            trace=trace,
            queue=queue,
            balance="fewer" if balance == "fewer" else "turns",
            prefix_hits=prefix_hits,
            scaling="schedule" if scaling == "schedule" else "most" if scaling == "most" else "load",
        )
    if format == "json":
        sys.stdout.write(dumps(found.json(), indent=2) + "\n")
    else:
        write(report.render(found))
    return FINE if found.verdict == "pass" else ERRORS
