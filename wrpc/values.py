"""Immutable values: what `@dataclass(frozen=True, slots=True)` makes, in a third of the time.

The library writes and compiles six methods a class, which for the hundred and fifty classes of this program is most of
what a small `lint` takes. Here one is compiled, `__init__`; the others are shared. Fields, `replace` and patterns work
as they do for any dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field))
def value(cls: C) -> C:
    """A class of values. Equality and hash go by the fields that compare."""
    documented = cls.__doc__
    if documented is None:
        cls.__doc__ = cls.__name__  # else the library works out a signature to put there
    own = vars(cls)
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    made.__doc__ = documented
    made.__init__ = _init(made)
    made.__setattr__ = made.__delattr__ = _refuse
    if "__repr__" not in own:
        made.__repr__ = _repr
    if "__eq__" not in own:
        made.__eq__, made.__hash__ = _compare(made)
    # A copy or a pickle of a class with slots sets its state through here.
    made.__getstate__, made.__setstate__ = _getstate, _setstate
    return made  # type: ignore[no-any-return]  # the same class, with slots


def _init(cls: Any) -> Callable[..., None]:
    given = [f for f in fields(cls) if f.init]
    names: dict[str, object] = {"_set": object.__setattr__}
    plain: list[str] = []
    keyword: list[str] = []
    body: list[str] = []
    for f in fields(cls):
        name, what = f.name, f.name
        if f.default_factory is not MISSING:
            names[f"_make_{name}"] = f.default_factory
            names["_missing"] = MISSING
            what = f"_make_{name}() if {name} is _missing else {name}" if f.init else f"_make_{name}()"
            parameter = f"{name}=_missing"
        elif f.default is not MISSING:
            names[f"_default_{name}"] = f.default
            parameter = f"{name}=_default_{name}"
        else:
            parameter = name
        if f in given:
            (keyword if f.kw_only else plain).append(parameter)
        body.append(f" _set(self, {name!r}, {what})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    parameters = ", ".join(["self", *plain, *(["*", *keyword] if keyword else [])])
    exec(f"def __init__({parameters}):\n" + "\n".join(body or [" pass"]), names)  # noqa: S102  as dataclasses do
    return names["__init__"]  # type: ignore[return-value]


def _compare(cls: Any) -> tuple[Callable[[Any, object], bool], Callable[[Any], int]]:
    compared = [f.name for f in fields(cls) if f.compare]
    key: Callable[[Any], object] = attrgetter(*compared) if compared else lambda _: ()

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807
        if other.__class__ is not self.__class__:
            return NotImplemented
        return key(self) == key(other)

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash((self.__class__, key(self)))

    return __eq__, __hash__


def _refuse(_self: Any, name: str, _value: object = None) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _repr(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _getstate(self: Any) -> list[object]:
    return [getattr(self, f.name) for f in fields(self)]


def _setstate(self: Any, state: list[object]) -> None:
    for f, v in zip(fields(self), state, strict=True):
        object.__setattr__(self, f.name, v)
