"""The `target NAME { … }` block of a policy against the settings that its target documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wrpc.diagnostics import Diagnostic, did_you_mean, finding
from wrpc.policy.model import Amount, Env, Policy, TargetSettings, Value, Word
from wrpc.policy.waivers import PARTS, day
from wrpc.source import Span
from wrpc.targets import TARGETS
from wrpc.targets.codes import UNKNOWN_SETTING, UNKNOWN_TARGET
from wrpc.targets.target import Setting, Target

COMMON: Mapping[str, Setting] = {
    "waive": Setting(
        "map",
        'findings that are accepted, each with its reason: `waive { WRP801 "…" }`, or only those about one thing:'
        ' `waive { WRP801 { small_talk "…" } }`; in place of a reason `{ owner "…" until "2026-12-31" reason "…" }`',
    ),
}
KINDS = {
    "text": "a string",
    "number": "a number",
    "bool": "`true` or `false`",
    "word": "a word",
    "list": "a list",
    "map": "a block",
    "any": "a value",
}
# A waiver accepts a loss. What is missing, unknown or rejected is no loss.
WAIVABLE = re.compile(r"WRP8\d\d")
NEVER_WAIVED = frozenset({"WRP803", "WRP804", "WRP805", "WRP806", "WRP808", "WRP812", "WRP813"})


@dataclass(frozen=True, slots=True)
class Waiver:
    """`subject` is None where every finding of that code is accepted. `until`: its last day, if it has one."""

    code: str
    subject: str | None
    reason: str
    owner: str = ""
    until: str = ""

    def covers(self, finding: Diagnostic) -> bool:
        if finding.code.id != self.code:
            return False
        if self.subject is None:
            return True
        return any(self.subject in (s, s.partition(" ")[2]) for s in finding.subjects)


def spelled(name: str) -> str:
    """The name of a target as a block spells it: `fleet-sim` is `target fleet_sim { … }`."""
    return name.replace("-", "_")


def block(policy: Policy, name: str) -> TargetSettings | None:
    """The block of the target of that name, if the policy has one."""
    return policy.targets.get(spelled(name)) or policy.targets.get(name)


def unknown_blocks(policy: Policy) -> tuple[Diagnostic, ...]:
    """A finding for each block whose target does not exist."""
    known = {*TARGETS, *map(spelled, TARGETS)}
    return tuple(
        finding(
            UNKNOWN_TARGET,
            f"there is no target `{settings.name}`",
            settings.span,
            help=did_you_mean(settings.name, map(spelled, TARGETS)),
            subjects=[f"target {settings.name}"],
        )
        for settings in policy.targets.values()
        if settings.name not in known
    )


def check(target: Target, settings: Mapping[str, Value], spans: Mapping[str, Span], at: Span) -> list[Diagnostic]:
    """A finding for each setting that the target does not know, or that has another type."""
    known = {**COMMON, **target.settings}
    found: list[Diagnostic] = []
    for name, value in settings.items():
        setting = known.get(name)
        span = spans.get(name, at)
        if setting is None:
            message = f"`{target.name}` has no setting `{name}`"
            found.append(finding(UNKNOWN_SETTING, message, span, help=did_you_mean(name, known)))
        elif not fits(value, setting):
            message = f"`{name}` of `{target.name}` takes {KINDS[setting.kind]}"
            found.append(finding(UNKNOWN_SETTING, message, span, help=setting.doc))
    found += _faulty_waivers(target, settings.get("waive"), spans.get("waive", at))
    return found


def fits(value: Value, setting: Setting) -> bool:
    match setting.kind:
        case "text":
            return isinstance(value, str | Env)
        case "number":
            return isinstance(value, Amount)
        case "bool":
            return isinstance(value, Word) and value.text in ("true", "false")
        case "word":
            return isinstance(value, Word | str)
        case "list":
            return isinstance(value, tuple)
        case "map":
            return isinstance(value, Mapping)
        case "any":
            return True


def waivers(settings: Mapping[str, Value]) -> tuple[Waiver, ...]:
    """What a block waives, once `check` has found nothing wrong with it."""
    return tuple(w for w in _waivers(settings.get("waive")) if isinstance(w, Waiver))


def _waivers(value: Value | None) -> Iterator[Waiver | str]:
    """Each waiver, or the code of one that is not written as it should be."""
    for code, given in value.items() if isinstance(value, Mapping) else ():
        if isinstance(given, Mapping) and not _in_full(given):
            for subject, own in given.items():
                yield _waiver(code, subject, own)
        else:
            yield _waiver(code, None, given)


def _waiver(code: str, subject: str | None, given: Value) -> Waiver | str:
    if isinstance(given, str):
        return Waiver(code, subject, given)
    if isinstance(given, Mapping) and _in_full(given):
        texts = {name: text for name, text in given.items() if isinstance(text, str)}
        return Waiver(code, subject, texts["reason"], texts.get("owner", ""), texts.get("until", ""))
    return code


def _in_full(given: Mapping[str, Value]) -> bool:
    """Whether a block is one waiver with its owner and last day, and not a list of what is waived."""
    return "reason" in given and set(given) <= set(PARTS) and all(isinstance(text, str) for text in given.values())


def _faulty_waivers(target: Target, value: Value | None, span: Span) -> Iterator[Diagnostic]:
    for waiver in _waivers(value):
        if isinstance(waiver, str):
            message = f"`waive {{ {waiver} … }}` of `{target.name}` takes a reason"
            yield finding(UNKNOWN_SETTING, message, span, help=COMMON["waive"].doc)
        elif not WAIVABLE.fullmatch(waiver.code) or waiver.code in NEVER_WAIVED:
            message = f"`{waiver.code}` cannot be waived in a block of `{target.name}`"
            others = "what a target does not carry can be: `WRP801` and `WRP802`"
            yield finding(UNKNOWN_SETTING, message, span, help=others)
        elif not waiver.reason.strip():
            message = f"the waiver of `{waiver.code}` gives no reason"
            yield finding(UNKNOWN_SETTING, message, span)
        elif waiver.until and day(waiver.until) is None:
            message = f'"{waiver.until}", the last day of the waiver of `{waiver.code}`, is not a day'
            yield finding(UNKNOWN_SETTING, message, span, help='a day is written "2026-12-31"')
