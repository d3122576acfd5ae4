"""Stacks: what one target of a stack keeps is no loss of another, and what none keeps is told of the stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

import wrpc.api
from tests.laws.dice import Dice, dices
from tests.laws.policies import policies
from tests.laws.volume import compared, many
from tests.support.compiling import POLICIES, policy
from wrpc.diagnostics import Diagnostic, Findings
from wrpc.policy.model import Policy, Stack, Value, Word
from wrpc.targets import named
from wrpc.targets.compile import compile_policy
from wrpc.targets.constructs import used
from wrpc.targets.target import Options
from wrpc.targets.together import compile_together

SIGNALS = """
signal tokens: int(0..30k) { source prompt_tokens }
signal private: bool { source keywords("secret") }
"""
POOLS = """
model m { source "q/q"  context 32k  max_output 1k }
pool own { model m  engine vllm  trust "own"  endpoint "127.0.0.1:8001"  gpu h100  replicas 1 }
pool cloud { provider "openai/gpt-5"  trust "cloud"  endpoint "127.0.0.1:8002" }
"""
ROUTES = """
route r { tier 1  when tokens > 5k  to cloud  fallback own on timeout  retries 2  reasoning high }
default { to own }
guard home { forbid destination.trust != "own" when private }
"""
ENVOY = 'target envoy { listen "127.0.0.1:8080"  trust_headers true OBLIGED }\n'


def whole(stack: str, *, routes: str = ROUTES, signals: str = SIGNALS, obliged: str = "") -> Policy:
    return policy(signals + POOLS + routes + ENVOY.replace("OBLIGED", obliged) + f"stack s {{ {stack} }}\n")


def made(stack: str, **rest: Any) -> tuple[wrpc.api.Compilation, dict[str, Any]]:
    found = wrpc.api.compile(whole(stack, **rest), "s")
    manifest = json.loads(found.manifest.text)["stacks"]["s"] if found.manifest else {}
    return found, manifest


def losses(found: wrpc.api.Compilation) -> list[tuple[str, str]]:
    return [(d.severity, d.message) for d in found.findings.diagnostics if d.code.id == "WRP801"]


def test_what_another_keeps_is_no_loss() -> None:
    alone = wrpc.api.compile(whole("envoy"), "vllm-sr")
    assert {m.split(" of ")[0] for _, m in losses(alone)} == {
        "`vllm-sr` does not carry the fallback",
        "`vllm-sr` does not carry the fallback causes",
        "`vllm-sr` does not carry the retries",
    }
    for stack in ("envoy, vllm_sr", "vllm_sr, envoy", "envoy, vllm_sr, vllm"):
        found, _ = made(stack)
        assert found.ok
        assert losses(found) == []
    (told,) = losses(made("envoy")[0])
    assert told[0] == "warning"
    assert told[1].startswith("no target of stack `s` carries the reasoning of route `r`: `envoy`: request bodies")


def test_the_manifest_says_who_keeps_what() -> None:
    _, manifest = made("envoy, vllm_sr, vllm")
    assert manifest["targets"] == ["envoy", "vllm-sr", "vllm"]
    assert manifest["decides"] == "envoy"
    assert manifest["decide_again"] == ["vllm-sr"]
    kept = {(r["construct"], tuple(r["kept_by"])): r for r in manifest["constructs"]}
    assert ("route", ("envoy",)) in kept
    assert ("reasoning", ("vllm-sr",)) in kept
    assert ("fallback", ("envoy",)) in kept
    assert ("model", ("vllm-sr", "vllm")) in kept
    causes = kept["fallback causes", ("envoy",)]
    assert (causes["as"], causes["subjects"]) == ("approximated", ["route r"])
    assert list(causes["notes"]) == ["envoy"]
    elsewhere = [r for r in manifest["constructs"] if r["as"] == "elsewhere"]
    assert all(r["kept_by"] == [] and r["notes"] for r in elsewhere)
    assert manifest["guards"] == [
        {"subject": "guard home", "verdict": "enforced", "kept_by": {"guard: forbid": ["envoy", "vllm-sr"]}}
    ]


def test_files_are_those_of_each_alone() -> None:
    found, _ = made("envoy, vllm_sr, vllm")
    for name in ("envoy", "vllm-sr", "vllm"):
        alone = wrpc.api.compile(whole("envoy, vllm_sr, vllm"), name)
        ours = {p: t for p, t in found.files.items() if p.startswith(f"{name}/")}
        assert ours
        assert ours == {p: t for p, t in alone.files.items() if p != "wrp-manifest.json"}


REQUIRE = ROUTES + 'guard red { require redact("pii") when private }\n'


def test_a_guard_that_one_of_them_enforces() -> None:
    by = 'obligations_by "127.0.0.1:9"'
    alone = losses(wrpc.api.compile(whole("envoy", routes=REQUIRE, obliged=by), "vllm-sr"))
    assert ("error", "the vllm-sr output does not enforce guard `red`: it does not carry out obligations") in alone
    for stack in ("vllm_sr, envoy", "envoy, vllm_sr"):
        found, manifest = made(stack, routes=REQUIRE, obliged=by)
        assert found.ok, losses(found)
        assert {g["subject"]: g["kept_by"] for g in manifest["guards"]}["guard red"] == {"guard: require": ["envoy"]}
    # Nobody is set up to do it.
    found, _ = made("vllm_sr, envoy", routes=REQUIRE)
    assert not found.ok
    (told,) = losses(found)
    assert (
        told[1] == "the envoy output does not enforce guard `red`: no `obligations_by` says who does what it requires"
    )
    # Nobody can.
    found, _ = made("vllm_sr, vllm", routes=REQUIRE)
    assert ("error", "no target of stack `s` enforces guard `red`: `vllm-sr`: it does not carry out obligations") in (
        losses(found)
    )


def test_routes_and_conditions_are_the_first_targets_or_nobodys() -> None:
    cascade = "default { cascade own -> cloud escalate when confidence < 0.5 }\n"
    found, manifest = made("envoy, vllm_sr", routes=cascade)
    (told,) = losses(found)
    assert told[1].startswith(
        "stack `s` does not carry the cascade of the default: `envoy`: Envoy does not read answers"
    )
    assert [r["as"] for r in manifest["constructs"] if r["construct"] == "cascade"] == ["not_carried"]
    # Envoy behind it decides again, by a file without the second step: that is told of Envoy, as ever.
    found, manifest = made("vllm_sr, envoy", routes=cascade)
    (told,) = losses(found)
    assert told[1].startswith("`envoy` does not carry the cascade of the default: Envoy does not read answers")
    assert [r["kept_by"] for r in manifest["constructs"] if r["construct"] == "cascade"] == [["vllm-sr"]]


def test_a_guard_proved_of_conditions_that_one_decider_does_not_read_is_lost() -> None:
    """It is proved of the policy. What decides behind the first reads no strings, so that it proves nothing of that."""
    signals = 'signal tenant: string { source header("x-tenant")  on_error deny }\n'
    routes = """
    route inside { when tenant == "bank"  to own }
    default { to cloud }
    guard red { require redact("pii") when tenant == "nobody" and tenant == "bank" }
    """
    found, _ = made("vllm_sr, vllm", routes=routes, signals=signals)
    assert any("its proof relies on string signal `tenant`" in m for s, m in losses(found) if s == "error")


def test_a_stack_begins_with_what_decides() -> None:
    for stack, repair in (("vllm, envoy", "write `envoy` first"), ("fleet_sim", "begin with a gateway or a router")):
        found = wrpc.api.check(whole(stack))
        (told,) = [d for d in found.diagnostics if d.code.id == "WRP814"]
        assert (told.severity, told.help, told.span.text) == ("error", repair, "s")
        assert not wrpc.api.compile(whole(stack), "s").ok


def test_a_simulation_keeps_nothing_for_the_others() -> None:
    spill = """
    workload w { rate 2/s  lengths [[512, 40%], [8_192, 100%]] }
    route r { tier 1  when tokens > 5k  to own  spill other above 80%  cache { similarity 92%  ttl 10min } }
    default { to own }
    pool other { model m  engine vllm  trust "own"  endpoint "127.0.0.1:8003"  gpu h100  replicas 1 }
    """
    found, manifest = made("envoy, fleet_sim", routes=spill)
    told = [m for _, m in losses(found)]
    assert (
        "no target of stack `s` carries the spill of route `r`: `envoy`: a route does not see how busy a pool is"
        in told
    )
    # Nor does what Envoy lacks, or another had, change what is simulated.
    assert (
        "`fleet-sim` does not carry the cache of route `r`: cache hits are not simulated: every request reaches a pool"
        in told
    )
    assert all("fleet-sim" not in r["kept_by"] for r in manifest["constructs"])


def test_a_waiver_of_any_of_them_stands_for_the_stack() -> None:
    waive = 'waive { WRP801 { r "the engine does it" } }'
    found, manifest = made("envoy", obliged=waive)
    assert losses(found) == []
    assert [w["reason"] for w in manifest["waived"]] == ["the engine does it"]
    assert [f["code"] for f in manifest["findings"]] == ["WRP802", "WRP808"]


def test_a_target_beside_its_stack_answers_for_itself() -> None:
    text = whole("envoy, vllm_sr")
    assert losses(wrpc.api.compile(text, "s")) == []
    assert len(losses(wrpc.api.compile(text, "s", "vllm-sr"))) == 3
    with pytest.raises(KeyError):
        wrpc.api.compile(text, "t")


def test_two_stacks_that_share_a_target() -> None:
    """What is kept in one and lost in the other is told of the other."""
    text = policy(
        SIGNALS + POOLS + ROUTES + ENVOY.replace("OBLIGED", "")
        + "stack a { envoy, vllm_sr }\nstack b { envoy, vllm }\n"
    )  # fmt: skip
    found = wrpc.api.compile(text, "a", "b")
    assert [m.partition(" carries")[0] for _, m in losses(found)] == ["no target of stack `b`"]
    assert found.manifest is not None
    assert list(json.loads(found.manifest.text)["stacks"]) == ["a", "b"]


SAID: dict[str, dict[str, Value]] = {"envoy": {"obligations_by": "the test", "trust_headers": Word("true")}}


@pytest.mark.parametrize("name", ["envoy", "vllm-sr"])
def test_a_stack_of_one_loses_what_the_target_loses(name: str) -> None:
    @many(50, floors={"lost": 20, "partly": 10, "whole": 10})
    @given(dice=dices())
    def law(dice: Dice) -> None:
        # What it carries, for files to compare; and any, for losses.
        read = dice.draw(policies(3, carried_by=dice.one([name, None])))
        addresses: dict[str, Value] = {"endpoints": {p: f"127.0.0.1:{9000 + i}" for i, p in enumerate(read.pools)}}
        options = Options(settings=addresses | SAID.get(name, {}))
        alone = compile_policy(read, named(name), Findings(), options)
        (together,), (stacked,) = compile_together(read, [], [Stack("s", (name,), read.at)], Findings(), options)
        lost, told = _rows(alone.diagnostics), _rows([*together.diagnostics, *stacked.diagnostics])
        if alone.ok:
            assert together.artifacts == alone.artifacts
            assert told == lost
            compared("whole")
        else:  # a guard that is lost stops a target before it emits, and a stack after that
            assert told >= lost
        assert [k.use for k in stacked.kept] == list(used(read))
        compared("lost", sum(k.kind == "not_carried" for k in stacked.kept))
        compared("partly", sum(k.kind == "approximated" for k in stacked.kept))

    law()


def _rows(diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> set[object]:
    return {(d.code.id, d.severity, tuple(d.subjects), d.span) for d in diagnostics}


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_nothing_is_lost_between_two(name: str) -> None:
    """Every use of every policy of the library is kept by someone, told, or somebody else's."""
    read = wrpc.api.load(POLICIES[name])
    stack = Stack("s", ("envoy", "vllm_sr", "vllm"), read.at)
    _, (stacked,) = compile_together(read, [], [stack], Findings())
    told = {(d.code.id, tuple(d.subjects)) for d in (*stacked.diagnostics, *(w.finding for w in stacked.waived))}
    for kept in stacked.kept:
        if kept.kind == "not_carried":
            assert ("WRP801", (kept.use.subject,)) in told
        elif kept.kind == "approximated":
            assert ("WRP802", (kept.use.subject,)) in told
        else:
            assert kept.by or kept.kind == "elsewhere"
