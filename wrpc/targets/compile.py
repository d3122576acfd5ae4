"""One policy for one target, under the law of loss: what is not carried is said, and a guard that nothing keeps is an
error. A target's rows say what is lost; this module says what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from wrpc.diagnostics import Diagnostic, Findings, Verdict, finding, listing
from wrpc.policy.model import Policy
from wrpc.policy.waivers import lapsed
from wrpc.source import Span
from wrpc.targets import TARGETS, named
from wrpc.targets import settings as blocks
from wrpc.targets.codes import APPROXIMATED, NOT_CARRIED, REFUSES_ALL, WAIVED
from wrpc.targets.constructs import Use, used
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.gateway.settle import settle
from wrpc.targets.naming import check_path
from wrpc.targets.target import (
    Approximate,
    Artifact,
    Cannot,
    Construct,
    Elsewhere,
    Native,
    Options,
    Target,
)

GUARDS = frozenset({Construct.GUARD_DENY, Construct.GUARD_FORBID, Construct.GUARD_REQUIRE})
REPAIR = "write the routes so that it is proved, compile for a target that enforces it, or waive it and say why"
# Without one of these the files decide otherwise than the policy, so that no proof about the policy holds for them.
# What is missing here (a fallback, a mirror) only takes destinations away.
DECISIVE = frozenset({
    Construct.BOOL, Construct.INT, Construct.REAL, Construct.ONE_OF, Construct.ANY_OF, Construct.STRING,
    Construct.SCORE, Construct.ON_ERROR, Construct.FAILED, Construct.ABSENT, Construct.GROUP, Construct.SUM,
    Construct.BAND, Construct.COMPARE_SIGNALS, Construct.ROUTE, Construct.TIER, Construct.CONFIDENCE,
    Construct.ON_UNKNOWN, Construct.DEFAULT, Construct.DENY_ROUTE,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that the policy accepts, and why."""

    finding: Diagnostic
    reason: str
    owner: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one target made of a policy. `artifacts` is empty where there is an error."""

    target: Target
    artifacts: tuple[Artifact, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    uses: tuple[Use, ...] = field(default=(), repr=False)
    waived: tuple[Waived, ...] = ()
    unenforced: tuple[str, ...] = ()
    """Guards that the files do not enforce although the target can, told or left to the stack it is part of."""

    @property
    def ok(self) -> bool:
        return not any(d.severity == "error" for d in self.diagnostics)


def compile_all(
    policy: Policy,
    targets: Iterable[Target],
    findings: Findings,
    options: Options | None = None,
    quiet: Mapping[str, frozenset[Use]] | None = None,
    spare: Mapping[str, frozenset[str]] | None = None,
) -> tuple[Compiled, ...]:
    """As `compile_policy`, for each target; what the guards do is settled once for all of them. `quiet` and `spare` by
    the name of the target."""
    settled = cache(lambda: settle(policy))
    nothing: frozenset[str] = frozenset()
    return tuple(
        compile_policy(
            policy, target, findings, options, settled,
            quiet=(quiet or {}).get(target.name, frozenset()), spare=(spare or {}).get(target.name, nothing),
        )
        for target in targets
    )  # fmt: skip


def compile_policy(
    policy: Policy,
    target: Target,
    findings: Findings,
    options: Options | None = None,
    settled_by: Callable[[], Settled] | None = None,
    *,
    quiet: frozenset[Use] = frozenset(),
    spare: frozenset[str] = frozenset(),
) -> Compiled:
    """The policy as files of the target, or the findings that stand in the way.

    In a stack, `quiet` are uses whose loss is not this target's to tell, and `spare` guards that another may enforce.

    `findings` is what `check` had to say: its proofs decide which guards the files must keep, and with an error in it
    nothing is emitted. `options.settings` stand beside those of the policy's own block and win over them.
    """
    settings = blocks.block(policy, target.name)
    at = settings.span if settings else policy.at
    options = options_of(policy, options or Options(), target)
    faults = blocks.check(target, options.settings, options.spans, at)
    uses = used(policy)
    verdicts = {proof.subject: proof.verdict for proof in findings.proofs}
    if target.faults is not None and not faults:
        faults += target.faults(policy, options)
    diagnostics = [*faults, *_losses(target, uses, verdicts, quiet)]
    waivers = [w for w in blocks.waivers(options.settings) if not lapsed(w.until, options.today)]
    shown, waived = waive(diagnostics, waivers)
    if findings.errors or _has_error(shown):
        return Compiled(target, (), _once(shown), uses, tuple(waived))

    settled = settled_by() if settled_by else settle(policy)
    emitted = target.emit(settled, options)
    told = [subject for subject in emitted.not_enforced if subject not in spare]
    later = [*emitted.diagnostics, *unenforced(policy, target, told, verdicts)]
    artifacts = tuple(sorted(emitted.artifacts, key=lambda a: a.path))
    if not _has_error(emitted.diagnostics):
        for artifact in artifacts:
            check_path(artifact.path)
        later += target.check({a.path: a.text for a in artifacts})
        refused = _refused(settled, target, emitted.unheard, at)
        # The note on what nobody computes is then the error's own text.
        later = [d for d in later if not (refused and d.severity == "info" and d.help == target.heard_by)] + refused
    shown_later, waived_later = waive(later, waivers)
    shown += shown_later
    waived += waived_later
    made = () if _has_error(shown) else artifacts
    return Compiled(target, made, _once(shown), uses, tuple(waived), tuple(emitted.not_enforced))


def _refused(settled: Settled, target: Target, unheard: Sequence[str], at: Span) -> list[Diagnostic]:
    """A program that decides requests and serves none of them."""
    if not target.decides or settled.reach.serves(unheard) is not False:
        return []
    message = f"the output for `{target.name}` refuses every request"
    why = "each ends in a denial or without a route"
    repair: str | None = "write a route or a default that some request takes, and that its guards leave a destination"
    if unheard:
        names = listing(unheard[:5], "and") if len(unheard) <= 5 else f"{listing(unheard[:5])} and others"
        why = f"nobody computes {names}, so that {'it has' if len(unheard) == 1 else 'they have'} failed in each"
        repair = target.heard_by
    return [finding(REFUSES_ALL, f"{message}: {why}", at, help=repair)]


def _once(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple({d.key(): d for d in diagnostics}.values())


def options_of(policy: Policy, given: Options, target: Target) -> Options:
    settings = blocks.block(policy, target.name)
    path = policy.header.source.path if policy.header else policy.sources[0].path
    base = given.base if given.base is not None else (str(path.parent) if path else None)
    if settings is None:
        return replace(given, base=base)
    all_settings, spans = {**settings.settings, **given.settings}, {**settings.spans, **given.spans}
    return replace(given, settings=all_settings, spans=spans, base=base)


def _has_error(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(d.severity == "error" for d in diagnostics)


# ── The law of loss ───────────────────────────────────────────────────────


def _losses(
    target: Target, uses: Sequence[Use], verdicts: dict[str, Verdict], quiet: frozenset[Use]
) -> list[Diagnostic]:
    undermined = [u for u in uses if u.construct in DECISIVE and isinstance(target.carries[u.construct], Cannot)]
    found = []
    for use in uses:
        row = target.carries[use.construct]
        if use in quiet:
            continue
        if isinstance(row, Approximate):
            message = f"`{target.name}` carries {phrase(use)} only in part: it loses {row.loses}"
            found.append(finding(APPROXIMATED, message, use.span, subjects=[use.subject]))
        elif isinstance(row, Cannot):
            if use.construct in GUARDS and target.decides:
                found += _lost_guard(target, use.subject, use.span, row.why, verdicts, undermined)
            else:
                message = f"`{target.name}` does not carry {phrase(use)}: {row.why}"
                carriers = _carriers(target, use.construct)
                found.append(finding(NOT_CARRIED, message, use.span, subjects=[use.subject], help=carriers))
    return found


def _lost_guard(
    target: Target,
    subject: str,
    span: Span,
    why: str,
    verdicts: dict[str, Verdict],
    undermined: Sequence[Use],
    repair: str | None = None,
) -> list[Diagnostic]:
    """A guard that the files do not keep is an error, unless it is proved of what they do carry."""
    kind, _, name = subject.partition(" ")
    if verdicts.get(subject) == "proved":
        if not undermined:
            return []
        why += f", and its proof relies on {phrase(undermined[0])}, which is not carried either"
    message = f"the {target.name} output does not enforce {kind} `{name}`: {why}"
    return [finding(NOT_CARRIED, message, span, severity="error", subjects=[subject], help=repair or REPAIR)]


def unenforced(policy: Policy, target: Target, names: Iterable[str], verdicts: dict[str, Verdict]) -> list[Diagnostic]:
    found = []
    for subject in names:
        guard = policy.guards[subject.partition(" ")[2]]
        why, repair = "the program cannot do what it requires", None
        if target.obliged_by is not None:
            why = f"no `{target.obliged_by}` says who does what it requires"
            block = target.name.replace("-", "_")
            repair = f'name who does it, `target {block} {{ {target.obliged_by} "…" }}`; else {REPAIR}'
        found += _lost_guard(target, subject, guard.span, why, verdicts, (), repair)
    return found


def _carriers(target: Target, construct: str) -> str | None:
    """Which other targets carry it as it is."""
    others = [n for n in TARGETS if n != target.name and isinstance(named(n).carries[construct], Native)]
    return f"{listing(others, 'and')} {'carries' if len(others) == 1 else 'carry'} it" if others else None


def phrase(use: Use) -> str:
    """A use in a sentence: "pool `a`", "the cascade of route `b`"."""
    kind, _, name = use.subject.partition(" ")
    subject = f"{kind} {name}" if name.startswith('"') else f"{kind} `{name}`" if name else f"the {kind}"
    if kind in (use.construct, use.construct.partition(" ")[0]):
        return subject
    if use.construct.endswith(f" {kind}"):
        return f"{use.construct} `{name}`"
    construct = use.construct.removeprefix("guard: ")
    return f"`{construct}` of {subject}" if use.construct in GUARDS else f"the {construct} of {subject}"


def carriage(target: Target, uses: Iterable[Use]) -> dict[str, list[tuple[str, list[str], str]]]:
    """The uses by what becomes of them: constructs with their subjects and what the row says."""
    kinds = {Native: "carried", Approximate: "approximated", Cannot: "not_carried", Elsewhere: "elsewhere"}
    found: dict[str, dict[str, list[str]]] = {name: {} for name in kinds.values()}
    for use in uses:
        found[kinds[type(target.carries[use.construct])]].setdefault(use.construct, []).append(use.subject)
    return {
        kind: [(construct, subjects, said(target, construct)) for construct, subjects in rows.items()]
        for kind, rows in found.items()
    }


def said(target: Target, construct: str) -> str:
    """What a row says beside its kind."""
    match target.carries[construct]:
        case Native(where):
            return where
        case Approximate(_, loses):
            return loses
        case Cannot(why):
            return why
        case Elsewhere(by):
            return by


# ── Waivers ───────────────────────────────────────────────────────────────


def waive(diagnostics: Iterable[Diagnostic], waivers: Sequence[blocks.Waiver]) -> tuple[list[Diagnostic], list[Waived]]:
    shown: list[Diagnostic] = []
    waived: list[Waived] = []
    for found in diagnostics:
        waiver = next((w for w in waivers if w.covers(found)), None)
        if waiver is None:
            shown.append(found)
            continue
        waived.append(Waived(found, waiver.reason, waiver.owner, waiver.until))
        message = f"waived: {found.message}"
        by = f" of {waiver.owner}" if waiver.owner else ""
        until = f", until {waiver.until}" if waiver.until else ""
        reason = f"the policy's reason{by}{until}: {waiver.reason}"
        shown.append(finding(WAIVED, message, found.span, subjects=found.subjects, help=reason))
    return shown, waived
