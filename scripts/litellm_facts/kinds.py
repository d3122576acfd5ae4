"""What the program declares of itself: signatures, pydantic models and TypedDicts, in the words of a small grammar."""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Iterator
from importlib import import_module
from typing import Any


def kind(annotation: object, *, lax: bool = False) -> str:
    """The word for an annotation; `lax` where pydantic takes a number or a flag from text."""
    made = sorted(set(_kinds(annotation, lax)))
    return "any" if not made or "any" in made else "|".join(made)


def _kinds(annotation: object, lax: bool) -> Iterator[str]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is None or annotation is type(None):
        return
    if origin in (typing.Union, types.UnionType):
        for each in arguments:
            yield from _kinds(each, lax)
    elif origin is typing.Annotated:
        yield from _kinds(arguments[0], lax)
    elif origin is typing.Literal:
        for each in arguments:
            yield from _kinds(type(each), False)
    elif annotation is bool:
        yield from ("bool", "flag") if lax else ("bool",)
    elif annotation is int:
        yield from ("int", "numeral") if lax else ("int",)
    elif annotation is float:
        yield from ("number", "numeral") if lax else ("number",)
    elif annotation is str or (isinstance(annotation, type) and issubclass(annotation, enum.Enum)):
        yield "text"
    elif origin in (list, tuple, set, frozenset) or getattr(origin, "__name__", "") in ("Sequence", "Iterable"):
        yield "[text]" if arguments and arguments[0] is str else "list"
    elif annotation in (list, tuple, set):
        yield "list"
    elif annotation is dict or getattr(origin, "__name__", "") in ("dict", "Mapping", "MutableMapping"):
        yield "map"
    else:  # a model of pydantic's, or a TypedDict, is a mapping in a file
        yield "map" if hasattr(annotation, "model_fields") or hasattr(annotation, "__total__") else "any"


def fields(model: Any) -> dict[str, str]:
    """The declared fields of a pydantic model, or of a TypedDict, under every name that a file may use."""
    if not hasattr(model, "model_fields"):
        return {name: kind(hint, lax=True) for name, hint in hints(model).items()}
    made: dict[str, str] = {}
    for name, field in model.model_fields.items():
        for each in {name, field.alias or name}:
            made[each] = kind(field.annotation, lax=True)
    return made


def parameters(function: Any) -> dict[str, str]:
    """The parameters of a function that can be given by name."""
    known = hints(function)
    skip = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {
        name: kind(known.get(name, Any))
        for name, each in inspect.signature(function).parameters.items()
        if each.kind not in skip and name != "self"
    }


def hints(thing: Any) -> dict[str, Any]:
    """The annotations of a thing, those left out that cannot be evaluated."""
    try:
        return typing.get_type_hints(thing)
    except Exception:  # noqa: BLE001 - a name that only a type checker sees
        return {name: hint for name, hint in getattr(thing, "__annotations__", {}).items() if not isinstance(hint, str)}


def found(module: str, name: str) -> Any:
    """A thing of the program, None where this release has none."""
    try:
        return getattr(import_module(module), name, None)
    except ImportError:
        return None
