"""Regions: what changes, said as a condition of the language."""

from __future__ import annotations

import pytest

import wrpc

SIGNALS = """
signal pii: bool { source header("x-pii") }
signal tokens: int(0..100k) { source prompt_tokens }
signal wait: real(0..10) { source header("x-wait") }
signal model: one_of(a, b, c, d, e) { source header("m") }
signal tenant: string { source header("t") }
signal sure: score { source classifier("x")  threshold 0.5  on_error fires }
signal tools: any_of(shell, mail) { source tools }
pool own { trust "own" }
pool cloud { trust "cloud" }
"""


def regions(old: str, new: str, signals: str = SIGNALS) -> list[str | None]:
    return [c.region for c in wrpc.diff(wrpc.loads(signals + old), wrpc.loads(signals + new)).changes]


def gone(when: str) -> list[str | None]:
    """The region of what a route takes that is left out."""
    return regions(f"route r {{ when {when}  to cloud }} default {{ to own }}", "default { to own }")


@pytest.mark.parametrize(
    ("when", "region"),
    [
        ("tokens > 8k", "tokens > 8k"),
        ("tokens >= 8k and tokens < 64k", "tokens >= 8k and tokens < 64k"),
        ("tokens == 5", "tokens == 5"),
        ("tokens <= 7999", "tokens < 8k"),
        ("wait >= 0.25", "wait >= 0.25"),
        ("pii", "pii"),
        ("not pii", "not pii"),
        ("sure", "sure"),
        ("raw(sure) > 0.75", "raw(sure) > 0.75"),
        ("model == a", "model == a"),
        ("model in [a, b]", "model in [a, b]"),
        ("model != c", "model != c"),
        ("model in [a, b, c]", "model not in [d, e]"),
        ('tenant == "x"', 'tenant == "x"'),
        ('tenant in ["x", "y"]', 'tenant in ["x", "y"]'),
        ('tenant != "x"', 'tenant != "x"'),
        ('prefix(tenant, "eu-")', 'prefix(tenant, "eu-")'),
        ('prefix(tenant, "eu-") and tenant != "eu-1"', 'prefix(tenant, "eu-") and tenant != "eu-1"'),
        ('contains(tenant, "eu")', 'contains(tenant, "eu")'),
        ('not contains(tenant, "eu")', 'not contains(tenant, "eu")'),
        ('matches(tenant, "[a-c]+\\\\d\\"")', 'matches(tenant, "[a-c]+\\\\d\\"")'),
        ('suffix(tenant, "-x") and not prefix(tenant, "eu-")', 'suffix(tenant, "-x") and not prefix(tenant, "eu-")'),
        ('tenant in ["a", "beu"] or contains(tenant, "eu")', 'tenant in ["a", "beu"] or contains(tenant, "eu")'),
        ('contains(tenant, "a") and tenant != "ab"', 'contains(tenant, "a") and tenant != "ab"'),
        ('matches(tenant, "a+") or suffix(tenant, "z")', 'matches(tenant, "a+") or suffix(tenant, "z")'),
        ("shell in tools", "shell in tools"),
        ("shell not in tools and mail in tools", "mail in tools and shell not in tools"),
        ("pii and tokens > 8k and tokens < 9k", "pii and tokens > 8k and tokens < 9k"),
        ("not (pii and tokens > 8k)", "not pii or tokens <= 8k"),
        ("tokens > 8k or tokens < 100", "tokens < 100 or tokens > 8k"),
        ("tokens > 100k or tokens >= 0", "true"),
    ],
)
def test_what_a_route_takes(when: str, region: str) -> None:
    assert gone(when) == [region]
    wrpc.loads(f"{SIGNALS}let again = {region}\n")


def test_failures_are_said() -> None:
    guard = 'guard g { forbid destination.trust == "cloud" when pii }'
    old, new = f"default {{ to own, cloud }} {guard}", "default { to own, cloud }"
    assert regions(old, new) == ["pii or failed(pii)"]
    assert regions("route r { when pii or not pii  to own } default { to cloud }", "default { to own }") == [
        "failed(pii)"
    ]
    fires = "route r { when sure  to cloud } default { to own }"
    assert regions(fires, "default { to own }") == ["sure"]


def test_what_is_long_is_told_by_its_widest_box() -> None:
    when = " or ".join(
        f"(tokens == {n} and model == {m})" for n, m in ((1, "a"), (3, "b"), (5, "c"), (7, "d"), (9, "e"))
    )
    (region,) = gone(when)
    assert region is not None
    assert region.endswith(", and 4 more")


def test_a_sum_has_no_region() -> None:
    assert gone("tokens + 100 * wait > 500") == [None]


def test_points() -> None:
    old = wrpc.loads(SIGNALS + "route r { when tokens > 8k and model == a  to cloud } default { to own }")
    new = wrpc.loads(SIGNALS + "default { to own }")
    (change,) = wrpc.diff(old, new).changes
    assert change.points == pytest.approx(1 / 2 / 6)  # a failed model is a point as well


def test_another_kind_of_signal_has_no_region() -> None:
    one, two = (f'signal x: {t} {{ source header("x") }} pool own {{ }} ' for t in ("bool", "one_of(a, b)"))
    found = wrpc.diff(wrpc.loads(one + "default { to own }"), wrpc.loads(two + "default { to own }"))
    assert [c.region for c in found.changes] == [None]
