"""Documents held against a schema: each way of not fitting, and what is left."""

from __future__ import annotations

import pytest

from wrpc.importers.document import Keys, Node, Scalar, read
from wrpc.importers.faults import misfit
from wrpc.importers.fitting import Misfit, fit
from wrpc.importers.schema import Reader, schema
from wrpc.source import Source


def tripled(node: Scalar) -> Node | str:
    return Scalar(node.value * 3, node.text, node.span) if isinstance(node.value, int) else "not to be tripled"


KEYS = {
    "name": "text!",
    "share": "number[0,1]",
    "size": "int|=auto",
    "kind": "kind",
    "routes": "[route]",
    "plugin": "plugin",
    "labels": "{text}",
    "triple": "triple",
    "wait": "int|variable",
    "key": "id",
    "models": "[text]",
    "old": "text",
}
SCHEMA = schema(
    {
        "shapes": {
            "file": {
                "keys": KEYS,
                "older": {"models_list": "models"},
                "gone": {"old": "it has no use"},
                "some": [["name", "share"]],
                "one": [["share", "size"]],
            },
            "route": {"keys": {"to": "text!"}, "unknown": "ignored"},
            "plugin": {
                "keys": {"type": "=a|=b", "with": "{any}"},
                "switch": {"key": "with", "on": "type", "shapes": {"a": "of_a"}},
            },
            "of_a": {"keys": {"depth": "int"}, "unknown": "kept"},
        },
        "words": {"kind": ["fuzzy", "regex"]},
        "older words": {"kind": {"fuzz": "fuzzy"}},
        "patterns": {"id": "[a-z]+"},
        "variable": r"\$\{.+\}",
    },
    {"triple": Reader("a number", tripled)},
)


def fitted(text: str) -> tuple[Keys, list[Misfit]]:
    root, _ = read(Source("file.yaml", text))
    assert isinstance(root, Keys)
    found: list[Misfit] = []
    node = fit(root, "file", "the file", SCHEMA, found.append)
    assert isinstance(node, Keys)
    return node, found


def test_what_fits_is_silent() -> None:
    text = "{name: a, share: 0.5, kind: regex, routes: [{to: b}], labels: {x: y}, wait: '${W}', key: abc, models: [m]}"
    node, found = fitted(text)
    assert found == []
    assert list(node) == ["name", "share", "kind", "routes", "labels", "wait", "key", "models"]


@pytest.mark.parametrize(
    ("text", "wrong", "said"),
    [
        ("nam: a\nname: b", "unknown", "`nam` is not a key here, so its value does not hold"),
        ("share: 0", "missing", "`name` is missing in `the file`"),
        ("name: 3", "type", "`name` is the number 3, where text is expected"),
        ("name:", "type", "`name` is nothing, where text is expected"),
        ("name: a\nshare: 85", "range", "`share` is 85, outside 0 to 1"),
        ("name: a\nsize: soon", "word", "`soon` is not a value of `size`"),
        ("name: a\nsize: [1]", "type", "`size` is a list, where a whole number or `auto` is expected"),
        ("name: a\nkind: fuzy", "word", "`fuzy` is not a value of `kind`"),
        ("name: a\nkind: fuzz", "older", "`fuzz` is an older name; today it is `fuzzy`"),
        ("name: a\nmodels_list: [m]", "older", "`models_list` is an older key; today it is `models`"),
        ("name: a\nold: b", "gone", "`old` is an older key without a successor here: it has no use"),
        ("name: a\nroutes: [{too: b, to: c}]", "unknown", "`too` is not a key here, so its value does not hold"),
        ("name: a\nroutes: {to: b}", "type", "`routes` is a mapping, where a list is expected"),
        ("name: a\nroutes: [b]", "type", "`routes` is text, where a mapping is expected"),
        (
            "name: a\nplugin: {type: a, with: {depth: deep}}",
            "type",
            "`depth` is text, where a whole number is expected",
        ),
        ("name: a\ntriple: x", "range", "`triple` is x, not to be tripled"),
        ("name: a\nkey: A1", "word", "`A1` is not a value of `key`"),
        ("name: a\nwait: $W", "type", "`wait` is text, where a whole number is expected"),
        ("name: a\nshare: 1\nsize: 2", "several of", "`the file` has more than one of `share` and `size`"),
    ],
)
def test_what_does_not(text: str, wrong: str, said: str) -> None:
    _, found = fitted(text)
    assert [(each.wrong, misfit(each).message) for each in found] == [(wrong, said)]
    assert misfit(found[0]).span.text


def test_what_is_left() -> None:
    node, found = fitted(
        "{name: a, share: 85, models_list: [m, 3], kind: fuzz, old: kept, triple: 4, plugin: {type: b, with: {x: 1}}}"
    )
    assert {each.wrong for each in found} == {"range", "older", "type", "gone"}
    assert list(node) == ["name", "models", "kind", "old", "triple", "plugin"]
    kind, triple = node["kind"], node["triple"]
    assert isinstance(kind, Scalar)
    assert isinstance(triple, Scalar)
    assert (kind.value, triple.value) == ("fuzzy", 12)


def test_none_of_several() -> None:
    _, found = fitted("kind: regex")
    assert [each.wrong for each in found] == ["missing", "none of"]


def test_what_a_program_does_is_said_behind() -> None:
    _, (found,) = fitted("name: a\nshare: 85")
    said = misfit(found, severity="warning", end="; the program takes 1")
    assert (said.message, said.severity) == ("`share` is 85, outside 0 to 1; the program takes 1", "warning")


def test_what_fits_is_what_was_given() -> None:
    """Nothing is made anew of it; beside what does not fit the rest stays as it is."""
    for text in ("{name: a, routes: [{to: x}, {to: y}], labels: {k: v}}", "{name: a, models: []}"):
        given, _ = read(Source("config.yaml", text))
        assert given is not None
        assert fit(given, "file", "the file", SCHEMA, lambda _: None) is given
    given, _ = read(Source("config.yaml", "{name: a, routes: [{to: x}, {to: [1]}], labels: {k: v, w: [1]}, size: }"))
    assert isinstance(given, Keys)
    left = fit(given, "file", "the file", SCHEMA, lambda _: None)
    assert isinstance(left, Keys)
    assert left.pairs["name"] is given.pairs["name"]
    assert [*left] == ["name", "routes", "labels"]
    assert [*keys(left["labels"])] == ["k"]


def keys(node: Node) -> Keys:
    assert isinstance(node, Keys)
    return node
