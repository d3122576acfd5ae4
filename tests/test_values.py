"""A value is what a frozen dataclass with slots is."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from wrpc.values import value


@value
class Point:
    x: int
    y: int = 2
    tags: tuple[str, ...] = ()
    note: str = field(default="", compare=False, repr=False)
    more: Mapping[str, int] = field(default_factory=dict, compare=False)


@value
class Named(Point):
    name: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Same:
    x: int
    y: int = 2
    tags: tuple[str, ...] = ()
    note: str = field(default="", compare=False, repr=False)
    more: Mapping[str, int] = field(default_factory=dict, compare=False)


def test_it_is_made_compared_and_shown_as_a_dataclass_is():
    assert Point(1) == Point(1, 2, note="other")
    assert hash(Point(1)) == hash(Point(1, note="other"))
    assert Point(1) != Point(2)
    assert Point(1) != Same(1)  # type: ignore[comparison-overlap]  # that is what is asked
    assert Point(1) != Named(1)
    assert repr(Point(1)) == repr(Same(1)).replace("Same", "Point")
    assert [f.name for f in fields(Point)] == [f.name for f in fields(Same)]
    assert Point(1).more is not Point(1).more
    assert Named(1, name="a").name == "a"
    assert replace(Point(1), y=3) == Point(1, 3)
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Named(1, 2, (), "", {}, "a")  # type: ignore[call-arg]


def test_it_does_not_change():
    point = Point(1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del point.x
    with pytest.raises((FrozenInstanceError, AttributeError)):
        point.z = 2  # type: ignore[attr-defined]
    assert not hasattr(point, "__dict__")


def test_it_is_matched_and_copied():
    match Point(1, 2, ("a",)):
        case Point(x, y, tags):
            assert (x, y, tags) == (1, 2, ("a",))
    assert copy.deepcopy(Named(1, name="a")) == Named(1, name="a")
    assert pickle.loads(pickle.dumps(Named(1, name="a"))) == Named(1, name="a")
