"""A policy as an Envoy bootstrap: one listener, the decisions as its routes, a cluster a pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from wrpc.decide.request import show_number
from wrpc.diagnostics import Diagnostic, finding, listing
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Set, Signal, String
from wrpc.source import Span
from wrpc.targets import writing
from wrpc.targets.codes import NOT_CARRIED
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.clusters import Clusters, grpc, socket
from wrpc.targets.envoy.decisions import Decisions, decisions
from wrpc.targets.envoy.headers import Names
from wrpc.targets.envoy.limits import Limits, losses, read_by
from wrpc.targets.envoy.listener import ROUTES, SIGNALS, listener
from wrpc.targets.envoy.routes import (
    FAILURES,
    STANDING_IN,
    Entry,
    checks,
    entries,
    longest,
    marked,
    numbered,
    stand_in,
    tries,
)
from wrpc.targets.envoy.rows import signals
from wrpc.targets.envoy.settings import HEARD_BY, Settings, settings
from wrpc.targets.envoy.totals import Total
from wrpc.targets.gateway.branches import Send, Settled
from wrpc.targets.gateway.plans import whole_weights
from wrpc.targets.target import Artifact, Emitted, Options
from wrpc.targets.target import Entry as Place
from wrpc.version import __version__

FILE = "envoy.yaml"
VERSIONS = ("1.39", "1.40")


def emit(settled: Settled, options: Options) -> Emitted:
    policy = settled.policy
    chosen = settings(policy, options)
    names = named(policy, chosen)
    table = decisions(settled, obligations=chosen.obligations_by is not None)
    clusters = Clusters(policy, chosen)
    limits = Limits(policy, names)
    asked = [s for e in table.entries for s in signals(e.rows)]
    read, totals = {*asked}, dict.fromkeys(s for s in asked if isinstance(s, Total))
    names = replace(names, totals={t: f"{chosen.prefix}sum.{i}" for i, t in enumerate(totals, 1)})
    read |= {name for total in totals for name, _ in total.terms}
    read |= {s for e in table.entries if isinstance(e.outcome, Send) for s in read_by(policy, e.outcome.action, names)}
    found = list(checks(policy, names, read))
    known = {**names.headers, **{str(total): header for total, header in names.totals.items()}}
    for decided in table.entries:
        found += entries(decided, known, clusters, limits)
    if chosen.signals_by is not None:
        found = list(marked(found, chosen.spans.get("signals_by") or _whole(policy)))
    found = numbered(found)
    clusters.strangers()
    unheard = _unheard(policy, chosen, names, read)
    diagnostics = [
        *chosen.diagnostics, *names.diagnostics, *table.diagnostics, *clusters.diagnostics,
        *_losses(policy, table, names),
        *_late(policy, chosen, names),
        *_silent(policy, unheard),
    ]  # fmt: skip
    not_enforced = () if chosen.obligations_by is not None else settled.requiring
    if any(d.severity == "error" for d in diagnostics):
        return Emitted((), tuple(diagnostics), not_enforced, unheard)
    artifact = _artifact(policy, chosen, names, read, found, clusters, limits, _longest(table))
    return Emitted((artifact,), tuple(diagnostics), not_enforced, unheard)


def named(policy: Policy, chosen: Settings) -> Names:
    return headers.names(policy, chosen.prefix, chosen.headers, chosen.spans.get("headers") or _whole(policy))


def _whole(policy: Policy) -> Span:
    return policy.at


# ── What no row of the table of constructs knows ──────────────────────────


def _losses(policy: Policy, table: Decisions, names: Names) -> Iterator[Diagnostic]:
    sent = [(e, e.outcome) for e in table.entries if isinstance(e.outcome, Send)]
    for e, found in sent:
        if sum(whole_weights([part for _, part in tries(found.action)])) >= 2**32:
            message = f"the weights of {e.name} take more than 32 bits"
            yield finding(NOT_CARRIED, message, e.span, severity="error", help="write rounder weights")
    for e, found in {found.route: (e, found) for e, found in sent}.values():
        yield from losses(policy, found.route, found.action, names, e.span)
    for e, found in {found.route: (e, found) for e, found in sent if found.action.others is not None}.values():
        if not stand_in(found.action):
            others = found.action.others or ()
            why = (
                f"of more than {STANDING_IN} pools there are too many orders"
                if len(found.action.shares) > STANDING_IN
                else f"Envoy does not see {listing(others, 'or')}"
            )
            message = f"the main destinations of `{found.route}` do not stand in for one another: {why}"
            yield finding(NOT_CARRIED, message, e.span, subjects=[f"route {found.route}"])
    # What a guard leaves of a route's fallbacks comes before all of them.
    for e, found in {found.route: (e, found) for e, found in sent if found.action.fallbacks}.values():
        edges = found.action.fallbacks
        causes = [c for f in edges for c in f.causes]
        unseen = all(f.causes for f in edges) and not any(c in FAILURES for c in causes)
        if unseen and not found.action.retries:
            message = f"the fallbacks of `{found.route}` are never taken: Envoy does not see {listing(causes, 'or')}"
            yield finding(NOT_CARRIED, message, edges[0].span or e.span, subjects=[f"route {found.route}"])


def _late(policy: Policy, chosen: Settings, names: Names) -> Iterator[Diagnostic]:
    """Sums are computed from what the listener sees, before a service is asked."""
    for total in names.totals if chosen.signals_by is not None else ():
        late = [name for name, _ in total.terms if name not in names.given]
        if late:
            message = f"the numbers of {listing([n for n, _ in total.terms], 'and')} are added before `signals_by` says"
            message += f" what {listing(late, 'and')} {'is' if len(late) == 1 else 'are'}"
            repair = "let the service compute the sum or its band, and declare that as a signal"
            yield finding(NOT_CARRIED, message, policy.signals[late[0]].span, severity="error", help=repair)


def _longest(table: Decisions) -> Fraction:
    """The longest time that all tries of one request may take."""
    actions = [e.outcome.action for e in table.entries if isinstance(e.outcome, Send)]
    return max((longest(a) for a in actions), default=Fraction(0))


def _unheard(policy: Policy, chosen: Settings, names: Names, read: set[str]) -> tuple[str, ...]:
    """Signals that nobody sets: then every request is refused, or counts as a failure."""
    if chosen.trust_headers or chosen.signals_by is not None:
        return ()
    return tuple(s for s in policy.signals if s in read and s not in names.given and s not in names.lifted)


def _silent(policy: Policy, unheard: Sequence[str]) -> Iterator[Diagnostic]:
    if unheard:
        message = f"nothing sets the headers of {listing(unheard[:5], 'and')}: Envoy takes them from no client"
        at = policy.targets["envoy"].span if "envoy" in policy.targets else _whole(policy)
        yield finding(NOT_CARRIED, message, at, severity="info", help=HEARD_BY)


# ── The file ──────────────────────────────────────────────────────────────


def _artifact(
    policy: Policy,
    chosen: Settings,
    names: Names,
    read: set[str],
    found: Sequence[Entry],
    clusters: Clusters,
    limits: Limits,
    most: Fraction,
) -> Artifact:
    made = [body for body, _ in clusters.made.values()]
    if chosen.signals_by is not None:
        made.append(grpc(SIGNALS, chosen.signals_by, chosen.ca))
    bootstrap: dict[str, object] = {}
    if chosen.admin is not None:
        bootstrap["admin"] = {"address": socket(chosen.admin)}
    bootstrap["static_resources"] = {
        "listeners": [listener([e.route for e in found], names, read, chosen, limits, most)],
        "clusters": made,
    }
    # Lists of names and exact decimals are long expressions; Envoy refuses those of more than 100 steps by itself.
    limit = {"re2.max_program_size.error_level": 1_000_000, "re2.max_program_size.warn_level": 1_000_000}
    bootstrap["layered_runtime"] = {"layers": [{"name": "wrpc", "static_layer": limit}]}
    places = [
        *(Place(f"{ROUTES}/{i}", e.span) for i, e in enumerate(found)),
        *(Place(f"/static_resources/clusters/{i}", span) for i, (_, span) in enumerate(clusters.made.values())),
    ]
    return Artifact(FILE, writing.yaml(bootstrap, _head(policy, names, read, chosen)), tuple(places))


def _head(policy: Policy, names: Names, read: set[str], chosen: Settings) -> list[str]:
    """What a reader of the file has to know: where it comes from, and who sets which header."""
    lines = [
        f"Envoy bootstrap of the policy `{policy.name}`, made by wrpc {__version__} for Envoy {' to '.join(VERSIONS)}.",
        "Routes stand in the order in which they are decided: the first that matches takes the request.",
    ]
    asked = [s for s in policy.signals.values() if s.name in read]
    if asked:
        width = max(len(names.headers[s.name]) for s in asked)
        lines += ["", "Signals, and the headers that they are read from:"]
        lines += [
            f"  {names.headers[s.name]:{width}}  {s.name}: {_spelling(s)}{_set_by(s, names, chosen)}" for s in asked
        ]
    if names.totals:
        lines += ["", "Sums that are computed of them, and their headers:"]
        lines += [f"  {header}  {total.shown}" for total, header in names.totals.items()]
    return lines


def _spelling(signal: Signal) -> str:
    match signal.type:
        case Bool():
            return "true or false"
        case Int(low, high, dimension):
            return f"{low} to {high}" + (f", in {dimension}" if dimension else "")
        case Real(low, high, dimension):
            shown = f"a decimal, {show_number(low)} to {show_number(high)}"
            return shown + (f", in {dimension}" if dimension else "")
        case Score(low, high):
            return f"a decimal, {show_number(low)} to {show_number(high)}"
        case Enum(members):
            return "one of " + ", ".join(map(headers.word, members))
        case Set(members):
            return "a list of " + ",".join(map(headers.word, members)) + f", or {headers.EMPTY_SET}"
        case String():
            return "a string"


def _set_by(signal: Signal, names: Names, chosen: Settings) -> str:
    if signal.name in names.lifted:
        return "; from the body"
    absent = "; absent where it failed" if signal.can_fail else ""
    if signal.absent is not None:
        meant = headers.value(signal, signal.absent) or '""'
        absent = f"; {meant} where the claim is absent{absent}" if signal.can_fail else f"; where it is absent {meant}"
    if signal.name in names.given:
        return f"; the client's own{absent}"
    who = f"from {chosen.signals_by.host}" if chosen.signals_by else "from a front end" if chosen.trust_headers else ""
    return f"; {who}{absent}" if who else absent
