"""What the simulator's files would say of a policy without knowing it."""

from __future__ import annotations

from wrpc.diagnostics import Code

INEXACT = Code(
    "WRP811",
    "inexact-traffic",
    "warning",
    """\
A workload whose simulated traffic may reach pools that none of its requests reaches.

wrpc works out where all requests of a workload go. Here the solver gave up on whether some of them exist. They are
counted as if they did, so that a pool may look busier than it will be, and the rest idler.

How to repair: simplify the conditions of routes and guards (fewer sums, fewer comparisons between strings), or say in
the workload's `when` which requests it has.
""",
)
