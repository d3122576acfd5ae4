"""What stands in the way of a simulation."""

from __future__ import annotations

from wrpc.diagnostics import Code

UNUSABLE_TRACE = Code(
    "WRP621",
    "unusable-trace",
    "error",
    """\
A trace that cannot be replayed: a row without a time or a number of tokens, or a file that is no trace.

A trace is CSV with a header, or a JSON object a line. It says of each request when it came, and how many tokens its
prompt and its answer have. Known are the names of the traces of Azure (`TIMESTAMP`, `ContextTokens`,
`GeneratedTokens`), of Mooncake (`timestamp` in milliseconds, `input_length`, `output_length`, `hash_ids`), and
`arrival_s` or `timestamp` in seconds with `prompt_tokens` or `input_toks`, `generated_tokens` or `output_toks`.

To repair, take out the row, or rename the columns.
""",
)

BACKWARDS = Code(
    "WRP622",
    "backward-clock",
    "error",
    """\
A trace whose clock runs backwards: a request comes before the one above it.

Requests are replayed in the order of the file. Where two machines wrote it, each by its own clock, sorting by time
hides that their clocks differ; so nothing is sorted in silence.

To repair, sort the file by time, or take each machine's rows by themselves.
""",
)

MOST_REQUESTS = 5_000_000
"""What is kept of a request takes some hundred bytes, and all are kept until the end."""

TOO_MANY_REQUESTS = Code(
    "WRP624",
    "too-many-requests",
    "error",
    """\
More requests than one simulation takes: at most five million.

What becomes of each request is kept until the end, so that percentiles are exact.

To repair, simulate fewer hours (`--hours 8-10`), fewer requests (`--requests`), or a part of the trace.
""",
)

NOTHING_TO_SIMULATE = Code(
    "WRP623",
    "nothing-to-simulate",
    "error",
    """\
A policy of which no request can be simulated.

No workload says how many requests come and how long they are, or no pool which model and GPUs it has. A workload
needs `rate` and `lengths`, or a trace takes its place (`--trace FILE`). A pool needs a `model` with its sizes and a
`gpu`, or a `profile` that `wrpc calibrate` has made.

To repair, add what the help names.
""",
)
