"""What vLLM would find out on the machine, minutes after its start."""

from __future__ import annotations

from wrpc.diagnostics import Code

TOO_LITTLE_MEMORY = Code(
    "WRP810",
    "too-little-memory",
    "warning",
    """\
A pool whose GPUs cannot hold its model and one request of full length.

The engine stops while it starts, or accepts only shorter requests than the policy sends it. The check compares what
weights and KV cache need, over all GPUs of one replica, with the part of their memory that the engine may use.

How to repair: more GPUs for a replica (`tensor_parallel`), a shorter `context`, a GPU with more memory, or a smaller
model. Where the weights are quantised, state their real size.
""",
)
