"""What a calibration found, for people."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from wrpc.fleet.calibrate import Calibrated
from wrpc.report.screen import Line


def render(found: Calibrated, name: str) -> Iterator[Line]:
    """`name`: of the file that was written."""
    step, error = found.profile.engine.step, found.error
    rows = [
        ("a step", f"{step.fixed * 1e3:.4g}ms"),
        ("each token of a prompt", f"{step.per_token * 1e6:.4g}µs"),
        ("each sequence that writes", f"{step.per_sequence * 1e6:.4g}µs"),
        ("each 1,000 tokens of its context", f"{step.per_cached * 1e9:.4g}µs"),
    ]
    wide = max(len(row[0]) for row in rows)
    for what, time in rows:
        yield ((f"{what.ljust(wide)}  {time}", ""),)
    yield ()
    few = ", ".join(
        f"{what} {share * 100:+.1f}%"
        for what, share in (
            ("TTFT", error.ttft), ("its 99th percentile", error.ttft_p99), ("TPOT", error.tpot), ("E2E", error.e2e),
        )
    )  # fmt: skip
    yield (("errors on the last third of the requests, before they were fitted: ", "label"), (few, ""))
    if found.profile.engine.kv_tokens == inf:
        said = "the size of the KV cache is not said (`--kv-tokens`): sizing takes it from the data sheet"
        yield (("note: ", "label"), (said, ""))
    yield ((f'wrote {name}; a pool names it: `profile "{name.rpartition("/")[2]}"`', "proved"),)
