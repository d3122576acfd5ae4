"""Immutable values: what `@dataclass(frozen=True, slots=True)` makes, in a third of the time.

The library writes and compiles six methods a class, which for the two hundred classes of this program is most of what a
small `lint` takes, and sets each attribute of a value past the guard that keeps it as it is, which is half of what
a large file takes. Here the two methods that are made are shared code under other names, and made when a class is used
for the first time; a value is filled while it is of an open class of the same shape, and closed by changing its class.
Fields, `replace` and patterns work as they do for any dataclass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import cache, cached_property
from operator import attrgetter
from types import CodeType, FunctionType
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C", bound=type)
T = TypeVar("T")

NEEDED: Field[Any] = field()
SEVERAL = 12
MADE = "__value_fields__"
"""Where a class keeps its fields, those of its bases first."""


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field))
def value(cls: C) -> C:
    """A class of values. Equality and hash go by the fields that compare."""
    return _shaped(cls, {"__setattr__": _refuse, "__delattr__": _refuse, "__eq__": _equal, "__hash__": _hash})


@dataclass_transform(field_specifiers=(field, Field))
def record(cls: C) -> C:
    """A class whose instances change: what `@dataclass(slots=True, eq=False)` makes."""
    return _shaped(cls, {})


def _shaped(cls: C, methods: Mapping[str, object]) -> C:
    own = dict(vars(cls))
    here: Mapping[str, object] = own.get("__annotations__", {})
    mine: dict[str, Field[Any]] = {}
    for name in here:
        default = own.pop(name, MISSING)
        mine[name] = NEEDED if default is MISSING else default if isinstance(default, Field) else field(default=default)
    before: dict[str, Field[Any]] = {}
    slots: set[str] = set()
    for base in reversed(cls.__mro__[1:]):
        before.update(vars(base).get(MADE, {}))
        slots.update(vars(base).get("__slots__", ()))
    every = before | mine
    for name in ("__dict__", "__weakref__"):
        own.pop(name, None)
    # What is worked out once and kept, is kept beside the fields.
    kept = ("__dict__", "__weakref__") if any(isinstance(part, cached_property) for part in own.values()) else ()
    own["__slots__"] = (*(name for name in mine if name not in slots), *kept)
    own["__match_args__"] = tuple(name for name, f in every.items() if f.init and f.kw_only is not True)
    own[MADE] = every
    own["__dataclass_fields__"] = _Fields()
    own["__new__"] = _first
    own["__reduce__"] = _reduce
    own.setdefault("__repr__", _repr)
    own.update({name: method for name, method in methods.items() if name not in own or "__eq__" not in own})
    made: Any = type(cls)(cls.__name__, cls.__bases__, own)
    made.__qualname__ = cls.__qualname__
    return made  # type: ignore[no-any-return]  # the same class, with slots


def maker(cls: type[T]) -> Callable[..., T]:
    """`maker(C)(…)` makes what `C(…)` does, a little faster, for a loop that makes many."""
    made: Any = cls
    return _constructor(made, of_class=False)


# ── Making one ───────────────────────────────────────────────────────────────────────────────────────────────────


_few: Counter[type] = Counter()
"""How many values of a class have been made one attribute at a time."""


def _first(cls: Any, *given: object, **named: object) -> Any:
    """Stands for `__new__` until there are several values of a class: most have few, in a small file."""
    owner = next(base for base in cls.__mro__ if MADE in vars(base))
    _few[owner] += 1
    if _few[owner] < SEVERAL or "__dict__" in vars(owner)["__slots__"]:
        return _filled(cls, given, named)
    owner.__new__ = staticmethod(_constructor(owner, of_class=True))
    return owner.__new__(cls, *given, **named)


def _filled(cls: Any, given: tuple[object, ...], named: Mapping[str, object]) -> Any:
    plain, every = cls.__match_args__, getattr(cls, MADE)
    if len(given) > len(plain):
        raise TypeError(f"{cls.__name__} takes {len(plain)} positional arguments but {len(given)} were given")
    values = dict(zip(plain, given, strict=False))
    if odd := next((name for name in named if name in values or name not in every), ""):
        what = "multiple values for" if odd in values else "an unexpected keyword"
        raise TypeError(f"{cls.__name__} got {what} argument '{odd}'")
    values.update(named)
    made = object.__new__(cls)
    for name, f in every.items():
        if name in values:
            part = values[name]
        elif f.default is not MISSING:
            part = f.default
        elif f.default_factory is not MISSING:
            part = f.default_factory()
        else:
            raise TypeError(f"{cls.__name__} missing argument '{name}'")
        object.__setattr__(made, name, part)
    if hasattr(cls, "__post_init__"):
        made.__post_init__()
    return made


@cache
def _constructor(cls: Any, *, of_class: bool) -> Callable[..., Any]:
    """The function from the fields to a value, which as a `__new__` has the class before them."""
    made: dict[str, Field[Any]] = getattr(cls, MADE)
    plain = [name for name, f in made.items() if f.init and f.kw_only is not True]
    keyword = [name for name, f in made.items() if f.init and f.kw_only is True]
    names = [*plain, *keyword]
    assert len(names) == len(made), f"every field of {cls.__name__} is a parameter"
    fresh = [at for at, name in enumerate(names) if made[name].default_factory is not MISSING]
    template = _template(len(names), tuple(fresh), of_class, hasattr(cls, "__post_init__"))
    called = {f"field{at}": name for at, name in enumerate(names)}
    code = template.replace(
        co_argcount=len(plain) + of_class,
        co_kwonlyargcount=len(keyword),
        co_varnames=tuple(called.get(name, name) for name in template.co_varnames),
        co_names=tuple(called.get(name, name) for name in template.co_names),
    )
    space = {"new": object.__new__, "opened": _opened(cls), "closed": cls, "MISSING": MISSING}
    space |= {f"fresh{at}": made[names[at]].default_factory for at in fresh}
    function = FunctionType(code, space, cls.__name__)
    function.__defaults__ = tuple(_default(made[name]) for name in plain if _optional(made[name])) or None
    function.__kwdefaults__ = {name: _default(made[name]) for name in keyword if _optional(made[name])} or None
    return function


def _opened(cls: Any) -> Any:
    """A class whose instances have the same shape, so that they can become the other's, and are not closed."""
    if "__setattr__" not in vars(cls):
        return cls
    plain = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    return type(cls)(cls.__name__, cls.__bases__, {"__slots__": vars(cls)["__slots__"], **plain})


