"""Routes and the default: their condition, their one action, and every edge that can be taken later."""

from __future__ import annotations

from fractions import Fraction
from functools import cache, cached_property

from wrpc.policy import codes, units
from wrpc.policy import model as m
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader
from wrpc.policy.budgets import Budgets
from wrpc.policy.faults import Faults
from wrpc.policy.kinds import ONE, ZERO, Quantity
from wrpc.policy.lower import Lowering
from wrpc.policy.names import Names
from wrpc.policy.operands import ESCALATION, REQUEST
from wrpc.policy.parts import WORDS, Parts
from wrpc.policy.readings import Reading
from wrpc.policy.rows import rows
from wrpc.policy.wording import spelling
from wrpc.source import Span
from wrpc.syntax import tree

ACTIONS = (tree.To, tree.Cascade, tree.Deny)
EDGES = (tree.Fallback, tree.Spill, tree.Mirror, tree.Budget, tree.Sticky)

STICKY = Quantity("s", low=ZERO, low_open=True)

# What says how a request is served, and so nothing beside a denial.
SERVING = tuple(row.name for row in rows(m.Action))


class Routes:
    def __init__(self, names: Names, reader: Reader, lowering: Lowering, faults: Faults) -> None:
        self.names = names
        self.reader = reader
        self.lowering = lowering
        self.faults = faults
        self.budgets = Budgets(names, reader, faults)

    def route(self, section: tree.Section) -> m.Route | None:
        is_default = section.name is None
        conditions = () if is_default else (tree.When,)
        parts = Parts(
            section,
            self.reader,
            allowed=(*conditions, *ACTIONS, *EDGES),
            once=(tree.When, tree.Sticky),
            block="route",
            exactly=v.NOT_OF_DEFAULT if is_default else (),
        )
        given = parts.attributes
        when = parts.one(tree.When)
        condition = self.lowering.condition(when.condition, REQUEST) if when else None
        action = self.action(parts, given)
        if action is None or (when is not None and condition is None):
            return None
        return m.Route(
            name=section.name.text if section.name else "default",
            when=condition,
            action=action,
            span=section.title,
            **given.fields(m.Route),
        )

    # ── The action ────────────────────────────────────────────────────────

    def action(self, parts: Parts, given: Reading) -> m.Action | None:
        chosen = [c for c in parts.clauses if isinstance(c, ACTIONS)]
        edges = self.fallbacks(parts), self.spills(parts), self.mirrors(parts)
        budgets, sticky = self.budgets.read(parts.of(tree.Budget)), self.sticky(parts)
        if not chosen:
            name = parts.section.name
            self.faults.add(
                codes.MISSING_PART,
                f"the route `{name.text}` does not say where its requests go"
                if name
                else "`default` does not say where its requests go",
                name.span if name else parts.section.span,
                help='write one of `to POOL`, `cascade POOL -> POOL` and `deny "why"`',
            )
            return None
        first, *others = chosen
        for other in others:
            if type(other) is type(first):
                self.reader.twice(WORDS[type(other)], parts.section.kind, other.span, first.span)
            else:
                parts.contradict(WORDS[type(other)], other.span, WORDS[type(first)], first.span)
        if isinstance(first, tree.Deny):
            self.beside_denial(parts, first, given)
            return m.Action("deny", reason=first.reason.value)
        if isinstance(first, tree.Cascade):
            main = self.cascade(first)
        else:
            main = self.any(first) if first.any else self.to(first)
            if given.get("select", str) not in (None, "weighted"):
                weighted = next((d for d in first.destinations if d.weight is not None), None)
                if weighted is not None:
                    parts.contradict("select", given.spans["select"], "weight", weighted.span)
        fallbacks, spills, mirrors = edges
        if main is None or others or fallbacks is None or spills is None or mirrors is None or budgets is None:
            return None
        instead = self.others(parts, first) if fallbacks or parts.of(tree.Fallback) else None
        if parts.of(tree.Sticky) and sticky is None:
            return None
        if not budgets and sticky is None and given.spans.keys().isdisjoint(SERVING):
            if not (fallbacks or spills or mirrors or instead is not None):
                return main
            return m.Action(
                main.kind, main.shares, main.steps, main.escalate, None, instead, fallbacks, spills, mirrors,
                step_spans=main.step_spans,
            )  # fmt: skip
        return m.Action(
            kind=main.kind,
            shares=main.shares,
            steps=main.steps,
            step_spans=main.step_spans,
            escalate=main.escalate,
            others=instead,
            fallbacks=fallbacks,
            spills=spills,
            mirrors=mirrors,
            budgets=budgets,
            sticky=sticky,
            **given.fields(m.Action),
        )

    def beside_denial(self, parts: Parts, deny: tree.Deny, given: Reading) -> None:
        for clause in parts.clauses:
            if isinstance(clause, EDGES):
                word = clause.kind if isinstance(clause, tree.Budget) else WORDS[type(clause)]
                parts.contradict(word, clause.span, "deny", deny.span)
        for attribute in SERVING:
            if attribute in given.spans:
                parts.contradict(attribute, given.spans[attribute], "deny", deny.span)

    def any(self, clause: tree.To) -> m.Action | None:
        """Whichever pool the router picks: all that are declared, in order of declaration."""
        if not self.names.of("pool"):
            if not self.names.lost("pool"):
                self.faults.add(codes.MISSING_PART, "`to any` means every pool, and no pool is declared", clause.span)
            return None
        self.names.read.update(("pool", p) for p in self.names.of("pool"))
        return self._any

    @cached_property
    def _any(self) -> m.Action:
        pools = list(self.names.of("pool"))
        return m.Action("any", tuple(m.Share(p, Fraction(1, len(pools))) for p in pools))

    def to(self, clause: tree.To) -> m.Action | None:
        if len(clause.destinations) == 1 and (only := clause.destinations[0]).weight is None:
            if not self.names.find("pool", only.pool):
                return None
            return m.Action("to", (m.Share(only.pool.text, ONE, only.span),))
        found = [self.names.find("pool", d.pool) for d in clause.destinations]
        weights = [d.weight for d in clause.destinations if d.weight is not None]
        if weights and len(weights) < len(clause.destinations):
            bare = next(d for d in clause.destinations if d.weight is None)
            self.faults.add(
                codes.PARTIAL_WEIGHTS,
                f"`{bare.pool.text}` has no weight, but another destination of this route has one",
                bare.span,
                help="either every destination has a weight, or none has, for equal shares",
            )
            return None
        read = [self.share(w, "a weight", high=None) for w in weights]
        if not all(found) or any(r is None for r in read):
            return None
        amounts = [r for r in read if r is not None]
        total = sum(amounts, Fraction(0))
        equal = _equal(len(found))
        shares = [a / total for a in amounts] if total else [equal] * len(found)
        return m.Action(
            "to",
            tuple(m.Share(d.pool.text, share, d.span) for d, share in zip(clause.destinations, shares, strict=True)),
        )

    def cascade(self, clause: tree.Cascade) -> m.Action | None:
        found = [self.names.find("pool", step) for step in clause.steps]
        escalate = None
        if clause.escalate is not None:
            escalate = self.lowering.condition(clause.escalate, ESCALATION)
            if escalate is None:
                return None
        if not all(found):
            return None
        steps, spans = tuple(s.text for s in clause.steps), tuple(s.span for s in clause.steps)
        return m.Action("cascade", steps=steps, escalate=escalate, step_spans=spans)

    # ── Edges ─────────────────────────────────────────────────────────────

    def others(self, parts: Parts, main: tree.To | tree.Cascade) -> tuple[str, ...] | None:
        """The causes of `fallback others`, none for any failure; None without it, or where it says nothing."""
        clauses = parts.of(tree.Fallback)
        found = [(i, c, c.others) for i, c in enumerate(clauses) if c.others is not None]
        for i, clause, at in found:
            why = None
            if isinstance(main, tree.Cascade):
                why = "the steps of a cascade follow one another anyway"
            elif main.any:
                why = "`to any` leaves the choice to the router"
            elif len(main.destinations) < 2:
                why = "the route has one main destination"
            elif clause.pools:
                why = "it stands alone in its clause"
            elif i:
                why = "it stands before every other `fallback`, and once"
            if why is not None:
                self.faults.add(
                    codes.MISPLACED_OTHERS,
                    f"`fallback others` does not fit here: {why}",
                    at.span,
                    help="it is tried first, and means the other main destinations of `to a, b`; "
                    "a pool of that name stands in backticks",
                )
        return tuple(c.text for c in found[0][1].causes) if found else None

    def fallbacks(self, parts: Parts) -> tuple[m.FallbackEdge, ...] | None:
        made: list[m.FallbackEdge] = []
        sound = True
        for clause in parts.of(tree.Fallback):
            known = [self.reader.one_of(c, v.CAUSES, "`on`") for c in clause.causes]
            causes: dict[str, Span] = {}
            for cause in clause.causes:
                if cause.text in causes:
                    self.reader.twice(cause.text, "on", cause.span, causes[cause.text])
                causes.setdefault(cause.text, cause.span)
            sound &= all(known)
            for pool in clause.pools:
                sound &= self.names.find("pool", pool)
                made.append(m.FallbackEdge(pool.text, tuple(causes), pool.span))
        return tuple(made) if sound else None

    def spills(self, parts: Parts) -> tuple[m.SpillEdge, ...] | None:
        made: list[m.SpillEdge] = []
        for clause in parts.of(tree.Spill):
            found, above = self.names.find("pool", clause.pool), self.share(clause.above, "`spill … above`")
            if found and above is not None:
                made.append(m.SpillEdge(clause.pool.text, above, clause.pool.span))
        return tuple(made) if len(made) == len(parts.of(tree.Spill)) else None

    def mirrors(self, parts: Parts) -> tuple[m.MirrorEdge, ...] | None:
        made: list[m.MirrorEdge] = []
        for clause in parts.of(tree.Mirror):
            found, share = self.names.find("pool", clause.pool), self.share(clause.share, "the share of `mirror`")
            if found and share is not None:
                made.append(m.MirrorEdge(clause.pool.text, share, clause.pool.span))
        return tuple(made) if len(made) == len(parts.of(tree.Mirror)) else None

    # ── Settings ──────────────────────────────────────────────────────────

    def sticky(self, parts: Parts) -> m.Sticky | None:
        clause = parts.one(tree.Sticky)
        if clause is None:
            return None
        known = self.names.find("signal", clause.by)
        time = None
        if clause.time is not None:
            time = self.reader.quantity(STICKY, clause.time, "sticky … for")
        if not known or (time is None) is not (clause.time is None):
            return None
        return m.Sticky(clause.by.text, time.value if time else None)

    def share(self, number: tree.Number, what: str, high: Fraction | None = ONE) -> Fraction | None:
        """A plain number from 0 up to `high`."""
        amount = self.reader.amount(number)
        if amount is None or not self.reader.fits(amount, "", number.span, what):
            return None
        if amount.value < 0 or (high is not None and amount.value > high):
            limits = "at least 0" if high is None else f"between 0 and {units.spell(high)}"
            self.faults.add(
                codes.OUT_OF_RANGE,
                f"{what} is {limits}, found `{spelling(number)}`",
                number.span,
                help=f"a share is written such as `{spelling(number)}%`"
                if not number.unit and amount.value > 1
                else None,
            )
            return None
        return amount.value


@cache
def _equal(pools: int) -> Fraction:
    """The share of each of so many pools."""
    return Fraction(1, pools)
