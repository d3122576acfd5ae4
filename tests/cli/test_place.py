"""place: where pools stand, on the command line."""

from __future__ import annotations

import pytest

import wrpc as api
from wrpc.report.contract import Placed
from wrpc.solver.whole import Clash, clash

POLICY = """\
site north { region "eu"  gpus { h100 8 }  price { h100 4USD/h }  power 6kW }
site south { region "us"  gpus { h100 16 }  price { h100 3USD/h } }
pool a { gpu h100  replicas 2..3  tensor_parallel 2  trust "own" }
pool b { gpu h100  prefill { replicas 1 }  decode { replicas 2  tensor_parallel 2 } }
place r {
  require site.region == "eu" when pool.trust == "own"
  apart
  prefer cost, power, sites
}
default { to a, b }
"""


def test_placed(wrpc, policy):
    done = wrpc("place", policy(POLICY))
    assert done.code == 0
    assert done.out == (
        "pool       site   replicas  GPUs  power        cost\n"
        "a          north         2     4  2.8kW  16.00USD/h\n"
        "b prefill  south         1     1   700W   3.00USD/h\n"
        "b decode   south         2     4  2.8kW  12.00USD/h\n"
        "\n"
        "placed: 2 pools on 2 sites, 9 GPUs, 6.3kW, 31.00USD/h\n"
    )
    shown = wrpc("place", policy(POLICY), "--format", "json")
    found = Placed.model_validate(shown.json, strict=False)
    assert [(s.pool, s.phase, s.site, s.replicas, s.gpus, s.watts, s.usd_per_hour) for s in found.placement] == [
        ("a", None, "north", 2, 4, 2800, 16),
        ("b", "prefill", "south", 1, 1, 700, 3),
        ("b", "decode", "south", 2, 4, 2800, 12),
    ]
    assert found.totals.model_dump() == {"watts": 6300, "usd_per_hour": 31, "sites": 2}
    assert shown.out == wrpc("place", policy(POLICY), "--format", "json").out
    assert api.place(api.loads(POLICY)).json() == shown.json


def test_impossible(wrpc, policy):
    done = wrpc("place", policy(POLICY.replace("gpus { h100 16 }", "gpus { h100 4 }")))
    assert done.code == 1
    assert done.out == (
        "cause: replicas of pool a\n"
        "  --> policy.wrp:3:20\n"
        "cause: decode replicas of pool b: `replicas 1` for decode of pool b\n"
        "  --> policy.wrp:4:44\n"
        "cause: prefill replicas of pool b\n"
        "  --> policy.wrp:4:20\n"
        "cause: gpus h100 of site south: 1 more h100 at south\n"
        "  --> policy.wrp:2:27\n"
        "cause: require of place r: let pool a stand at south\n"
        "  --> policy.wrp:6:3\n"
        "cause: apart of place r\n"
        "  --> policy.wrp:7:3\n"
        "\n"
        "impossible: these 6 cannot hold together, and each is needed\n"
    )
    shown = wrpc("place", policy(POLICY.replace("gpus { h100 16 }", "gpus { h100 4 }")), "--format", "json")
    found = Placed.model_validate(shown.json, strict=False)
    assert (found.verdict, found.placement) == ("impossible", [])
    assert {c.cause for c in found.clash} >= {"gpus h100 of site south", "apart of place r"}
    assert shown.code == 1


def test_what_is_not_known_to_be_needed(wrpc, policy, monkeypatch):
    def unsure(*asked):
        found = clash(*asked)
        assert found is not None
        return Clash(found.groups, frozenset(found.groups[1:2]))

    monkeypatch.setattr("wrpc.fleet.placement.clash", unsure)
    text = "site n { gpus { h100 1 } }\npool a { gpu h100  replicas 2 }\ndefault { to a }\n"
    done = wrpc("place", policy(text))
    assert done.out == (
        "cause: replicas of pool a: `replicas 1` for pool a\n"
        "  --> policy.wrp:2:20\n"
        "cause: gpus h100 of site n (not known to be needed): 1 more h100 at n\n"
        "  --> policy.wrp:1:10\n"
        "\n"
        "impossible: these 2 cannot hold together; the solver gives up before it tells whether 1 of them could go\n"
    )
    shown = wrpc("place", policy(text), "--format", "json")
    assert [c.needed for c in Placed.model_validate(shown.json, strict=False).clash] == [True, False]
    checked = api.check(api.loads(text))
    (related,) = next(d for d in checked.diagnostics if d.code.id == "WRP502").related
    assert related.label == "gpus h100 of site n, not known to be needed"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("price { h100 3USD/h }", "", "prefer of place r: the price of a GPU of type `h100` at site `south` is not"),
        ("h100", "own_chip", "the power of a GPU of type `own_chip` at site `north` is not known"),
        ("site", "# site", "the policy declares no site"),
    ],
)  # fmt: skip
def test_open(wrpc, policy, before, after, why):
    text = POLICY.replace(before, after) if before != "site" else "pool a { gpu h100  replicas 2 }\ndefault { to a }\n"
    done = wrpc("place", policy(text))
    assert done.code == 1
    assert why in done.out
    assert "open: where the pools stand is not known" in done.out
    found = Placed.model_validate(wrpc("place", policy(text), "--format", "json").json, strict=False)
    assert (found.verdict, found.placement, found.clash) == ("open", [], [])
    assert found.open


def test_nothing_to_place(wrpc, policy):
    done = wrpc("place", policy("pool a { }\ndefault { to a }\n"))
    assert (done.code, done.out) == (0, "placed: no pool has `gpu` and `replicas`, so nothing stands on a site\n")


def test_exit_codes(wrpc, policy):
    assert wrpc("place", "missing.wrp").code == 2
    assert wrpc("place").code == 2
    broken = wrpc("place", policy("place p { prefer cheap  spread 0  limit { h100 many } }\n"))
    assert broken.code in (1, 2)
    assert "WRP106" in broken.out + broken.err
