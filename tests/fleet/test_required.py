"""What a `require` of a place says of one pool and one site, in three values."""

from __future__ import annotations

import pytest

import wrpc
from wrpc.fleet.placement import place

POLICY = """
model m {{ context 8k }}
site n {{ region "eu"  gpus {{ h100 8 }}  labels {{ floor 3 }} }}
pool a {{ gpu h100  replicas 1  model m  labels {{ speed 4  team "red" }}  price {{ input 2USD/Mtok }} }}
pool other {{ labels {{ pace 1  kind "x" }} }}
site far {{ labels {{ ceiling 1  zone "z" }} }}
place r {{ require {rule} }}
default {{ to a }}
"""


@pytest.mark.parametrize(
    ("rule", "stands"),
    [
        ("pool.speed >= site.floor", True),
        ("pool.speed < site.floor", False),
        ("2 * pool.speed - site.floor == 5", True),
        ("pool.speed in [1, 4]", True),
        ("pool.speed not in [1, 4]", False),
        ("(pool == a) + pool.speed == 5", True),
        ("pool.context == 8k", True),  # its model's
        ("pool.price.input <= 2USD/Mtok", True),
        # What is not declared is unknown, whatever is asked of it, and what is unknown bars.
        ("pool.price.output <= 2USD/Mtok", False),
        ("pool.price.output > 2USD/Mtok", False),
        ("pool.price.output not in [2USD/Mtok]", False),
        ("not pool.pace > 1", False),
        ("pool.pace != 1", False),
        ("pool.pace - pool.pace == 0", False),
        ("site.ceiling > 0 or site.ceiling <= 0", False),
        ("site.ceiling > 0 or pool.speed > 3", True),
        ("(pool.pace > 1) + pool.speed > 0", False),
        ("pool.speed > 5 when pool.pace > 1", False),
        ("pool.speed > 3 when pool.pace > 1", True),
        ("pool.pace > 3 when pool.speed > 5", True),
        # A string that is not declared stands in no relation.
        ('suffix(pool.team, "ed")', True),
        ('contains(site.region, "us")', False),
        ('matches(pool.team, "r[a-z]d")', True),
        ('matches(pool.team, "r")', False),
        ('prefix(site, "n")', True),
        ('suffix(pool.kind, "")', False),
        ('contains(site.zone, "")', False),
        ('matches(pool.kind, ".*")', False),
        ('prefix(site.zone, "")', False),
        ('not suffix(pool.kind, "")', True),
        ('pool.kind in ["x"]', False),
        ('pool.kind not in ["x"]', True),
        ('pool.kind != "x"', True),
    ],
)
def test_stands(rule: str, stands: bool) -> None:
    found = place(wrpc.loads(POLICY.format(rule=rule)))
    at = [s.site for s in found.standings]
    assert at == (["n"] if stands else []), found
    assert found.verdict == ("placed" if stands else "impossible")


def test_context_of_the_pool_itself() -> None:
    text = POLICY.format(rule="pool.context == 4k").replace("model m  labels", "model m  context 4k  labels")
    assert place(wrpc.loads(text)).verdict == "placed"
