"""What the simulator's files would say of a policy without knowing it."""

from __future__ import annotations

from wrpc.diagnostics import Code

INEXACT = Code(
    "WRP811",
    "inexact-traffic",
    "warning",
    """\
A workload whose requests may reach pools that its simulated traffic does not reach.

wrpc works out where all requests of a workload go. Here it stopped early, because the solver gave up or because
requests of one length have too many different outcomes. The pools that were found get their traffic; others may be
missing, so they look idle and the rest too busy.

How to repair: simplify the conditions of routes and guards (fewer sums, fewer comparisons between strings), or say in
the workload's `when` which requests it has.
""",
)
