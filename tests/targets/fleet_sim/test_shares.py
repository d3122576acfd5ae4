"""Where a workload's requests go, by length."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.compiling import compiled, policy
from wrpc.decide import decide
from wrpc.fleet.outcomes import Outcomes
from wrpc.targets.fleet_sim.shares import Lead, Traffic
from wrpc.targets.gateway.settle import settle

SIGNALS = """
signal tokens: int(0..100k) { source total_tokens }
signal odd: bool { source keywords("odd") }
signal attack: score { source classifier("x") threshold 0.5 on_error fires }
pool short { } pool long { } pool spare { }
"""


def found(text: str, split: dict[str, Fraction] | None = None) -> Traffic:
    resolved = policy(SIGNALS + text)
    return Lead(settle(resolved)).traffic(resolved.workloads["w"], split)


def shown(traffic: Traffic) -> list[tuple[int, int, dict[str, float]]]:
    return [(p.above, p.upto, {n: float(s) for n, s in p.pools.items()}) for p in traffic.pieces]


BY_LENGTH = """
route s { when tokens <= 4k to short }
route l { when tokens > 4k and tokens < 20k to long }
default { deny "too long" }
"""


def test_bounds_of_conditions_are_bounds_of_pieces() -> None:
    assert shown(found(BY_LENGTH + "workload w { }")) == [
        (0, 4000, {"short": 1.0}),
        (4000, 19_999, {"long": 1.0}),
        (19_999, 100_000, {}),
    ]


def test_what_the_workload_does_not_admit_is_no_piece() -> None:
    assert shown(found(BY_LENGTH + "workload w { when tokens > 1k and tokens < 8k }")) == [
        (1000, 4000, {"short": 1.0}),
        (4000, 7999, {"long": 1.0}),
    ]


def test_a_prompt_is_a_part_of_all_tokens() -> None:
    text = (BY_LENGTH + "workload w { when tokens < 8k prompt_share 80% }").replace("total_tokens", "prompt_tokens")
    resolved = policy((SIGNALS + text).replace("total_tokens", "prompt_tokens"))
    pieces = Lead(settle(resolved)).traffic(resolved.workloads["w"]).pieces
    # The longest request whose prompt, four fifths of it, has at most 4000 tokens.
    assert pieces[0].upto == 5001
    assert Fraction(4, 5) * 5001 < 4001 <= Fraction(4, 5) * 5002


def test_without_a_length_there_is_one_piece() -> None:
    assert len(found("default { to short } workload w { when not odd }").pieces) == 1


def test_weights_are_shares() -> None:
    only = found("default { to short weight 3, long weight 1 } workload w { }")
    assert shown(only)[0][2] == {"short": 0.75, "long": 0.25}
    assert not only.undecided


def test_what_is_open_is_divided_evenly_and_said() -> None:
    text = "route o { when odd to long } default { to short } workload w { }"
    open_ = found(text)
    assert shown(open_)[0][2] == {"short": 0.5, "long": 0.5}
    assert set(open_.undecided) == {"short", "long"}
    told = found(text, {"short": Fraction(9, 10), "long": Fraction(1, 10)})
    assert shown(told)[0][2] == {"short": 0.9, "long": 0.1}
    assert not told.undecided


def test_a_split_divides_only_what_is_open() -> None:
    text = "route o { when odd and tokens > 4k to long } default { to short } workload w { when tokens <= 8k }"
    split = {"short": Fraction(9, 10), "long": Fraction(1, 10)}
    assert shown(found(text, split)) == [(0, 4000, {"short": 1.0}), (4000, 8000, {"short": 0.9, "long": 0.1})]


def test_a_score_that_fires_is_out_of_the_ordinary() -> None:
    text = "route a { when attack to long } default { to short } workload w { }"
    assert shown(found(text))[0][2] == {"short": 1.0}
    assert found(text).undecided


def test_what_is_denied_does_not_arrive() -> None:
    guarded = BY_LENGTH + 'guard g { deny "no" when tokens <= 4k } workload w { when tokens <= 8k }'
    assert shown(found(guarded)) == [(0, 4000, {}), (4000, 8000, {"long": 1.0})]
    text = "default { to short, long } guard g { forbid destination.pool == long } workload w { }"
    assert shown(found(text))[0][2] == {"short": 1.0}


def test_edges_of_a_route() -> None:
    text = "default { to short spill long above 80% mirror spare 5% compress 8k } workload w { }"
    piece = found(text).pieces[0]
    assert piece.spills == {"short": [("long", Fraction(4, 5))]}
    assert piece.mirrors == {"spare": Fraction(1, 20)}
    assert piece.compress == {"short": 8000}


def test_what_a_guard_removes_is_no_edge() -> None:
    text = """
