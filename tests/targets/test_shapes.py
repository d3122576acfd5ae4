"""What stands for the whole document is accepted where the document is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types of its own

from tests.laws.volume import compared, many
from wrpc.targets.shapes import Accepting, Shapes

NAMES = ("a", "b", "c")
SCALARS = st.sampled_from(["", "x", "yy", "zzzz", 0, 1, 2, 5, 1.0, 1.5, -1, True, False, None])
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=30,
)


def schemas(depth: int) -> st.SearchStrategy[Any]:
    plain = [
        st.fixed_dictionaries(
            {"type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])}
        ),
        st.fixed_dictionaries({"const": SCALARS}),
        st.fixed_dictionaries({"enum": st.lists(SCALARS, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"minimum": st.integers(0, 3)}),
        st.fixed_dictionaries({"maximum": st.integers(0, 3), "type": st.just("number")}),
        st.fixed_dictionaries({"exclusiveMaximum": st.sampled_from([1, 1.5])}),
        st.fixed_dictionaries({"minLength": st.integers(0, 3)}),
        st.fixed_dictionaries({"maxLength": st.integers(0, 3)}),
        st.fixed_dictionaries({"minItems": st.integers(0, 3)}),
        st.fixed_dictionaries({"maxItems": st.integers(0, 4)}),
        st.fixed_dictionaries({"required": st.lists(st.sampled_from(NAMES), max_size=2)}),
        st.just({"$ref": "#/$defs/other"}),
        st.booleans(),
    ]
    if depth == 0:
        return st.one_of(*plain)
    inner = schemas(depth - 1)
    items = st.fixed_dictionaries({"items": inner})
    properties = st.fixed_dictionaries(
        {"properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)},
        optional={"additionalProperties": inner},
    )
    several = st.one_of(
        *(st.fixed_dictionaries({k: st.lists(inner, min_size=1, max_size=2)}) for k in ("oneOf", "anyOf", "allOf"))
    )
    chosen = st.fixed_dictionaries({"if": inner, "then": inner, "else": inner})
    return st.one_of(items, items, properties, several, chosen, st.fixed_dictionaries({"not": inner}), *plain)


@many(1500, floors={"accepted": 300, "rejected": 300, "fewer": 150})
@given(schemas(3), schemas(1), st.lists(DOCUMENTS, max_size=9) | DOCUMENTS)
def test_fewer_are_accepted_where_all_are(schema: Any, other: Any, document: object) -> None:
    # No schema that refers to itself: the library asks without end.
    asked = {"allOf": [schema], "$defs": {"other": other if "$ref" not in str(other) else True}}
    fewer = Shapes(asked).fewer(document).document
    validator = Draft202012Validator(asked)
    accepted = validator.is_valid(document)
    assert validator.is_valid(fewer) == accepted
    quick = Accepting(Draft202012Validator, asked)
    assert [quick.accepts(document), quick.accepts([document, document]), quick.accepts(document)] == [
        accepted, validator.is_valid([document, document]), accepted,
    ]  # fmt: skip
    compared("accepted" if accepted else "rejected")
    compared("fewer", fewer != document)


def test_what_refers_to_itself_is_asked_once_for_each_shape() -> None:
    node = {"properties": {"name": {"type": "string"}, "parts": {"items": {"$ref": "#/$defs/node"}}}, "type": "object"}
    quick = Accepting(Draft202012Validator, {"$ref": "#/$defs/node", "$defs": {"node": node}})
    leaf = {"name": "a"}
    tree = {"parts": [{"name": "b", "parts": [leaf, {"name": "c"}]}, leaf, {"parts": [{"parts": [leaf]}]}]}
    assert quick.accepts(tree)
    tree["parts"][2]["parts"][0]["parts"].append({"name": 1})  # type: ignore[index]  # plain data
    assert not quick.accepts(tree)


def test_of_what_is_alike_one_is_left() -> None:
    shapes = Shapes({"items": {"properties": {"kind": {"enum": ["x"]}, "size": {"minimum": 10}}}})
    items = [{"kind": "x", "size": 12}, {"kind": "y", "size": 13}, {"kind": "z", "size": 14}, {"kind": "z", "size": 9}]
    assert shapes.fewer(items).document == [items[0], items[1], items[3]]


def test_a_keyword_that_sees_more_of_a_list_is_told_of_all_of_it() -> None:
    for keyword in ("uniqueItems", "contains", "prefixItems", "patternProperties", "pattern"):
        assert Shapes({"properties": {"a": {keyword: True}}}).fewer([1, 1, 1]).document == [1, 1, 1]
    assert Shapes({"properties": {"pattern": {}}}).fewer([1, 1, 1]).document == [1]
