"""Plain data alone."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.volume import compared, many
from wrpc.targets import reading


def test_plain_data() -> None:
    assert reading.yaml("a: [1, x, {b: 0.5}]\n") == {"a": [1, "x", {"b": 0.5}]}


def test_no_objects() -> None:
    with pytest.raises(yaml.YAMLError):
        reading.yaml("!!python/object/apply:os.getcwd []")


PIECES = [
    "a", "b", ":", " ", "\n", "\n  ", "- ", "? ", "&x ", "*x", "!!str ", "! ", "<<: ", "{", "}", "[", "]", ", ", "'",
    '"', "#", "1", "1.5", "0o7", "010", "1:30", "yes", "null", "~", "2024-02-01", "2024-13-45", "=", ".inf", "|\n ",
    "---\n", "...\n", "%YAML 1.1\n",
]  # fmt: skip


def outcome(text: str, reader: object) -> object:
    try:
        return "read", repr(reader(text))  # type: ignore[operator]  # one of two functions
    except (yaml.YAMLError, ValueError, TypeError, AttributeError) as error:
        return "refused", type(error)


@many(1500, floors={"read": 400, "refused": 200})
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
    | st.lists(st.tuples(st.sampled_from(["a", "b", "<<", "1", "'x'", "~"]), st.sampled_from(PIECES)), max_size=4).map(
        lambda pairs: "".join(f"{key}: {value}\n" for key, value in pairs)
    )
)
def test_it_reads_what_the_library_reads(text: str) -> None:
    expected = outcome(text, lambda t: yaml.load(t, Loader=yaml.CSafeLoader))
    assert outcome(text, reading.yaml) == expected
    compared(str(expected[0]))  # type: ignore[index]  # a pair
