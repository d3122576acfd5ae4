"""How a request's signals are spelled as headers: their names, and the one spelling of each value.

| type | spelling |
|---|---|
| bool | `true`, `false` |
| int | decimal digits, `-` in front where negative; no `+`, no leading zeros |
| real, score | the same with at most 20 digits after a point: `0.85`, `0.850`; no exponent, no `-0` |
| one_of | the name; what is no letter, digit or `_ . - / :` as `%` and two hex digits of its UTF-8 |
| any_of | names in any order with commas between; the empty set is `none` |
| string | itself, in UTF-8; a header that is sent twice is one string with a comma |

A failed signal is the header that is absent; one whose `absent` says what that means is given that value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.expr import Interval
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Set, Signal, String, Value
from wrpc.policy.regular.utf8 import WHOLE
from wrpc.source import Span
from wrpc.targets.codes import UNEMITTABLE
from wrpc.targets.envoy import decimals
from wrpc.targets.envoy.reserved import reserved

if TYPE_CHECKING:
    from wrpc.targets.envoy.totals import Total

MODEL = "x-llm-model"
PREFIX = "x-wrpc-"
EMPTY_SET = "none"

# What the gateway itself says, of requests to pools and in answers.
ROUTE, POOL, REASON, OBLIGATIONS = (PREFIX + word for word in ("route", "pool", "reason", "obligations"))
# What the service that sets the signal headers says when it has set them all; nobody else can say it.
MARKER = PREFIX + "signals"
OWN = (MODEL, ROUTE, POOL, REASON, OBLIGATIONS, MARKER)

# Envoy takes no header of more than 16 KiB, and clients take less.
LONGEST = 1024
_LONGEST_NAME = 64

# Of the letters that HTTP allows, those that every proxy on the way leaves alone.
_TOKEN = re.compile(r"[a-z0-9._-]+")
_PLAIN = re.compile(r"[A-Za-z0-9_./:-]")


@dataclass(frozen=True, slots=True)
class Names:
    """The header of each signal. `given`: those that clients themselves send; `lifted`: set here, from the body;
    `absent`: what the header of a signal is given where it is absent; `totals`: the headers of sums."""

    headers: Mapping[str, str]
    given: frozenset[str]
    lifted: frozenset[str]
    absent: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    totals: Mapping[Total, str] = field(default_factory=dict)


def names(policy: Policy, prefix: str, chosen: Mapping[str, Value], at: Span) -> Names:
    """`chosen`: the names that the setting `headers` gives, which stands at `at`."""
    found: dict[str, str] = {}
    given: set[str] = set()
    lifted: set[str] = set()
    absent: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    users: dict[str, Signal] = {}
    for signal in policy.signals.values():
        source = signal.source
        own = chosen.get(signal.name)
        if isinstance(own, str):
            name = own.lower()
        elif source is not None and source.name == "header" and isinstance(source.arguments[0], str):
            name = source.arguments[0].lower()
            # Under our own prefix no client may send anything: that one is set by whatever sets the others.
            if not name.startswith(prefix):
                given.add(signal.name)
        elif source is not None and source.name == "model":
            name = MODEL
            lifted.add(signal.name)
        else:
            name = prefix + _slug(signal.name)
        found[signal.name] = name
        diagnostics += _faults(signal, name, users.setdefault(name, signal), signal.name in lifted)
        if signal.absent is None or signal.can_fail:
            continue  # what sets the header of a claim knows whether its token verifies
        try:
            absent[signal.name] = value(signal, signal.absent)
        except ValueError as error:
            message = f"what signal `{signal.name}` is where it is absent cannot be a header: {error}"
            diagnostics.append(finding(UNEMITTABLE, message, signal.span, subjects=[f"signal {signal.name}"]))
    for name in chosen:
        if name not in policy.signals:
            diagnostics.append(finding(UNEMITTABLE, f"`headers` names `{name}`, which is not a signal", at))
    return Names(found, frozenset(given), frozenset(lifted), absent, tuple(diagnostics))


def _slug(name: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if found and len(found) <= _LONGEST_NAME:
        return found
    return f"{found[:40].strip('-') or 'x'}-{sha256(name.encode()).hexdigest()[:8]}"


def _faults(signal: Signal, name: str, user: Signal, lifted: bool) -> Iterable[Diagnostic]:
    other = f'name another in the target\'s block: `headers {{ {signal.name} "x-…" }}`'
    if not _TOKEN.fullmatch(name):
        yield finding(
            UNEMITTABLE, f"`{name}` is not a header name, for signal `{signal.name}`", signal.span, help=other
        )
    elif name in OWN and not lifted:
        yield finding(UNEMITTABLE, f"the header `{name}` is the gateway's own", signal.span, help=other)
    elif (why := reserved(name)) is not None:
        message = f"signal `{signal.name}` cannot be read from the header `{name}`: {why}"
        yield finding(UNEMITTABLE, message, signal.span, subjects=[f"signal {signal.name}"], help=other)
    # Two signals may read one header that clients send, where it can be a value of both: two thresholds, say, and
    # an absent one means the same to both.
    shared = _sent(user) and _sent(signal) and canonical(user) == canonical(signal) and user.absent == signal.absent
    if user is not signal and not shared:
        message = f"signals `{user.name}` and `{signal.name}` would share the header `{name}`"
        yield finding(UNEMITTABLE, message, signal.span, help=other)


def _sent(signal: Signal) -> bool:
    return signal.source is not None and signal.source.name in ("header", "model")


# ── Values ────────────────────────────────────────────────────────────────


def word(name: str) -> str:
    """A name of an enum or a set, as it stands in a header."""
    if name == EMPTY_SET:
        return "%6Eone"
    return "".join(c if _PLAIN.fullmatch(c) else "".join(f"%{b:02X}" for b in c.encode()) for c in name)


def plain(text: str, also: str = "") -> str:
    """A text as a header can hold it: what is no printable ASCII, `%` itself and what stands in `also` as `%` and two
    hex digits."""
    return "".join(
        c if " " <= c <= "~" and c != "%" and c not in also else "".join(f"%{b:02X}" for b in c.encode()) for c in text
    )


def said(name: str, also: str = "") -> str:
    """A name in what the gateway says of it: `plain`, and of a very long one the beginning and a hash."""
    text = plain(name, also)
    if len(text) <= LONGEST:
        return text
    start = re.sub(r"%[0-9A-F]?$", "", text[: LONGEST - 20])
    return f"{start}...{sha256(name.encode()).hexdigest()[:16]}"


def value(signal: Signal, given: bool | Fraction | str | frozenset[str]) -> str:
    """A value of the signal's type as its header; ValueError for what has no spelling."""
    match signal.type:
        case Bool():
            return "true" if given else "false"
        case Int() | Real() | Score():
            assert isinstance(given, Fraction)
            spelled = decimals.spelled(given)
            if spelled is None:
                raise ValueError(f"{given} has no decimal spelling of {decimals.DIGITS} digits")
            return spelled
        case Set(members):
            assert isinstance(given, frozenset)
            return ",".join(word(m) for m in members if m in given) or EMPTY_SET
        case Enum():
            return word(str(given))
        case String():
            text = str(given)
            if text != text.strip(" \t") or any(c < " " or c == "\x7f" for c in text):
                raise ValueError(f"{text!r} cannot stand in a header")
            return text


def canonical(signal: Signal) -> tuple[str, ...]:
    """Regular expressions that a header has to match, all of them, to be a value of the signal."""
    match signal.type:
        case Bool():
            return ("true|false",)
        case Int(low, high):
            return (decimals.integers([Interval(Fraction(low), Fraction(high))]),)
        case Real(low, high) | Score(low, high):
            return (decimals.SHAPE, decimals.numbers([Interval(low, high)]))
        case Enum(members):
            return (alternatives(map(word, members)),)
        case Set(members):
            one = alternatives(map(word, members))
            return (f"{EMPTY_SET}|{one}(?:,{one})*",)
        case String():
            return (WHOLE,)


def alternatives(words: Iterable[str]) -> str:
    found = [escape(w) for w in words]
    return found[0] if len(found) == 1 else "(?:" + "|".join(found) + ")"


def escape(text: str) -> str:
    """Text as a regular expression of RE2's syntax."""
    return re.sub(r"[\\.+*?()|\[\]{}^$]", r"\\\g<0>", text)
