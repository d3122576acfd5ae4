"""The interpreter: what a policy means for one request. It is the meaning; everything else is held to it by tests."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType

from wrpc.decide.decision import Decision, Served
from wrpc.decide.interpret import Conflict, Interpreter, decide
from wrpc.decide.request import BadRequest, Request
from wrpc.policy.model import Policy

__all__ = ["BadRequest", "Conflict", "Decision", "Interpreter", "Request", "Served", "decide"]


class _Callable(ModuleType):
    """`wrpc.decide` is a function of the public API and the room that it comes from; Python binds the room's module to
    that name once it is imported, so the module can be called as the function is."""

    def __call__(self, policy: Policy, request: Mapping[str, object]) -> Decision:
        return decide(policy, request)


sys.modules[__name__].__class__ = _Callable