default { to short, long spill spare above 80% mirror spare 5% }
guard g { forbid destination.pool == spare }
workload w { }
"""
    piece = found(text).pieces[0]
    assert ([*piece.pools], piece.spills, piece.mirrors) == (["long", "short"], {}, {})


def test_a_cascade_spills_from_its_first_step() -> None:
    piece = found("default { cascade short -> long spill spare above 80% } workload w { }").pieces[0]
    assert piece.spills == {"short": [("spare", Fraction(4, 5))]}


def test_prompts_are_shortened_for_one_pool_and_not_for_another() -> None:
    text = """
route c { when tokens > 4k and tokens <= 6k and odd to short compress 4k }
default { to long }
workload w { when tokens > 4k and tokens <= 6k }
"""
    piece = found(text).pieces[0]
    assert [*piece.pools] == ["long", "short"]
    assert piece.compress == {"short": 4000}


def test_a_cascade_starts_with_its_first_step() -> None:
    cascade = found("default { cascade short -> long escalate when confidence < 0.5 } workload w { }")
    assert shown(cascade)[0][2] == {"short": 1.0}
    assert cascade.undecided
    assert "long" in cascade.reachable


@given(st.integers(1, 100_000), st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_piece_says_what_decide_says(tokens: int, one: int, two: int) -> None:
    low, high = sorted((one, two))
    text = f"route s {{ when tokens <= {low} to short }} route m {{ when tokens > {low} and tokens < {high} to spare }}"
    resolved = policy(SIGNALS + text + " default { to long } workload w { }")
    pieces = Lead(settle(resolved)).traffic(resolved.workloads["w"]).pieces
    piece = next(p for p in pieces if p.above < tokens <= p.upto)
    assert [*piece.pools] == [*decide(resolved, {"tokens": tokens}).pools]


# ── More kinds of requests than can be tried ──────────────────────────────

MANY = "".join(f'signal b{i}: bool {{ source keywords("{i}") }}\n' for i in range(16))
ALL = " and ".join(f"b{i}" for i in range(16))


@pytest.mark.parametrize(
    "when",
    [
        ALL,
        " and ".join(f"b{i}" if i % 3 else f"not b{i}" for i in range(16)),
        " + ".join(f"0.25 * b{i}" for i in range(16)) + " >= 4",
        "0.001 * tokens + raw(attack) > 100.9",
    ],
)
def test_a_route_that_few_requests_take_has_its_part(when: str) -> None:
    traffic_ = found(MANY + f"route rare {{ when {when} to long }} default {{ to short }} workload w {{ }}")
    assert traffic_.reachable == ("long", "short")
    assert set(traffic_.undecided) == {"long", "short"}
    assert not traffic_.open


def test_a_route_that_nobody_takes_has_none() -> None:
    text = MANY + f"route idle {{ when {ALL} and not (b3 or b4) to long }} default {{ to short }} workload w {{ }}"
    assert (found(text).reachable, found(text).undecided) == (("short",), ())


def test_what_the_workload_admits_is_asked_of_all() -> None:
    text = MANY + f"route rare {{ when {ALL} to long }} default {{ to short }} workload w {{ when not b7 }}"
    assert found(text).reachable == ("short",)
    only = MANY + f"route rare {{ when {ALL} to long }} default {{ to short }} workload w {{ when {ALL} }}"
    assert found(only).reachable == ("long",)
    assert shown(found(only))[0][2] == {"long": 1.0}


def test_guards_count_where_few_requests_meet_them() -> None:
    text = (
        MANY
        + f"""
