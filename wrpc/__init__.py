"""A compiler and prover for policies that place LLM requests on models, pools and machines.

>>> import wrpc
>>> policy = wrpc.load("policy.wrp")       # doctest: +SKIP
>>> wrpc.check(policy).ok                  # doctest: +SKIP
>>> wrpc.decide(policy, {"tokens": 9000})  # doctest: +SKIP
"""

from wrpc.api import (
    Compilation,
    boundary,
    check,
    check_file,
    decide,
    diff,
    fix,
    lint,
    load,
    loads,
    place,
    read_foreign,
    simulate,
    size,
)
from wrpc.api import compile as compile  # noqa: A004  the API's own verb
from wrpc.diagnostics import Diagnostic, Findings, Proof, Refusal
from wrpc.version import __version__

__all__ = [
    "Compilation", "Diagnostic", "Findings", "Proof", "Refusal", "__version__", "boundary", "check", "check_file",
    "compile", "decide", "diff", "fix", "lint", "load", "loads", "place", "read_foreign", "simulate", "size",
]  # fmt: skip
