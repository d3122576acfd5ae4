"""`@override` marks a method that stands in for one of its base class, so that it may leave an argument unread.

Python has it from 3.12 on, and type checkers know it before: at run time it costs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["override"]

if TYPE_CHECKING:
    from typing_extensions import override
else:
    F = TypeVar("F", bound=Callable[..., Any])

    def override(method: F) -> F:
        return method