@cache
def _template(size: int, fresh: tuple[int, ...], of_class: bool, follows: bool) -> CodeType:
    """The code that sets so many fields, to be given their names. `fresh` are those whose default is made anew."""
    fields = [f"field{at}" for at in range(size)]
    lines = [f"def make({', '.join(['cls', *fields] if of_class else fields)}):", " made = new(opened)"]
    for at, name in enumerate(fields):
        given = f"fresh{at}() if {name} is MISSING else {name}" if at in fresh else name
        lines.append(f" made.{name} = {given}")
    lines.append(f" made.__class__ = {'cls' if of_class else 'closed'}")
    lines += [" made.__post_init__()", " return made"] if follows else [" return made"]
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)  # noqa: S102  as dataclasses do
    return space["make"].__code__  # type: ignore[no-any-return]


def _optional(f: Field[Any]) -> bool:
    return f.default is not MISSING or f.default_factory is not MISSING


def _default(f: Field[Any]) -> object:
    return f.default  # MISSING where it is made anew


# ── What all of them share ───────────────────────────────────────────────────────────────────────────────────────


class _Fields:
    """What `dataclasses` knows a class by, made when somebody asks for it."""

    def __get__(self, _: object, cls: Any) -> dict[str, Field[Any]]:
        made = getattr(cls, MADE)
        own = {name: copy(f) for name, f in made.items()}
        like = type(cls.__name__, (), {"__doc__": cls.__name__, "__annotations__": dict.fromkeys(made, object), **own})
        shaped: Any = dataclass(init=False, repr=False, eq=False)(like)
        known: dict[str, Field[Any]] = shaped.__dataclass_fields__
        cls.__dataclass_fields__ = known
        return known


def _equal(self: Any, other: object) -> bool:
    """Stands for `__eq__` until the first value of a class is compared."""
    made: bool = _comparing(self).__eq__(self, other)
    return made


def _hash(self: Any) -> int:
    """Stands for `__hash__`, likewise."""
    made: int = _comparing(self).__hash__(self)
    return made


def _comparing(self: Any) -> Any:
    """The class of a value, with the methods that compare its values."""
    cls: Any = next(base for base in type(self).__mro__ if "__eq__" in vars(base))
    compared = [name for name, f in getattr(cls, MADE).items() if f.compare]
    key: Callable[[Any], object] = attrgetter(*compared) if compared else lambda _: ()

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807
        if other.__class__ is not self.__class__:
            return NotImplemented
        return key(self) == key(other)

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash((self.__class__, key(self)))

    cls.__eq__, cls.__hash__ = __eq__, __hash__
    return cls


def _refuse(_self: Any, name: str, _value: object = None) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _repr(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _reduce(self: Any) -> tuple[object, ...]:
    """For a copy or a pickle."""
    return _again, (type(self), tuple(getattr(self, name) for name in getattr(type(self), MADE)))


def _again(cls: Any, state: tuple[object, ...]) -> Any:
    self = object.__new__(cls)
    for name, part in zip(getattr(cls, MADE), state, strict=True):
        object.__setattr__(self, name, part)
    return self
