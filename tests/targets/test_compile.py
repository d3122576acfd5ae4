"""The law of loss: what a row says of a construct, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.support.compiling import compiled, policy, said
from wrpc.diagnostics import Diagnostic, Findings, Proof, Verdict, finding
from wrpc.policy.model import Amount
from wrpc.targets.codes import REJECTED, UNEMITTABLE
from wrpc.targets.compile import carriage, compile_all, compile_policy
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.target import (
    CONSTRUCTS,
    Approximate,
    Artifact,
    Cannot,
    Carriage,
    Construct,
    Elsewhere,
    Emitted,
    Native,
    Options,
    Setting,
    Target,
)

TEXT = """
signal private: bool { source keywords("secret") }
signal tokens: int(0..10k) { source prompt_tokens }
pool own { trust "own" }
pool cloud { trust "cloud" }
route r { when tokens < 5k  to cloud  fallback own on timeout  retries 2 }
default { to own }
guard home { forbid destination.trust != "own" when private }
"""
Emit = Callable[[Settled, Options], Emitted]
NATIVE: Mapping[str, Carriage] = dict.fromkeys(CONSTRUCTS, Native("everywhere"))


def emit(settled: Settled, options: Options) -> Emitted:
    return Emitted((Artifact("all.txt", settled.policy.name),))


def emits(*artifacts: Artifact, found: tuple[Diagnostic, ...] = (), lost: tuple[str, ...] = ()) -> Emit:
    def emit(settled: Settled, options: Options) -> Emitted:
        return Emitted(artifacts, found, lost)

    return emit


def checks(*found: Diagnostic) -> Callable[[Mapping[str, str]], tuple[Diagnostic, ...]]:
    def check(files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
        return found

    return check


def toy(rows: Mapping[Construct, Carriage] | None = None, decides: bool = True) -> Target:
    return Target(
        name="envoy",
        title="A toy in the place of a real one",
        versions=("1",),
        decides=decides,
        carries={**NATIVE, **{str(c): row for c, row in (rows or {}).items()}},
        emit=emit,
        read=None,
        check=checks(),
        settings={"max_body": Setting("number", "a size")},
    )


def proofs(**verdicts: Verdict) -> Findings:
    return Findings.of((), [Proof(f"guard {name}", verdict) for name, verdict in verdicts.items()])


def test_what_is_native_is_silent() -> None:
    found = compiled(TEXT, toy())
    assert found.ok
    assert not found.diagnostics
    assert [a.path for a in found.artifacts] == ["all.txt"]


def test_what_cannot_be_carried_is_a_warning_a_subject() -> None:
    text = TEXT + "route s { when private to own retries 1 }"
    found = compiled(text, toy({Construct.RETRIES: Cannot("a request is sent once")}))
    assert said(found.diagnostics, "WRP801") == [
        "`envoy` does not carry the retries of route `r`: a request is sent once",
        "`envoy` does not carry the retries of route `s`: a request is sent once",
    ]
    assert [d.severity for d in found.diagnostics] == ["warning", "warning"]
    assert found.diagnostics[0].subjects == ("route r",)
    assert found.artifacts


def test_the_help_names_who_carries_it() -> None:
    found = compiled("pool a { concurrency 5 } default { to a }", toy({Construct.CONCURRENCY: Cannot("no")}))
    assert found.diagnostics[0].help is not None
    assert "`vllm`" in found.diagnostics[0].help


def test_an_approximation_says_what_it_loses() -> None:
    found = compiled(TEXT, toy({Construct.FALLBACK: Approximate("priorities", "which failures cause it")}))
    assert said(found.diagnostics, "WRP802") == [
        "`envoy` carries the fallback of route `r` only in part: it loses which failures cause it"
    ]
    assert found.diagnostics[0].severity == "info"


def test_what_is_kept_elsewhere_stands_in_the_record_alone() -> None:
    rows = {Construct.RETRIES: Elsewhere("the mesh")}
    found = compiled(TEXT, toy(rows))
    assert not found.diagnostics
    assert (Construct.RETRIES, ["route r"], "the mesh") in carriage(found.target, found.uses)["elsewhere"]


# ── Guards ────────────────────────────────────────────────────────────────

NO_FORBID = {Construct.GUARD_FORBID: Cannot("it takes no destination away")}


@pytest.mark.parametrize("verdict", ["enforced", "open", "refuted", None])
def test_a_guard_that_nothing_keeps_is_an_error(verdict: Verdict | None) -> None:
    found = compiled(TEXT, toy(NO_FORBID), findings=proofs(home=verdict) if verdict else Findings())
    assert said(found.diagnostics, "WRP801") == [
        "the envoy output does not enforce guard `home`: it takes no destination away"
    ]
    assert not found.ok
    assert not found.artifacts


def test_a_proved_guard_needs_nobody_to_keep_it() -> None:
    found = compiled(TEXT, toy(NO_FORBID), findings=proofs(home="proved"))
    assert found.artifacts
    assert not found.diagnostics


def test_a_proof_that_leans_on_what_is_lost_is_none() -> None:
    rows = {**NO_FORBID, Construct.INT: Cannot("it knows no numbers")}
    found = compiled(TEXT, toy(rows), findings=proofs(home="proved"))
    assert not found.ok
    assert any("its proof relies on " in m for m in said(found.diagnostics, "WRP801"))


def test_a_program_that_decides_nothing_may_lose_a_guard() -> None:
    found = compiled(TEXT, toy(NO_FORBID, decides=False))
    assert found.ok
    assert [d.severity for d in found.diagnostics] == ["warning"]


@pytest.mark.parametrize(("verdict", "ok"), [("proved", True), ("enforced", False)])
def test_a_guard_that_emit_names_is_lost(verdict: Verdict, ok: bool) -> None:
    target = replace(toy(), emit=emits(Artifact("a", ""), lost=("guard home",)))
    found = compiled(TEXT, target, findings=proofs(home=verdict))
    assert found.ok is ok
    assert bool(found.artifacts) is ok


def test_what_would_keep_a_requirement_is_named() -> None:
    found = compiled('pool p { endpoint "a:1" }  default { to p }  guard g { require redact("pii") }', "envoy")
    (lost,) = (d for d in found.diagnostics if d.code.id == "WRP801" and d.severity == "error")
    assert "no `obligations_by` says who does what it requires" in lost.message
    assert lost.help is not None
    assert 'target envoy { obligations_by "…" }' in lost.help


# ── Whole or nothing ──────────────────────────────────────────────────────


def test_an_error_of_emit_or_check_leaves_nothing() -> None:
    at = policy(TEXT).sources[0].span()
    refused = replace(toy(), emit=emits(Artifact("a", ""), found=(finding(UNEMITTABLE, "no", at),)))
    rejected = replace(toy(), check=checks(finding(REJECTED, "no", at)))
    for target in (refused, rejected):
        found = compiled(TEXT, target)
        assert not found.ok
        assert not found.artifacts


def refuse(settled: Settled, options: Options) -> Emitted:
    raise AssertionError("emit was called")


def test_nothing_is_emitted_of_a_policy_with_an_error() -> None:
    at = policy(TEXT).sources[0].span()
    found = compiled(TEXT, replace(toy(), emit=refuse), findings=Findings.of([finding(UNEMITTABLE, "no", at)]))
    assert not found.artifacts


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a//b", "", "c:x", "a\\b", "."])
def test_a_path_that_escapes_is_a_fault_of_the_target(path: str) -> None:
    target = replace(toy(), emit=emits(Artifact(path, "")))
    with pytest.raises(ValueError, match="emitted the path"):
        compiled(TEXT, target)


# ── Settings and waivers ──────────────────────────────────────────────────


def block(settings: str) -> str:
    return f"{TEXT}\ntarget envoy {{ {settings} }}"


def test_an_unknown_setting_is_an_error_at_its_place() -> None:
    """One that the language knows and this target does not."""
    found = compiled(block('ca "x"'), toy())
    assert said(found.diagnostics, "WRP803") == ["`envoy` has no setting `ca`"]
    assert "ca" in found.diagnostics[0].span.text
    assert not found.artifacts


def test_a_setting_of_another_type_is_an_error() -> None:
    assert said(compiled(block('max_body "x"'), toy()).diagnostics, "WRP803") == [
        "`max_body` of `envoy` takes a number"
    ]


def test_a_waiver_turns_a_loss_into_a_note() -> None:
    found = compiled(block('waive { WRP801 "the mesh does" }'), toy(NO_FORBID))
    assert found.ok
    assert found.artifacts
    assert [d.code.id for d in found.diagnostics] == ["WRP808"]
    assert [w.reason for w in found.waived] == ["the mesh does"]
    assert found.waived[0].finding.severity == "error"


@pytest.mark.parametrize("subject", ["home", "`guard home`"])
def test_a_waiver_may_name_what_it_covers(subject: str) -> None:
    rows = {**NO_FORBID, Construct.RETRIES: Cannot("no")}
    found = compiled(block(f'waive {{ WRP801 {{ {subject} "the mesh does" }} }}'), toy(rows))
    assert found.ok
    assert [d.code.id for d in found.diagnostics] == ["WRP801", "WRP808"]


@pytest.mark.parametrize(
    "waiver",
    ['WRP801 ""', 'WRP801 "  "', "WRP801 5", "WRP801 { home 5 }", 'WRP804 "x"', 'WRP201 "x"', 'all "x"'],
)
def test_a_waiver_without_a_reason_or_a_loss_is_none(waiver: str) -> None:
    found = compiled(block(f"waive {{ {waiver} }}"), toy())
    assert [d.code.id for d in found.diagnostics] == ["WRP803"]
    assert not found.artifacts


def test_settings_given_beside_the_policy_win() -> None:
    seen = []

    def look(settled: Settled, options: Options) -> Emitted:
        seen.append(options.settings["max_body"])
        return Emitted(())

    given = Options(settings={"max_body": Amount(Fraction(7))})
    compile_policy(policy(block("max_body 5")), replace(toy(), emit=look), Findings(), given)
    assert seen == [Amount(Fraction(7))]


def test_targets_of_one_compile_share_what_the_guards_do() -> None:
    seen: list[Settled] = []

    def look(settled: Settled, options: Options) -> Emitted:
        seen.append(settled)
        return Emitted(())

    target = replace(toy(), emit=look)
    compile_all(policy(block("max_body 5")), [target, target], Findings())
    assert len(seen) == 2
    assert seen[0] is seen[1]
