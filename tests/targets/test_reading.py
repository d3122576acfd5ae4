"""Plain data alone."""

from __future__ import annotations

import pytest
import yaml

from wrpc.targets import reading


def test_plain_data() -> None:
    assert reading.yaml("a: [1, x, {b: 0.5}]\n") == {"a": [1, "x", {"b": 0.5}]}


def test_no_objects() -> None:
    with pytest.raises(yaml.YAMLError):
        reading.yaml("!!python/object/apply:os.getcwd []")
