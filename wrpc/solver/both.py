"""The requests of two policies, whoever answers for them: sets where both have them, else the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from wrpc.decide.change import Sides
from wrpc.solver.algebra import Algebra, Beyond, algebra
from wrpc.solver.joint import Joint
from wrpc.solver.limits import RESOURCES

T = TypeVar("T")


def answered(sides: Sides, ask: Callable[[Algebra | Joint], T], *, resources: int = RESOURCES, sets: bool = True) -> T:
    """What `ask` makes of one of the two; of the reference where sets come to no end, and where `sets` is False. It may
    be called twice."""
    ground = algebra(sides, resources=resources) if sets else None
    if ground is not None:
        try:
            return ask(ground)
        except Beyond:
            pass
    return ask(Joint(sides, resources=resources))
