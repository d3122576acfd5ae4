"""A guard or claim that is neither proved nor refuted.

Open is not proved: it fails a safety claim. The message says what would settle it: more of the solver's resources, or
letters that the solver has (those up to U+2FFFF).

Bad:

    signal tenant: string { source header("x-tenant") }
    signal user: string { source header("x-user") }
    pool cloud { trust "cloud" }
    default { to cloud }
    assert apart { never prefix(tenant, user) and prefix(user, "𰀀") }
    #              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ WRP409
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, is_library, shown
from wrpc.analysis.safety import undeclared_attribute
from wrpc.analysis.safety.fails_open import opened
from wrpc.analysis.safety.verdicts import claims, guards, within_budgets
from wrpc.diagnostics import Code, Diagnostic, Proof, Related, listing
from wrpc.policy import reading

if TYPE_CHECKING:
    from wrpc.analysis.safety.verdicts import Verdict
    from wrpc.policy.model import Assertion, Claim, Policy
    from wrpc.solver.ask import Asker

CODE = Code("WRP409", "undecided-claim", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    """Also what became of each guard and claim: the proofs."""
    if is_library(policy):
        return
    from wrpc.solver.witness import of_guard, witness

    for guard, verdict in guards(ask):
        answer = verdict.answer
        subject = f"guard {guard.name}"
        if answer.verdict == "open":
            yield shown(
                CODE,
                f"it is not settled whether guard `{guard.name}` acts",
                guard.span,
                policy,
                answer,
                subjects=(subject,),
            )
            yield Proof(subject, "open", None, guard.span, why=answer.why)
        elif answer.request is not None:
            request = witness(policy, answer.request, of_guard(guard))
            yield Proof(subject, "enforced", request, guard.span, why=verdict.decider)
        elif verdict.contested:
            yield Proof(subject, "open", None, guard.span, why=verdict.contested)
        else:
            # What a failure lets past it no plan shows.
            leans = ("no signal fails",) if any(g is guard for g, _ in opened(ask)) else ()
            yield Proof(subject, "proved", None, guard.span, _leans(policy) + leans)
    worst: dict[str, Proof] = {}
    for assertion, claim, verdict in claims(ask):
        subject = f"assert {assertion.name}"
        if verdict.hangs:
            yield _hanging(policy, assertion, claim, verdict)
        elif verdict.answer.verdict == "open":
            message = f"it is not settled whether claim `{assertion.name}` holds"
            yield shown(CODE, message, claim.span, policy, verdict.answer, subjects=(subject,))
        proof = _proof(policy, assertion, claim, verdict)
        before = worst.get(assertion.name)
        if before is None or RANK[proof.verdict] > RANK[before.verdict]:
            worst[assertion.name] = proof
        elif proof.verdict == before.verdict == "proved":
            both = tuple(dict.fromkeys((*before.leans_on, *proof.leans_on)))
            worst[assertion.name] = replace(before, leans_on=both)
    yield from worst.values()


def _hanging(policy: Policy, assertion: Assertion, claim: Claim, verdict: Verdict) -> Diagnostic:
    missing = [m for c in reading.parts(claim) for m in undeclared_attribute.undeclared(policy, c)]
    pools = list(dict.fromkeys(pool for pool, _ in missing))
    said = "hangs on a cost that nothing bounds"
    if missing:
        said = f"hangs on {listing(list(dict.fromkeys(name for _, name in missing)), 'and')}, which is not declared"
    return shown(
        undeclared_attribute.CODE,
        f"claim `{assertion.name}` {said}",
        claim.span,
        policy,
        verdict.answer,
        severity="error",
        subjects=(f"assert {assertion.name}", *(f"pool {p}" for p in pools)),
        related=[Related(policy.pools[p].span, "does not declare it") for p in pools[:3]],
        help="declare it"
        if missing
        else "a signal with `source prompt_tokens`, and `max_output` of the model, bound it",
    )


RANK = {"proved": 0, "enforced": 1, "open": 2, "refuted": 3}


def _proof(policy: Policy, assertion: Assertion, claim: Claim, verdict: Verdict) -> Proof:
    """Over requests without failures; a critical claim's over all. What fails only with a failed signal is WRP403."""
    from wrpc.solver.witness import witness

    subject = f"assert {assertion.name}"
    answer = verdict.answer if assertion.critical else verdict.healthy
    if answer.request is not None:
        found = witness(policy, answer.request, (claim.what, claim.when))
        return Proof(subject, "refuted", found, assertion.span)
    if answer.verdict == "open" or verdict.failing.verdict == "open":
        return Proof(subject, "open", None, assertion.span, why=answer.why or verdict.failing.why)
    if verdict.contested:
        return Proof(subject, "open", None, assertion.span, why=verdict.contested)
    leans = _leans(policy) + (("no signal fails",) if verdict.only_with_failures else ())
    leans += within_budgets(policy, claim)
    return Proof(subject, "proved", None, assertion.span, leans)


def _leans(policy: Policy) -> tuple[str, ...]:
    return tuple(f"assume {name}" for name in policy.assumptions)
