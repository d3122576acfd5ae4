"""What pydantic makes of a value where another type is expected."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wrpc.importers.document import Scalar
from wrpc.importers.lax import coerced
from wrpc.source import Source

AT = Source("x", "x").span(0, 1)


@pytest.mark.parametrize(
    ("value", "name", "becomes"),
    [
        ("5", "int", 5),
        (" 1_000 ", "int", 1000),
        ("5.5", "number", Fraction(11, 2)),
        ("1e3", "number", 1000),
        ("-.5", "number", Fraction(-1, 2)),
        ("5.5.5", "number", "5.5.5"),
        ("", "number", ""),
        (".", "number", "."),
        (True, "int", 1),
        ("Yes", "bool", True),
        ("off", "bool", False),
        (1, "bool", True),
        (2, "bool", 2),
        ("maybe", "bool", "maybe"),
        ("5", "text", "5"),
        (None, "int", None),
    ],
)
def test_a_value_becomes(value: str | int | bool | None, name: str, becomes: object) -> None:
    node = coerced(Scalar(value, str(value), AT), name)
    assert isinstance(node, Scalar)
    assert (node.value, type(node.value)) == (becomes, type(becomes))
