"""Waivers of guards and claims: an owner, a last day and a reason; what they waive still shows."""

from __future__ import annotations

from datetime import date

import pytest

import wrpc
from wrpc.diagnostics import Findings
from wrpc.policy.load import from_text
from wrpc.policy.waivers import day
from wrpc.source import Source

WAIVER = 'waive { WRP401 { owner "platform"  until "2026-12-31"  reason "the move" } }'
LEAK = """\
pool own { trust "own" }
pool cloud { trust "cloud" }
default { to own, cloud }
assert stays { never destination.trust == "cloud"  WAIVE }
"""


def judged(text: str, today: date | None = None) -> Findings:
    return wrpc.check_file(Source("policy.wrp", text), today=today)


def test_a_waived_claim_passes_and_is_still_refuted():
    found = judged(LEAK.replace("WAIVE", WAIVER))
    assert (found.diagnostics, found.errors, found.unproved) == ((), 0, 0)
    (proof,) = found.proofs
    assert (proof.verdict, proof.witness) == ("refuted", {})
    (waived,) = found.suppressed
    assert (waived.finding.code.id, waived.why.by, waived.why.owner, waived.why.until, waived.why.reason) == (
        "WRP401", "waiver", "platform", "2026-12-31", "the move",
    )  # fmt: skip


def test_without_a_day_no_waiver_ends():
    text = LEAK.replace("WAIVE", WAIVER)
    assert judged(text, date(2026, 12, 31)).errors == 0
    ended = judged(text, date(2027, 1, 1))
    assert [d.code.id for d in ended.diagnostics] == ["WRP401", "WRP908"]
    assert (ended.errors, ended.unproved) == (1, 1)
    assert "platform" in (ended.diagnostics[1].help or "")


def test_one_waiver_excuses_one_kind_of_failure():
    """A claim that is refuted, and not decided besides, is not excused by a waiver of the first."""
    text = """\
pool own { trust "own" }
pool cloud { trust "cloud" }
default { to own, cloud }
assert stays { never destination.trust == "cloud"  waive { WRP403 { owner "o"  until "2026-12-31"  reason "r" } } }
"""
    found = judged(text)
    assert [d.code.id for d in found.diagnostics] == ["WRP401", "WRP907"]
    assert found.unproved == 1


def test_a_guard_waives_what_it_would_fail():
    text = """\
signal pii: bool { source header("pii")  on_error silent }
pool own { trust "own" }
pool cloud { trust "cloud" }
route r { when pii  to own }
default { to cloud }
guard g {
  sealed
  forbid destination.trust == "cloud" when pii
  WAIVE
}
"""
    assert [(d.code.id, d.severity) for d in judged(text.replace("WAIVE", "")).diagnostics] == [("WRP410", "error")]
    waiver = 'waive { WRP410 { owner "risk"  until "2026-12-31"  reason "the header is set by our own proxy" } }'
    found = judged(text.replace("WAIVE", waiver))
    assert (found.diagnostics, [s.finding.code.id for s in found.suppressed]) == ((), ["WRP410"])


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        ("waive { WRP401 { owner \"o\"  until \"2026-12-31\" } }", "`reason`"),
        ("waive { WRP401 { until \"2026-12-31\"  reason \"r\" } }", "`owner`"),
        ("waive { WRP401 { owner \"o\"  reason \"r\" } }", "`until`"),
        ("waive { WRP401 { } }", "`owner` and `until` and `reason`"),
        ("waive { WRP401 \"r\" }", "an owner, a last day and a reason"),
        ("waive { WRP401 { owner \"o\"  until \"2026-02-30\"  reason \"r\" } }", "\"2026-02-30\" is not a day"),
        ("waive { WRP401 { owner \"o\"  until \"soon\"  reason \"r\" } }", "\"soon\" is not a day"),
        ("waive { WRP401 { owner \" \"  until \"2026-12-31\"  reason \"r\" } }", "`owner` of the waiver is empty"),
        ("waive { WRP401 { owner o  until \"2026-12-31\"  reason \"r\" } }", "takes a string"),
        ("waive { WRP401 { owner \"o\"  untill \"2026-12-31\"  reason \"r\" } }", "no `untill`"),
        ("waive { WRP204 { owner \"o\"  until \"2026-12-31\"  reason \"r\" } }", "`WRP204` cannot be waived here"),
        ("waive { WRP404 { owner \"o\"  until \"2026-12-31\"  reason \"r\" } }", "`WRP404` cannot be waived here"),
        ("waive \"all\"", "takes a block"),
    ],
)  # fmt: skip
def test_an_incomplete_waiver_is_an_error(waiver: str, said: str):
    policy, found = from_text(LEAK.replace("WAIVE", waiver))
    assert policy is None
    (only,) = found.diagnostics
    assert only.code.id == "WRP146"
    assert said in only.message


def test_an_override_waives_nothing_of_a_sealed_guard():
    main = 'pool p { trust "x" }\ndefault { to p }\nguard g { sealed  forbid destination.trust == "x" when false }\n'
    main = main.replace("when false", 'when destination.trust == "y"')
    waiver = 'override guard g { waive { WRP411 { owner "o"  until "2026-12-31"  reason "r" } } }'
    policy, found = from_text(main, env={"prod.wrp": waiver})
    assert policy is None
    assert [d.code.id for d in found.diagnostics] == ["WRP146"]


def test_days():
    assert day("2026-12-31") == date(2026, 12, 31)
    assert [day(text) for text in ("2026-1-1", "20261231", "2026-W01-1", "٢٠٢٦-12-31", "", "2026-13-01")] == [None] * 6


def test_a_waiver_excuses_its_own_policy_alone():
    """Two policies of one run may have claims of one name."""
    waived, plain = judged(LEAK.replace("WAIVE", WAIVER)), judged(LEAK.replace("WAIVE", ""))
    assert [f.unproved for f in (waived, plain, waived + plain)] == [0, 1, 1]


def test_an_imported_waiver_may_waive_elsewhere(tmp_path):
    (tmp_path / "common.wrp").write_text(
        'pool own { trust "own" }\npool cloud { trust "cloud" }\n'
        f'assert stays {{ never destination.trust == "cloud"  {WAIVER} }}\n'
    )
    (tmp_path / "a.wrp").write_text('import "common.wrp"\ndefault { to own }\n')
    found = wrpc.check_file(tmp_path / "a.wrp")
    assert ("WRP907", "info") in [(d.code.id, d.severity) for d in found.diagnostics]
    assert found.warnings == sum(d.code.id == "WRP302" for d in found.diagnostics)
