"""What vLLM would find out on the machine, minutes after its start."""

from __future__ import annotations

from wrpc.diagnostics import Code

TOO_LITTLE_MEMORY = Code(
    "WRP810",
    "too-little-memory",
    "warning",
    """\
A pool whose GPUs cannot hold its model and one request of full length.

The engine ends itself while it starts, or takes only shorter requests than the policy sends it. It is counted so: what
weights and KV cache take, over all GPUs of one replica, against the part of their memory that the engine may use.

How to repair: more GPUs for a replica (`tensor_parallel`), a shorter `context`, a GPU with more memory, or a smaller
model. Where the weights are quantised, say what they really take.
""",
)
