"""Repairs of YAML change the data as they say, lose no comment, and touch nothing else."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.importers.documents import SECTIONS, Writer
from tests.laws.volume import compared, many
from wrpc.diagnostics import Fix
from wrpc.importers import document, edits
from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.source import Source

Path = tuple[str | int, ...]


def applied(fix: Fix) -> str:
    text = fix.span.source.text
    for edit in reversed(fix.edits):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def read(text: str) -> Keys:
    root, _ = document.read(Source("x.yaml", text))
    assert isinstance(root, Keys)
    return root


def moved(text: str, owner: str, key: str, to: str) -> str | None:
    root = read(text)
    mapping = root[owner] if owner else root
    assert isinstance(mapping, Keys)
    fix = edits.move(root, mapping.pairs[key], mapping, to, "move it")
    return None if fix is None else applied(fix)


# ── Moving ────────────────────────────────────────────────────────────────

BEFORE = """\
# the file
model_list:
- model_name: a  # one

general_settings:
  # how often
  # (at most)
  num_retries: 3  # three
    # or four
  # the key
  master_key: x

# the router
router_settings:
    timeout: 4
    #ttl: 3

# at last
fallbacks:
- a: [b,
   c]
"""


def test_a_key_goes_with_its_comments_into_a_section():
    assert moved(BEFORE, "general_settings", "num_retries", "router_settings") == BEFORE.replace(
        "  # how often\n  # (at most)\n  num_retries: 3  # three\n    # or four\n", ""
    ).replace(
        "    #ttl: 3\n",
        "    #ttl: 3\n    # how often\n    # (at most)\n    num_retries: 3  # three\n      # or four\n",
    )


def test_a_section_is_made_at_the_end_of_the_file():
    assert moved(BEFORE, "", "fallbacks", "litellm_settings") == BEFORE.replace(
        "# at last\nfallbacks:\n- a: [b,\n   c]\n",
        "litellm_settings:\n  # at last\n  fallbacks:\n  - a: [b,\n     c]\n",
    )
    assert moved("a:\n    b: 1\nc: 2", "", "c", "d") == "a:\n    b: 1\n\nd:\n    c: 2"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n  b: 1\nd:\n", "d:\n  b: 1\n"),
        ("a:\n  b: 1\nd:", "d:\n  b: 1"),
        ("a:\n  b: 1\nd: {}  # e", "d:  # e\n  b: 1"),
        ("d: ~\n\na:\n  b: 1\n", "d:\n  b: 1\n"),
        ("d: null\n  # e\n\na:\n  b: 1\n", "d:\n  # e\n  b: 1\n"),
        ("d:\na:\n  b: 1\n  c: 2\n", "d:\n  b: 1\na:\n  c: 2\n"),
        ("d:\n  e: 1\na:\n  b: |\n    x\n\n    y\n  c: 2\n", "d:\n  e: 1\n  b: |\n    x\n\n    y\na:\n  c: 2\n"),
        ("d:\n e: 1\na:\n    b:\n    - x\n    -   y: 1\n", "d:\n e: 1\n b:\n - x\n -   y: 1\n"),
        ("# c\na:\n  b: 1\nd:\n", "# c\nd:\n  b: 1\n"),
        ("a:\n  b: |\n    x\nd:", "d:\n  b: |\n    x\n"),
        ("a:\n  b: |\n    x\nd: {}", "d:\n  b: |\n    x\n"),
        ("a:\n  b: |\n    x\nd:\n  e: 1", "d:\n  e: 1\n  b: |\n    x\n"),
        ("a:\n  b: |\n    x\n# c", "# c\n\nd:\n  b: |\n    x\n"),
        ("d: {e: 1}\na:\n  b: 1\n", None),
        ("d: [e]\na:\n  b: 1\n", None),
        ("d:\n  b: 2\na:\n  b: 1\n", None),
        ("d:\n  e: 1\na: {b: 1}\n", None),
        ("{d: {e: 1}, a: {b: 1}}\n", None),
        ("x: &x 1\nd:\n  e: 1\na:\n  b: *x\n", None),
        ("d:\n  e: 1\na:\n  b: &x 1\nc: *x\n", None),
        ("d:\n  e: 1\na: &x\n  b: 1\nc: *x\n", None),
        ("x: &x {y: 1}\nd:\n  <<: *x\na:\n  b: 1\n", None),
        ("x: &x {y: 1}\nd:\n  e: 1\na:\n  <<: *x\n  b: 1\n", None),
        ("d:\n  e: |+\n    x\n\na:\n  b: 1\n", None),
        ("d:\n  e: 1\na:\n  b: |+\n    x\n\nc: 1\n", None),
        ("d:\n  e: 1\na:\n  ? b\n  : 1\n", None),
        ("d:\n  e: 1\na:\n  b: 1\n  b: 1\n", None),
        ("d:\n  e: |\n    x\n      \na:\n  b: 1\n", None),
        ("a:\n  b: 1\n...\n", None),
        ("a:\n  b: 1\nd:\n  e: |\n    x", None),
        ("d:\n  e: 1\na:\n  b: |\n    x", None),
        ("d:\n  e: 1\na:\n  b: [1,\n\t2]\n", None),
    ],
)
def test_what_a_move_makes(before: str, after: str | None):
    assert moved(before, "a", "b", "d") == after


def test_a_section_left_empty_stays_where_a_comment_speaks_of_it():
    for comment, text in {
        "above": "f: 1\n# c\na:\n  b: 1\nd:\n  e: 1\n",
        "beside": "a:  # c\n  b: 1\nd:\n  e: 1\n",
        "inside": "a:\n  # c\n\n  b: 1\nd:\n  e: 1\n",
        "below": "a:\n  b: 1\n\n  # c\nd:\n  e: 1\n",
    }.items():
        after = moved(text, "a", "b", "d")
        assert after is not None
        assert {"f": 1, **yaml.safe_load(after)} == {"f": 1, "a": None, "d": {"e": 1, "b": 1}}, comment
        assert "# c" in after


def test_a_comment_never_becomes_text():
    # The comment after `b` would be taken in by the block scalar before it, or by one that is put there.
    assert moved("a:\n  c: |\n    x\n  b: 1\n\n    # e\nd:\n  e: 1\n", "a", "b", "d") is None
    assert moved("d:\n  e: 1\n\n    # f\na:\n  b: |\n    x\n  c: 1\n", "a", "b", "d") is None


def comments(text: str) -> Counter[str]:
    return Counter(re.findall(r"# c\d+_", text))


def written(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.splitlines() if line.strip())


SEEDS = st.integers(0, 2**32)


def written_by(chance: Random, plain: bool = False) -> str:
    """A document that both readers take."""
    while True:
        text = Writer(chance, plain).document()
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError:
            continue
        if isinstance(data, dict) and isinstance(document.read(Source("x", text))[0], Keys):
            return text


def owners(root: Keys, to: str) -> Iterator[tuple[str, str]]:
    """Each key of the document and of its sections that has another place than `to`."""
    for name in root:
        yield "", name
        section = root[name]
        if isinstance(section, Keys) and name != to:
            yield from ((name, key) for key in section)


def after_moving(data: Any, owner: str, key: str, to: str) -> Any:
    data = copy.deepcopy(data)
    mapping = data[owner] if owner else data
    target = data.get(to) or {}
    target[key] = mapping.pop(key)
    data[to] = target
    return data


def check_move(text: str, owner: str, key: str, to: str) -> bool:
    new = moved(text, owner, key, to)
    if new is None:
        return False
    compared()
    expected, made = after_moving(yaml.safe_load(text), owner, key, to), yaml.safe_load(new)
    if owner and not expected[owner]:
        assert made.setdefault(owner, None) is None
        expected[owner] = None
    assert made == expected
    assert list(made[to])[-1] == key
    assert comments(new) == comments(text)
    added, gone = written(new) - written(text), written(text) - written(new)
    assert sum(added.values()) <= 1, "a key of the new section, or that of an empty one without `{}`"
    assert sum(gone.values()) <= 2, "a key of the old section, or `{}`"
    assert all(line.split(":")[0] in (*SECTIONS, to) for line in [*added, *gone])
    return True


@many(400, floors=1_000)
@given(SEEDS)
def test_a_move_changes_what_it_says(seed: int):
    chance = Random(seed)
    text = written_by(chance)
    root = read(text)
    moves = [(owner, key, to) for to in SECTIONS for owner, key in owners(root, to) if owner or key != to]
    for owner, key, to in chance.sample(moves, min(5, len(moves))):
        check_move(text, owner, key, to)


@many(200, floors=500)
@given(SEEDS)
def test_a_plain_document_lets_every_key_move(seed: int):
    chance = Random(seed)
    text = written_by(chance, plain=True)
    root, found = document.read(Source("x.yaml", text))
    assert isinstance(root, Keys)
    assume(not found)
    to = chance.choice(("router_settings", "made_section"))
    target = root.get(to) or Keys({}, Source("", "").span())
    assume(isinstance(target, Keys))
    assert isinstance(target, Keys)
    assume(not (target.pairs and target.span.text[0] == "{"))
    moves = [
        (owner, key)
        for owner, key in owners(root, to)
        if key != to and key not in target and not (owner and root[owner].span.text[0] == "{")
    ]
    for owner, key in chance.sample(moves, min(5, len(moves))):
        assert check_move(text, owner, key, to), (owner, key, to)


# ── Taking out, wrapping, renaming ────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\nb: 2\na: 1\n", "a: 1\nb: 2\n"),
        ("a: 1\na: 1", "a: 1\n"),
        ("{a: 1, b: 2, a: 1}", "{a: 1, b: 2}"),
        ("{a: [1], b: 2,\n a: [1]}", "{a: [1], b: 2}"),
        ("a: # c\n  b: 1\n\na:\n  b: 1\n\nc: 1", "a: # c\n  b: 1\n\nc: 1"),
        ("a: {b: 1}\na:\n  b: 1\n", "a: {b: 1}\n"),
        ("a: 1 # c\na: 1 # c\n", "a: 1 # c\n"),
        ("a: 1\na: 2\n", None),
        ("a: 1\na: 2\na: 1\n", None),
        ("a: 1\na: '1'\n", None),
        ("a: yes\na: 'yes'\n", None),
        ("a: 1\na: &x 1\nb: *x", None),
    ],
)
def test_a_key_that_says_the_same_twice(before: str, after: str | None):
    _, found = edits.mended(Source("x.yaml", before))
    fixes = [fix for d in found for fix in d.fixes]
    assert {d.code.id for d in found} == {"WRP051"}
    assert [applied(fix) for fix in fixes] == ([] if after is None else [after])
    assert all(fix.safe for fix in fixes)


def test_a_comment_that_would_be_lost_makes_it_unsafe():
    _, found = edits.mended(Source("x.yaml", "a: 1\n# why\na: 1\n"))
    (fix,) = found[0].fixes
    assert (fix.safe, applied(fix)) == (False, "a: 1\n")
    items = read("a:\n- b: 1 # why\n- b: 1 # not\n")["a"]
    assert isinstance(items, Items)
    unsafe = edits.remove_item(items, 1, "t")
    assert unsafe is not None
    assert not unsafe.safe


@many(300, floors=40)
@given(SEEDS)
def test_keys_twice(seed: int):
    text = written_by(Random(seed))
    _, found = edits.mended(Source("x.yaml", text))
    for fix in (fix for d in found for fix in d.fixes):
        new = applied(fix)
        compared()
        assert yaml.safe_load(new) == yaml.safe_load(text)
        assert len(document.read(Source("x.yaml", new))[1]) < len(found)
        assert set(comments(new)) == set(comments(text)) or not fix.safe
        assert not written(new) - written(text) or "{" in text


def places(node: Node, data: Any, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node with the way to it, as far as PyYAML reads the same keys."""
    yield path, node
    if isinstance(node, Keys) and isinstance(data, dict):
        for key in node:
            if key in data:
                yield from places(node[key], data[key], (*path, key))
    if isinstance(node, Items):
        for number, item in enumerate(node.items):
            yield from places(item, data[number], (*path, number))


