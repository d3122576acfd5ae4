"""What the simulator's files would say of a policy without knowing it."""

from __future__ import annotations

from wrpc.diagnostics import Code

INEXACT = Code(
    "WRP811",
    "inexact-traffic",
    "warning",
    """\
A workload whose requests may reach pools that its simulated traffic does not reach.

Where a workload's requests go is worked out for all of them. Here that ended before everything was known, because the
solver gave up or because too many different things become of requests of one length. The pools that were found have
their traffic; others may be missing, so that they look idle and the rest too busy.

How to repair: ask less in the conditions of routes and guards (fewer sums, fewer strings held against each other), or
say in the workload's `when` which requests it has.
""",
)
