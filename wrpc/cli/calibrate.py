"""`wrpc calibrate`."""

from __future__ import annotations

import sys
from math import inf
from pathlib import Path

import click

from wrpc.cli.app import Command
from wrpc.cli.exits import FINE


@click.command(cls=Command)
@click.argument("log", metavar="LOG", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The profile to write; without it the profile is printed, and no errors are shown.",
)
@click.option(
    "--slots", type=click.IntRange(min=1), default=256, show_default=True, help="Sequences at once (`max-num-seqs`)."
)
@click.option(
    "--chunk",
    type=click.IntRange(min=1),
    default=2048,
    show_default=True,
    help="Tokens of a step (`max-num-batched-tokens`).",
)
@click.option("--kv-tokens", type=click.IntRange(min=1), help="Tokens of the KV cache, from the engine's log.")
@click.option(
    "--replicas",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Replicas that took the requests in turn.",
)
def command(log: Path, out: Path | None, slots: int, chunk: int, kv_tokens: int | None, replicas: int) -> int:
    """Find how fast an engine is from LOG, the requests of one run of it.

    LOG is CSV, or a JSON object a line, with `arrival`, `prompt`, `output`, `ttft` and `e2e` of each request, in
    seconds and tokens. The run should reach the load for which the engine is sized; some minutes of it are enough. The
    last third of the requests is predicted before it is fitted, which is what the errors shown are of. A pool names
    the file: `profile "FILE"`.
    """
    from wrpc.cli.progress import progress
    from wrpc.fleet.calibrate import calibrate
    from wrpc.fleet.measured import measured
    from wrpc.placing import write
    from wrpc.report.calibrated import render
    from wrpc.report.json import dumps
    from wrpc.report.screen import write as show

    requests = measured(log)
    with progress() as tell:
        tell(f"fitting {len(requests):,} requests")
        found = calibrate(requests, log.name, slots=slots, chunk=chunk, kv_tokens=kv_tokens or inf, replicas=replicas)
    text = dumps(found.profile.json(), indent=2) + "\n"
    if out is None:
        sys.stdout.write(text)
        return FINE
    write(out, text)
    show(render(found, out.as_posix()))
    return FINE