def inside(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


@many(150, floors=500)
@given(SEEDS)
def test_items_taken_out_values_wrapped_keys_renamed(seed: int):
    chance = Random(seed)
    text = written_by(chance)
    root, found = document.read(Source("x.yaml", text), document.PYYAML)
    assert root is not None
    assume(not found)
    data = yaml.safe_load(text)
    every = list(places(root, data))
    for path, node in chance.sample(every, min(12, len(every))):
        # An alias shows one value in two places; a copy of the data has it once in each.
        expected = yaml.safe_load(yaml.dump(data, Dumper=NoAliases))
        match node:
            case Items():
                number = chance.randrange(len(node.items)) if node.items else 0
                fix = edits.remove_item(node, number, "t") if node.items else None
                if fix is not None:
                    del inside(expected, path)[number]
            case Scalar() if path:
                fix = edits.wrap(node, "t")
                inside(expected, path[:-1])[path[-1]] = [inside(data, path)]
            case Keys() if node.pairs:
                key = chance.choice(list(node))
                fix = edits.rename(node.pairs[key], chance.choice(("new", "new name", "true", "é")), "t")
                mapping = inside(expected, path)
                if fix is not None and key in mapping:
                    mapping[yaml.safe_load(fix.text)] = mapping.pop(key)
            case _:
                fix = None
        if fix is None:
            continue
        new = applied(fix)
        made = yaml.safe_load(new)
        if fix.safe:
            compared()
            assert made == expected, (path, new)
            lost = set(comments(text)) - set(comments(new))
            assert all(comment in str(data) for comment in lost), "only what was no comment but text"


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n- b\n# c\n- d\n- b\n", "a:\n- b\n# c\n- d\n"),
        ("a:\n  - b: 1\n    c: 2\n\n  - b: 1\n    c: 2\n", "a:\n  - b: 1\n    c: 2\n"),
        ("a: [b, b]\n", "a: [b]\n"),
        ("a: [b, b,\n  c, b]\n", "a: [b, b,\n  c]\n"),
        ("a:\n- - b\n  - b\n- c", "a:\n- - b\n  - b\n"),
        ("a:\n-\n  b: 1\n-\n  b: 1\n", None),
        ("a:\n- b", None),
    ],
)
def test_the_last_item_of_a_list(before: str, after: str | None):
    items = read(before)["a"]
    assert isinstance(items, Items)
    fix = edits.remove_item(items, len(items.items) - 1, "t")
    assert (None if fix is None else applied(fix)) == after


