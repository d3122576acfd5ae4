"""`destination.role` and `destination.causes` where they are misspelt, or stand where nothing has them."""

from __future__ import annotations

import pytest

import wrpc.api
from wrpc.policy.load import from_text

POLICY = """signal a: bool {{ source keywords("a") }}
pool p {{ labels {{ role "x" }} }}
default {{ to p }}
guard g {{ {rule} }}
"""


@pytest.mark.parametrize(
    ("rule", "code", "said", "fix"),
    [
        ("forbid destination.role == falback", "WRP106", "has no `falback`", "fallback"),
        ("forbid destination.role in [primary, spil]", "WRP106", "has no `spil`", "spill"),
        ('forbid destination.role == "x"', "WRP106", "has no `x`", None),
        ("forbid destination.role == a", "WRP120", "found a condition", None),
        ("forbid destination.role == 3", "WRP120", "compared with a role", None),
        ("forbid timeot in destination.causes", "WRP106", "`destination.causes` has no `timeot`", "timeout"),
        ('forbid "timeout" in destination.causes', "WRP120", "a failure comes before", "timeout"),
        ("forbid destination.causes == timeout", "WRP120", "the causes of a destination are a set", None),
        ('deny "no" when timeout in destination.causes', "WRP104", "can only be read in", None),
        ('deny "no" when destination.role == primary', "WRP104", "can only be read in", None),
    ],
)
def test_told(rule: str, code: str, said: str, fix: str | None) -> None:
    _, findings = from_text(POLICY.format(rule=rule))
    found = [d for d in findings.diagnostics if said in d.message]
    assert [d.code.id for d in found] == [code], [(d.code.id, d.message) for d in findings.diagnostics]
    assert [f.text for f in found[0].fixes] == ([] if fix is None else [fix])


def test_a_label_with_an_attributes_name_is_not_read() -> None:
    policy = wrpc.api.loads(POLICY.format(rule="forbid destination.role == mirror"))
    assert [d.pool for d in wrpc.api.decide(policy, {}).destinations] == ["p"]
