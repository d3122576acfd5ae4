"""The decisions of a policy as a list of which the first entry that matches decides: what an Envoy route table is.

The order is that of LANGUAGE.md: requests that are none, faults, denials, routes by precedence, the default. A route
whose plan guards may change stands in the list once for every way in which they change it, most changed first: then the
first match is exact without a "not" in any row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.expr import Condition, fold
from wrpc.source import Span
from wrpc.targets.codes import NOT_CARRIED
from wrpc.targets.envoy.conditions import Conditions, Unsayable
from wrpc.targets.envoy.rows import ALWAYS, NEVER, Row, Rows, TooWide, both, covers_row, either, meet_rows, subset
from wrpc.targets.gateway.branches import (
    Branch,
    Deed,
    Deny,
    Fork,
    Outcome,
    Refuse,
    Send,
    Settled,
    Unrouted,
    Way,
    outcomes,
)

ROUTE_LIMIT = 256
TOTAL_LIMIT = 4096
_WAYS_LIMIT = 256
_NEAR = 200


@dataclass(frozen=True, slots=True)
class Decided:
    """One entry: `name` is unique only together with its number. `rows`: any of them."""

    name: str
    rows: Rows
    outcome: Deed
    span: Span = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decisions:
    entries: tuple[Decided, ...]
    diagnostics: tuple[Diagnostic, ...]


def decisions(settled: Settled, *, obligations: bool) -> Decisions:
    """`obligations`: whether something performs them, so that they are worth telling apart."""
    table = _Table(settled, obligations)
    for step in (table.axioms, table.faults, table.denials, table.routes):
        step()
    entries = table.entries
    if table.rows > TOTAL_LIMIT:
        table.report(Unsayable(f"the policy takes more than {TOTAL_LIMIT:,} rows of header matchers", None), None)
    return Decisions(tuple(entries), tuple(table.diagnostics))


class _Table:
    def __init__(self, settled: Settled, obligations: bool) -> None:
        self.settled = settled
        self.policy = policy = settled.policy
        self.obliging = obligations
        self.entries: list[Decided] = []
        self.diagnostics: list[Diagnostic] = []
        self.whole = policy.at
        self._requests = Conditions(policy)
        self._acting: dict[Condition, Rows] = {}
        self._taken: list[Row] = []
        self._closed = False  # an entry has taken every request that is left

    @property
    def rows(self) -> int:
        return len(self._taken)

    def report(self, error: Unsayable, span: Span | None) -> None:
        at = error.span or span or self.whole
        self.diagnostics.append(finding(NOT_CARRIED, error.message, at, severity="error", help=error.help))

    def add(self, name: str, rows: Rows, outcome: Deed, span: Span) -> None:
        if len(rows) > ROUTE_LIMIT:
            self.report(_too_wide(name), span)
            return
        # What earlier rows take altogether never gets here. Leaving it out is for the reader, so that it is enough to
        # ask those just before.
        near = self._taken[-_NEAR:]
        left = tuple(row for row in rows if not any(covers_row(wide, row) for wide in near))
        if left and not self._closed:
            self.entries.append(Decided(name, left, outcome, span))
            self._taken += left
            self._closed = {} in left

    # ── Before any route ──────────────────────────────────────────────────

    def axioms(self) -> None:
        """Requests outside the space: two of a group fire, or an `assume` is false. A failure breaks no axiom."""
        seen = Conditions(self.policy, meanings=False)
        for group in self.policy.groups.values():
            members = [seen.domains[m].firing() for m in group.members if m != group.default]
            pairs = [both(a, b) for i, b in enumerate(members) for a in members[:i]]
            try:
                reason = f"several signals of the group {group.name} fire"
                self.add(f"group {group.name}", either(pairs), Refuse(reason), group.span)
            except TooWide:
                self.report(_too_wide(f"group {group.name}"), group.span)
        for assumption in self.policy.assumptions.values():
            try:
                rows = fold(assumption.condition, seen).false
            except Unsayable as error:
                # Nothing that is decided leans on it; requests that break it are only not refused.
                at = error.span or assumption.span
                message = f"requests that break `assume {assumption.name}` are not refused: {error.message}"
                self.diagnostics.append(finding(NOT_CARRIED, message, at, severity="warning"))
                continue
            self.add(f"assume {assumption.name}", rows, Refuse(f"breaks assume {assumption.name}"), assumption.span)

    def faults(self) -> None:
        lost = Conditions(self.policy, meanings=False)
        for branch in self.settled.faults:
            self.early(f"fault {branch.name}", branch, lost)

    def denials(self) -> None:
        for branch in self.settled.denials:
            label = f"unknown {branch.name}" if branch.counts == "unknown" else branch.subject
            self.early(label, branch, self._requests)

    def early(self, label: str, branch: Branch, seen: Conditions) -> None:
        """What ends a request before any route is asked."""
        try:
            rows = self.counted(branch.when, branch.counts, seen)
        except (Unsayable, TooWide) as error:
            self.report(_said(error, "this condition" if branch.counts == "maybe" else branch.subject), branch.span)
            return
        for outcome in outcomes(branch.ways.way(obligations=False, reasons=True)):
            self.add(label, rows, outcome, branch.span)

    def counted(self, condition: Condition | None, counts: str, seen: Conditions) -> Rows:
        if condition is None:
            return ALWAYS
        found = fold(condition, seen)
        return found.maybe if counts == "maybe" else found.unknown if counts == "unknown" else found.true

    # ── Routes ────────────────────────────────────────────────────────────

    def routes(self) -> None:
        for branches in self.settled.classes:
            if self.rows > TOTAL_LIMIT:
                return
            rows: dict[str, Rows] = {}
            for branch in sorted(branches, key=lambda b: b.name):
                try:
                    rows[branch.name] = self.counted(branch.when, branch.counts, self._requests)
                except (Unsayable, TooWide) as error:
                    self.report(_said(error, branch.subject), branch.span)
            self.ordered([b for b in branches if b.name in rows], rows)
            for branch in self._in_class(branches):
                if branch.name in rows:
                    self.guarded(branch, rows[branch.name])
        if self.settled.default is not None:
            self.guarded(self.settled.default, ALWAYS)
        self.add("unrouted", ALWAYS, Unrouted(), self.whole)

    def _in_class(self, routes: Sequence[Branch]) -> list[Branch]:
        """The order inside a class of equal precedence: what the keys before any confidence say, then the name."""
        keys = self.policy.resolve
        by_priority = "priority" in keys and ("name" not in keys or keys.index("priority") < keys.index("name"))
        return sorted(routes, key=lambda r: (-r.priority if by_priority else 0, r.name))

    def ordered(self, routes: Sequence[Branch], rows: Mapping[str, Rows]) -> None:
        """Reports routes that only a confidence would order: a header matcher compares no two numbers."""
        keys = self.policy.resolve
        if "confidence" not in keys or "name" in keys[: keys.index("confidence")]:
            return
        # Of an exclusive group two never fire: such requests are refused before.
        gone = [row for e in self.entries if isinstance(e.outcome, Refuse) for row in e.rows]
        for i, second in enumerate(routes):
            for first in routes[:i]:
                if first.deed == second.deed:
                    continue
                together = (meet_rows(a, b) for a in rows[first.name] for b in rows[second.name])
                if any(t is not None and not any(covers_row(g, t) for g in gone) for t in together):
                    message = f"only a confidence orders the routes `{first.name}` and `{second.name}`"
                    repair = "give one of them a higher priority, or put their signals into an exclusive group"
                    self.report(Unsayable(message, second.span, repair), second.span)

    def guarded(self, branch: Branch, rows: Rows) -> None:
        """One entry for every way in which guards change the plan."""
        label, way = branch.subject, branch.ways.way(obligations=self.obliging, reasons=True)
        try:
            entries = _uncovered_later(
                [Decided(label, found, outcome, branch.span) for outcome, found in self.ways(rows, way)]
            )
        except TooWide:
            self.report(_too_wide(f"{label} with its guards"), branch.span)
            return
        if sum(len(e.rows) for e in entries) > ROUTE_LIMIT:
            self.report(_too_wide(f"{label} with its guards"), branch.span)
            return
        for e in entries:
            self.add(e.name, e.rows, e.outcome, e.span)

    def ways(self, rows: Rows, start: Way) -> Iterator[tuple[Outcome, Rows]]:
        """Every outcome that some request may have; where a guard acts before where it rests."""
        found = 0

        def walk(way: Way, left: Rows, rested: tuple[Rows, ...]) -> Iterator[tuple[Outcome, Rows]]:
            """`rested`: where guards act that are taken to rest here. An earlier entry has such requests."""
            nonlocal found
            if not left or any(subset(left, rows) for rows in rested):
                return
            if isinstance(way, Deny | Send):
                found += 1
                if found > _WAYS_LIMIT:
                    raise TooWide
                yield way, left
                return
            acting = self.acting(way)
            yield from walk(way.acts, both(left, acting), rested)
            yield from walk(way.rests, left, (*rested, acting))

        yield from walk(start, rows, ())

    def acting(self, fork: Fork) -> Rows:
        """Where a guard may act; what cannot be said is reported, and taken for nowhere."""
        if fork.condition not in self._acting:
            try:
                self._acting[fork.condition] = fold(fork.condition, self._requests).maybe
            except (Unsayable, TooWide) as error:
                self.report(_said(error, "this condition"), fork.span)
                self._acting[fork.condition] = NEVER
        return self._acting[fork.condition]


def _uncovered_later(entries: Sequence[Decided]) -> list[Decided]:
    """Without the rows that a later one with the same outcome covers, where none between them says otherwise."""
    flat = [(row, e) for e in entries for row in e.rows]
    if len(flat) > ROUTE_LIMIT * 4:
        return list(entries)
    gone: set[int] = set()
    for i, (row, entry) in enumerate(flat):
        for later, other in flat[i + 1 :]:
            if other.outcome == entry.outcome:
                if covers_row(later, row):
                    gone.add(i)
                    break
            elif meet_rows(later, row) is not None:
                break
    found: list[Decided] = []
    at = 0
    for entry in entries:
        rows = tuple(row for n, row in enumerate(entry.rows, at) if n not in gone)
        at += len(entry.rows)
        if rows and found and found[-1].outcome == entry.outcome:
            found[-1] = replace(found[-1], rows=either((found[-1].rows, rows)))
        elif rows:
            found.append(replace(entry, rows=rows))
    return found


def _too_wide(what: str) -> Unsayable:
    return Unsayable(
        f"{what} takes more than {ROUTE_LIMIT} rows of header matchers",
        None,
        "say it with fewer alternatives, or as a bool signal that whatever sets the headers computes",
    )


def _said(error: Unsayable | TooWide, what: str) -> Unsayable:
    return error if isinstance(error, Unsayable) else _too_wide(what)
