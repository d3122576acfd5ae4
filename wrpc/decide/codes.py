"""What can be wrong with one request, the codes of `decide`'s error lines; and what a table leaves out."""

from __future__ import annotations

from wrpc.diagnostics import Code

UNREADABLE = Code(
    "WRP170",
    "unreadable-request",
    "error",
    """\
A line that is not a JSON object.

Each line is one request: a JSON object that maps signal names to values.
""",
)

UNKNOWN_SIGNAL = Code(
    "WRP171",
    "unknown-request-signal",
    "error",
    """\
A request that names a signal which the policy does not declare.
""",
)

WRONG_VALUE = Code(
    "WRP172",
    "request-value",
    "error",
    """\
A request whose value has another type than its signal, is out of its range, or is not one of its names.

A score is given as its raw number. Numbers are read as exact decimals.
""",
)

CANNOT_FAIL = Code(
    "WRP173",
    "request-signal-cannot-fail",
    "error",
    """\
A request that says `null`, a failed signal, for a signal that is computed from the request itself.
""",
)

BROKEN_AXIOM = Code(
    "WRP174",
    "request-breaks-axiom",
    "error",
    """\
A request outside the request space: two members of an exclusive group fire, or an `assume` is false.
""",
)

CONFLICT = Code(
    "WRP201",
    "conflicting-routes",
    "error",
    """\
Two routes of equal precedence take the request and differ.

`check` reports this for the whole policy; `decide` answers it for one request.
""",
)

UNDECIDED = Code(
    "WRP820",
    "undecided-in-table",
    "warning",
    """\
The table of `decide --table` does not decide some requests.

Under `resolve [confidence]` the scores behind a condition are collected where routes of one tier meet, and a table has
conditions, not how they came about. For such a request an evaluator says that the table does not decide it.

How to repair: order the routes by tiers or priorities, or send these requests to `wrpc decide`.
""",
)