def test_the_first_item_of_a_list():
    for before, after in {"a: [b, c]": "a: [c]", "a:\n- b # d\n- c\n": "a:\n- c\n"}.items():
        items = read(before)["a"]
        assert isinstance(items, Items)
        fix = edits.remove_item(items, 0, "t")
        assert fix is not None
        assert applied(fix) == after


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("b # c", "[b] # c"), ("'b'", "['b']"), ("3", "[3]"), ("a, b", '["a, b"]'), ("a]b", '["a]b"]'),
        ("!!str 3", None), ("|\n  b", None), ("", None), ("~", None), ("&x b", None), ("http://b", "[http://b]"),
    ],
)  # fmt: skip
def test_a_value_wrapped(value: str, text: str | None):
    root = read(f"a: {value}")
    node = root["a"]
    assert isinstance(node, Scalar)
    fix = edits.wrap(node, "t")
    assert (None if fix is None else applied(fix)) == (None if text is None else f"a: {text}")


@pytest.mark.parametrize(
    ("key", "name", "text"),
    [("a", "b", "b"), ("'a'", "b", "'b'"), ('"a"', "b c", '"b c"'), ("a", "true", '"true"'), ("&x a", "b", None)],
)
def test_a_key_renamed(key: str, name: str, text: str | None):
    root = read(f"{key}: 1 # c\n")
    fix = edits.rename(root.pairs["a"], name, "t")
    assert (None if fix is None else applied(fix)) == (None if text is None else f"{text}: 1 # c\n")


def test_what_an_anchor_shows_elsewhere_is_not_safe():
    root = read("a: &x\n  b: c\n  d: [e, e]\nf: *x\n")
    mapping = root["a"]
    assert isinstance(mapping, Keys)
    value, items = mapping["b"], mapping["d"]
    assert isinstance(value, Scalar)
    assert isinstance(items, Items)
    for fix in (edits.wrap(value, "t"), edits.rename(mapping.pairs["b"], "g", "t"), edits.remove_item(items, 1, "t")):
        assert fix is not None
        assert not fix.safe
