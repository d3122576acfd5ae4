"""What is wrong with what a policy, or a log, says of traffic."""

from __future__ import annotations

from wrpc.diagnostics import Code

UNUSABLE_LENGTHS = Code(
    "WRP614",
    "unusable-lengths",
    "error",
    """\
A workload whose `lengths` are no distribution: shares that fall or do not end at 1, tokens that do not ascend.

Which pool gets how many requests, and how long these are, follows from the lengths. Shares are of requests of *at most*
so many tokens, prompt and answer together: they rise, and the last is 1. A file is JSON, `[[512, 0.4], [8192, 1.0]]`
or that under `"cdf"`, beside the policy.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 10/s  lengths [[512, 40%], [2k, 30%], [8k, 100%]] }
    #                          ^^^^^^^ WRP614
    pool own { gpu h100  replicas 2 }
    default { to own }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 10/s  lengths [[512, 40%], [2k, 70%], [8k, 100%]] }
    pool own { gpu h100  replicas 2 }
    default { to own }

To repair, add up the shares from the shortest requests to the longest.
""",
)

UNKNOWN_LENGTHS = Code(
    "WRP615",
    "unknown-lengths",
    "warning",
    """\
A workload whose distribution of lengths only the fleet simulator has.

`cdf("lmsys")` names points that come with the simulator of vLLM Semantic Router, and only there they are known. Here
nobody can tell which pool gets how much of the workload by length, and nothing is sized by it. A file that is named by
a policy without a folder (one that is no file itself) is not looked for; that is a note.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 10/s  lengths cdf("lmsys") }
    #                          ^^^^^^^ WRP615
    pool own { gpu h100  replicas 2 }
    default { to own }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 10/s  lengths cdf("azure") }
    pool own { gpu h100  replicas 2 }
    default { to own }

To repair, put a file of that name beside the policy, such as `lmsys.json`, or write the points themselves.
""",
)

CONTRADICTING_SHARES = Code(
    "WRP616",
    "contradicting-shares",
    "error",
    """\
An assumed share that no traffic of the workload can have.

`assume share pii = 3%` says that a condition holds for so many of the requests of each workload, in every hour; with
`of chat`, of that workload alone. Where the lengths that the workload states, its `when` or another assumption say
otherwise, nothing of it can be counted on, and traffic is worked out without it.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 10/s  lengths [[512, 40%], [8k, 100%]] }
    assume share tokens > 512 = 10%  # WRP616
    pool own { gpu h100  replicas 2 }
    default { to own }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    signal pii: score { source classifier("pii")  threshold 0.5 }
    workload chat { rate 10/s  lengths [[512, 40%], [8k, 100%]] }
    assume share pii = 10%
    pool own { gpu h100  replicas 2 }
    default { to own }

To repair, correct the share, or the lengths.
""",
)

EMPTY_HELP = "its `when` and the ranges of the signals that count tokens have to leave something of its `lengths`"
EMPTY_WORKLOAD = Code(
    "WRP618",
    "empty-workload",
    "error",
    """\
A workload of which no request has a length that it states.

Its `when` asks for other lengths than its `lengths` has, or no value of the signal that counts tokens stands for them.
Its rate is then that of nothing.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    workload long { when tokens > 10k  rate 10/s  lengths [[512, 40%], [8k, 100%]] }
    #        ^^^^ WRP618
    pool own { gpu h100  replicas 2 }
    default { to own }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    workload long { when tokens > 10k  rate 10/s  lengths [[16k, 40%], [64k, 100%]] }
    pool own { gpu h100  replicas 2 }
    default { to own }

To repair, give the workload the lengths of its own requests, or another `when`.
""",
)