default {{ to short mirror spare 5% }}
guard g {{ forbid destination.pool == spare when not ({ALL}) }}
workload w {{ when b0 }}
"""
    )
    assert found(text).pieces[0].mirrors == {"spare": Fraction(1, 20)}
    assert found(text.replace("when b0 ", "when not b0 ")).pieces[0].mirrors == {}


def test_what_is_assumed_is_no_reason_to_leave_requests_out() -> None:
    text = """
signal other: bool { source keywords("other") }
assume one { odd or other }
route o { when odd to long } default { to short } workload w { }
"""
    assert found(text).reachable == ("long", "short")


def test_what_is_not_known_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SIGNALS.replace("pool short { }", "pool short { gpu h100  replicas 1  context 64k }")
    text = text.replace("pool long { } pool spare { }", "pool long { gpu h100  replicas 1  context 64k }")
    text += MANY + f"route rare {{ when {ALL} to long }} default {{ to short }}"
    text += "workload w { rate 1/s  lengths [[512, 100%]] }"
    assert not [d for d in compiled(text, "fleet-sim").diagnostics if d.code.id == "WRP811"]

    def some(self: Outcomes, _: object) -> bool:
        self.unsettled = True
        return True

    monkeypatch.setattr(Outcomes, "some", some)
    (said_,) = (d for d in compiled(text, "fleet-sim").diagnostics if d.code.id == "WRP811")
    assert "workload `w`" in said_.message
    assert "the solver gives up" in said_.message


# ── Shares that are assumed, and the time ─────────────────────────────────

PII = "route a { when attack to long } default { to short } "


def test_an_assumed_share_is_told() -> None:
    only = found(PII + "workload w { when tokens <= 8k } assume share attack = 3%")
    assert shown(only) == [(0, 8000, {"long": 0.03, "short": 0.97})]
    assert not only.undecided


def test_an_assumed_share_goes_where_it_can() -> None:
    text = "route a { when attack and tokens > 6k to long } default { to short } "
    text += "workload w { when tokens <= 8k } assume share attack and tokens > 6k = 1%"
    assert shown(found(text)) == [(0, 6000, {"short": 1.0}), (6000, 8000, {"long": 0.04, "short": 0.96})]


def test_conditions_meet_by_chance() -> None:
    text = "route a { when attack and odd to long } default { to short } workload w { when tokens <= 8k } "
    only = found(text + "assume share attack = 10% assume share odd = 50%")
    assert shown(only)[0][2] == {"long": 0.05, "short": 0.95}
    assert found(text + "assume share attack = 10%").undecided


def test_what_is_denied_by_an_assumed_share_is_missing() -> None:
    text = 'default { to short } guard g { deny "no" when attack } workload w { } assume share attack = 10% of w'
    assert shown(found(text))[0][2] == {"short": 0.9}


def test_the_hour_is_that_of_the_rate() -> None:
    text = "signal hour: real(0h..24h) { source time_of_day } route n { when hour < 6h to long } default { to short } "
    rates = ", ".join(f"{(n * 7) % 24}/s" for n in range(24))
    resolved = policy(SIGNALS + text + f"workload w {{ rate [{rates}] }}")
    lead, workload = Lead(settle(resolved)), resolved.workloads["w"]
    assert shown(lead.traffic(workload))[0][2] == {"long": 0.25, "short": 0.75}
    assert shown(lead.traffic(workload, hour=3))[0][2] == {"long": 1.0}
    assert shown(lead.traffic(workload, hour=6))[0][2] == {"short": 1.0}
