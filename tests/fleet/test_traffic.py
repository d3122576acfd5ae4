"""What traffic each pool gets: lengths by condition, weights, edges, hours, prompts that are shortened, bad input."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import pytest

from wrpc.api import load
from wrpc.diagnostics import Refusal
from wrpc.fleet.flows import Flow, PoolTraffic, Range, Traffic
from wrpc.fleet.logs import read
from wrpc.fleet.traffic import traffic
from wrpc.policy.load import from_text

F = Fraction


def told(text: str) -> Traffic:
    policy, found = from_text(text)
    assert policy is not None, found.diagnostics
    return traffic(policy)


def flow(pool: PoolTraffic, via: str = "primary") -> Flow:
    (found,) = (f for f in pool.flows if f.via == via)
    return found


def point(number: Fraction | int) -> Range:
    return Range(F(number), F(number))


POOLS = "pool short { } pool long { role decode } pool spare { }\n"
SIGNALS = """\
signal tokens: int(0..100k) { source total_tokens }
signal pii: score { source classifier("pii") threshold 0.5 }
"""
LENGTHS = "lengths [[1_000, 50%], [3_000, 100%]]  prompt_share 80%"


def test_lengths_part_exactly_at_a_bound() -> None:
    found = told(
        SIGNALS
        + POOLS
        + "route a { when tokens <= 2_000  to short fallback spare on timeout }"
        + "default { to long }"
        + f"workload w {{ rate 8/s  {LENGTHS} }}"
    )
    short, long = found.pools["short"], found.pools["long"]
    assert flow(short).share == point(F(3, 4))
    assert flow(long).share == point(F(1, 4))
    assert flow(long).stage == "decode"
    assert short.rates == (point(6),)
    assert found.ends["w"].served == point(1)
    assert flow(found.pools["spare"], "fallback").share == Range(F(0), F(3, 4))
    assert found.pools["spare"].rates == (point(0),)
    lengths = flow(short).lengths
    assert lengths is not None
    assert [(s.above, s.upto, s.weight) for s in lengths.stretches] == [(0, 1000, F(2, 3)), (1000, 2000, F(1, 3))]
    assert lengths.prompt == F(4, 5) * (F(2, 3) * 500 + F(1, 3) * 1500)
    assert lengths.answer == lengths.prompt / 4


def test_weights_split_and_mirrors_add() -> None:
    found = told(
        POOLS
        + f"default {{ to short weight 90, long weight 10  mirror spare 5% }} workload w {{ rate 10/s {LENGTHS} }}"
    )
    assert {p: t.rates for p, t in found.pools.items()} == {
        "short": (point(9),), "long": (point(1),), "spare": (point(F(1, 2)),)
    }  # fmt: skip


def test_a_signal_of_unknown_frequency_makes_a_range() -> None:
    found = told(
        SIGNALS + POOLS + "route a { when pii and tokens > 1k  to long } default { to short }"
        f"workload w {{ rate 10/s {LENGTHS} }}"
    )
    assert flow(found.pools["long"]).share == Range(F(0), F(1, 2))
    assert flow(found.pools["short"]).share == Range(F(1, 2), F(1))


def test_whoever_picks_may_pick_any() -> None:
    found = told(POOLS + f"default {{ to short, long  select latency }} workload w {{ rate 10/s {LENGTHS} }}")
    assert flow(found.pools["short"]).share == Range(F(0), F(1))
    cascade = told(POOLS + f"default {{ cascade short -> long }} workload w {{ rate 10/s {LENGTHS} }}")
    assert flow(cascade.pools["short"]).share == point(1)
    assert flow(cascade.pools["long"], "cascade").rates == (Range(F(0), F(10)),)
    assert cascade.pools["long"].rates == (Range(F(0), F(10)),)


def test_what_a_guard_removes_gets_no_share() -> None:
    found = told(
        SIGNALS + 'pool short { trust "own" } pool long { trust "cloud" }'
        "default { to short weight 1, long weight 3 }"
        'guard g { forbid destination.trust == "cloud" when tokens > 2k }'
        f"workload w {{ rate 10/s {LENGTHS} }}"
    )
    assert flow(found.pools["long"]).share == point(F(3, 4) * F(3, 4))
    assert flow(found.pools["short"]).share == point(1 - F(9, 16))


def test_prompts_are_shortened() -> None:
    found = told(SIGNALS + POOLS + f"default {{ to short  compress 1_600 }}workload w {{ rate 1/s {LENGTHS} }}")
    lengths = flow(found.pools["short"]).lengths
    assert lengths is not None
    assert [(s.upto, s.prompt, s.answer) for s in lengths.stretches] == [
        (1000, (F(0), F(800)), (F(0), F(200))),
        (2000, (F(800), F(1600)), (F(200), F(400))),
        (3000, (F(1600), F(1600)), (F(400), F(600))),
    ]
    assert flow(found.pools["short"]).compress == 1600


def test_the_time_of_day_is_known() -> None:
    hours = ", ".join(f"{n}/s" for n in range(24))
    found = told(
        "signal hour: real(0h..24h) { source time_of_day }\n"
        + POOLS
        + "route night { when hour < 1.5h  to long } default { to short }"
        f"workload w {{ rate [{hours}] {LENGTHS} }}"
    )
    assert flow(found.pools["long"]).rates == (point(0), point(F(1, 2)), *[point(0)] * 22)
    assert flow(found.pools["long"]).share == point(F(1, 2) / 276)
    assert found.pools["short"].rates[5] == point(5)


def test_without_lengths_the_length_is_unknown() -> None:
    found = told(SIGNALS + POOLS + "route a { when tokens > 1k  to long } default { to short } workload w { rate 1/s }")
    assert flow(found.pools["long"]).share == Range(F(0), F(1))
    assert flow(found.pools["long"]).lengths is None
    assert told(POOLS + "default { to short } workload w { }").pools["short"].rates == ()


def test_what_the_condition_of_a_workload_leaves_out_is_cut() -> None:
    found = told(
        SIGNALS + POOLS + "route a { when tokens > 500  to long } default { to short }"
        f"workload w {{ when tokens <= 1k  rate 1/s {LENGTHS} }}"
    )
    assert found.ends["w"].cut == F(1, 2)
    assert flow(found.pools["long"]).share == point(F(1, 2))


@pytest.mark.parametrize(
    ("lengths", "code", "message"),
    [
        ("[[512, 40%], [2k, 30%], [8k, 100%]]", "WRP614", "do not rise"),
        ("[[512, 40%], [8k, 90%]]", "WRP614", "0.9, not 1"),
        ("[[512, 40%], [256, 100%]]", "WRP614", "do not ascend"),
        ('cdf("nowhere.json")', "WRP615", "no folder to look for it in"),
        ('cdf("lmsys")', "WRP615", "only the fleet simulator"),
        ("[[50k, 0%], [90k, 100%]]", "WRP618", "no request of the lengths that it states"),
    ],
)  # fmt: skip
def test_bad_lengths_have_their_line(lengths: str, code: str, message: str) -> None:
    found = told(
        SIGNALS + POOLS + f"default {{ to short }}\nworkload w {{ when tokens < 10k rate 1/s  lengths {lengths} }}"
    )
    (finding,) = found.found
    assert finding.code.id == code
    assert message in finding.message
    assert finding.span.line == 5
    # Nothing breaks: whoever goes on gets ranges.
    assert set(found.pools) == {"short", "long", "spare"}


def test_a_file_that_is_not_there_is_told_where_there_is_a_folder(tmp_path: Path) -> None:
    main = tmp_path / "main.wrp"
    main.write_text(POOLS + 'default { to short }\nworkload w { rate 1/s  lengths cdf("nowhere.json") }')
    (finding,) = traffic(load(main)).found
    assert (finding.code.id, finding.severity) == ("WRP614", "error")
    assert "does not exist" in finding.message
    (noted,) = told(main.read_text()).found
    assert (noted.code.id, noted.severity) == ("WRP615", "info")


def test_a_file_is_looked_for_beside_the_policy_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_text(json.dumps({"cdf": [[1000, 0.1], [2000, 1.0]]}), encoding="utf-8")
    main = tmp_path / "main.wrp"
    main.write_text(
        SIGNALS
        + POOLS
        + 'route a { when tokens > 1k  to long } default { to short } workload w { rate 1/s lengths cdf("chat") }',
        encoding="utf-8",
    )
    assert flow(traffic(load(main)).pools["short"]).share == point(F(1, 10))


def test_a_number_that_would_fill_the_memory_is_no_number(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[[1000, 1e-999999999], [2000, 1]]", encoding="utf-8")
    main = tmp_path / "main.wrp"
    main.write_text(POOLS + 'default { to short } workload w { rate 1/s lengths cdf("x") }', encoding="utf-8")
    (finding,) = traffic(load(main)).found
    assert "not a number" in finding.message


# ── What is known of signals ──────────────────────────────────────────────────────────────────────────────────────


SHARED = (
    SIGNALS
    + POOLS
    + f"route a {{ when pii and tokens > 2k  to long }} default {{ to short }} workload w {{ rate 100/s {LENGTHS} }}\n"
)


def test_an_assumed_share_narrows() -> None:
    found = told(SHARED + "assume share pii = 3%")
    assert flow(found.pools["long"]).share == Range(F(0), F(3, 100))
    assert found.leans == ("assume share pii",)
    # A quarter of the requests is longer than 2,000 tokens: so many fit in.
    found = told(SHARED + "assume share pii = 90% of w")
    assert flow(found.pools["long"]).share == Range(F(15, 100), F(25, 100))


def test_what_is_known_of_both_is_a_point() -> None:
    found = told(SHARED + "assume share pii and tokens > 2k = 1%")
    assert flow(found.pools["long"]).rates == (point(1),)
    assert found.pools["short"].rates == (point(99),)


def test_a_share_of_another_workload_says_nothing() -> None:
    found = told(SHARED + f"workload v {{ when pii  rate 1/s {LENGTHS} }} assume share pii = 3% of w")
    assert [a.share for a in found.pools["long"].arrivals] == [Range(F(0), F(3, 100)), point(F(1, 4))]


def test_a_share_that_cannot_be_is_left_out() -> None:
    found = told(SHARED + "assume share pii = 3%\nassume share pii = 4%\nassume share tokens > 1k = 10% of w")
    assert [(d.code.id, d.span.line) for d in found.found] == [("WRP616", 6), ("WRP616", 7)]
    assert flow(found.pools["long"]).share.high == F(3, 100)
    assert found.leans == ("assume share pii",)


def test_a_log_says_how_often(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    lines = [{"tokens": 500}, {"tokens": 2500, "pii": 0.9}, {"tokens": 2500}, {"tokens": 2600}, {"tokens": 2600}]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    policy, _ = from_text(SHARED)
    assert policy is not None
    found = traffic(policy, read(policy, path))
    assert flow(found.pools["long"]).share == point(F(1, 4) * F(1, 4))
    assert found.leans == ("log",)


def test_lines_of_a_log_that_are_no_requests(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"tokens": 1}\n{"token": 1}\n[1]\n{"tokens": -4}\n\xff\n' + b"x" * (3 << 20) + b"\n" * 3
    )
    policy, _ = from_text(SHARED)
    assert policy is not None
    log = read(policy, path)
    assert sum(log.counts.values()) == 1
    assert [d.span.line for d in log.found] == [2, 3, 4, 5, 6]
    assert {d.code.id for d in traffic(policy, log).found} == {"WRP617"}
    path.write_text("{}{}\n" * 30, encoding="utf-8")
    with pytest.raises(Refusal) as none:
        read(policy, path)
    assert "10 more lines" in none.value.diagnostics[-1].message
    with pytest.raises(Refusal):
        read(policy, tmp_path / "nowhere")


def test_of_a_policy_beyond_diagrams_the_range_still_holds() -> None:
    """Each route asks another length of another tenant, so that what goes before a route is a large set."""
    count = 300
    text = SIGNALS + POOLS + 'signal tenant: string { source header("x-tenant")  absent "" }\n'
    text += "".join(
        f'route r{i} {{ priority {-i}  when tenant == "t{i}" and tokens <= {1000 + i}  to {pool} }}\n'
        for i, pool in zip(range(count), cycle(("long", "short")))
    )
    found = told(text + f"default {{ to spare }} workload w {{ rate 1/s {LENGTHS} }}")
    assert found.coarse
    spare = found.pools["spare"].arrivals[0].share
    assert spare.high == 1
    assert spare.low == F(3000 - 1299, 4000)  # beyond 1,299 tokens no route takes a request
    (last,) = (f for f in found.pools["short"].flows if f.route == "r299")
    assert last.share == Range(F(0), F(1, 2) + F(299, 4000))


def test_a_cost_that_confidences_choose_leaves_open_what_is_denied() -> None:
    found = told(
        "policy p { resolve [confidence] }\n" + SIGNALS
        + 'signal bad: score { source classifier("bad")  threshold 0.5 }\n'
        + "pool short { price { input 1USD/Mtok  output 1USD/Mtok } }"
        + "pool long { price { input 9USD/Mtok  output 9USD/Mtok } }"
        + "route a { when pii  to long } route b { when bad  to short } default { to short }"
        + 'guard dear { deny "dear" when cost > 1USD }'
        + f"workload w {{ rate 1/s {LENGTHS} }}"
    )  # fmt: skip
    assert found.ends["w"].denied == Range(F(0), F(1))
    assert found.pools["long"].arrivals[0].share == Range(F(0), F(1))
