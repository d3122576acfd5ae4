"""Why: for one request, what each route and guard makes of it; for a route or a guard, which requests meet it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from wrpc.report import decision as decisions
from wrpc.report import units
from wrpc.report.screen import Line
from wrpc.report.text import place

if TYPE_CHECKING:
    from wrpc.decide.interpret import Interpreter
    from wrpc.decide.state import State
    from wrpc.policy.expr import Condition
    from wrpc.policy.model import Denial, Guard, Policy, Route, Table
    from wrpc.solver.ask import Answer, Asker, Replay, Room
    from wrpc.solver.terms import Term

WIDTH = 100  # of a condition's text
TRUTHS = {True: ("true", "proved"), False: ("false", "refuted"), None: ("unknown", "open")}


# ── One request ───────────────────────────────────────────────────────────


def request(policy: Policy, given: Mapping[str, object]) -> Iterator[Line]:
    """The decision, every route in order of precedence with each part of its condition, and every guard.

    Raises BadRequest. A conflict is shown like a decision.
    """
    from wrpc.decide import Conflict
    from wrpc.decide.interpret import interpreter
    from wrpc.decide.request import read
    from wrpc.decide.state import state as state_of

    machine = interpreter(policy)
    values = read(policy, given)
    machine.admit(values)
    took = None
    try:
        decision, state = machine.decision(values)
    except Conflict as conflict:
        state = state_of(policy, values)
        yield (("request: ", "label"), ("WRP201 ", "error"), (conflict.message, ""))
    else:
        took = decision.route
        yield from decisions.render(decision, "request")
    yield ()
    for rank in policy.ranked:
        for route in rank:
            yield from _route(machine, state, route, took=route.name == took)
    if policy.default is not None:
        mark = "→" if took == "default" else " "
        yield ((f"{mark} default", "strong"), (f"  {does(policy.default)}", ""))
    if policy.tables:
        yield ()
    for table in policy.tables.values():
        yield (("  " + _row(table, state.values.get(table.signal)), ""),)
    if policy.guards:
        yield ()
    for guard in policy.guards.values():
        yield from _guard(machine, state, guard)


def _route(machine: Interpreter, state: State, route: Route, *, took: bool) -> Iterator[Line]:
    truth = machine.holds(route.when, state)
    parts = [(part, machine.holds(part, state)) for part in conjuncts(route.when)]
    failing = [part for part, value in parts if value is not True]
    near = "  misses by one" if truth is not True and len(failing) == 1 and len(parts) > 1 else ""
    head = f"{'→' if took else ' '} {precedence(route)}{units.name(route.name)}"
    yield ((head, "strong"), ("  ", ""), TRUTHS[truth], (f"  {does(route)}", ""), (near, "warning"))
    for part, value in parts:
        yield from _part(machine, state, part, value, "      ")


def _part(machine: Interpreter, state: State, part: Condition, value: bool | None, indent: str) -> Iterator[Line]:
    """A part of a condition and its truth; below it the lets that it names, each with its parts."""
    word, style = TRUTHS[value]
    yield ((f"{indent}{word:<8}", style), (written(part), ""))
    for name in lets(part):
        meaning = machine.policy.conditions[name]
        text = written(meaning)
        inner = conjuncts(meaning) if len(conjuncts(meaning)) > 1 or any(True for _ in lets(meaning)) else ()
        yield ((f"{indent}  let {units.name(name)} = ", "label"), (text, ""))
        for each in inner:
            yield from _part(machine, state, each, machine.holds(each, state), indent + "    ")


def lets(condition: Condition) -> Iterator[str]:
    """The lets that a condition names, each once, in the order in which they stand there."""
    from wrpc.policy.expr import All, Any, Named, Not

    seen: set[str] = set()
    rest: list[Condition] = [condition]
    while rest:
        part = rest.pop(0)
        if isinstance(part, Named) and part.name not in seen:
            seen.add(part.name)
            yield part.name
        elif isinstance(part, All | Any):
            rest[:0] = part.parts
        elif isinstance(part, Not):
            rest.insert(0, part.operand)


def _guard(machine: Interpreter, state: State, guard: Guard) -> Iterator[Line]:
    from wrpc.policy.model import Denial, Forbid

    yield ((f"  guard {units.name(guard.name)}", "strong"),)
    for rule in guard.rules:
        when = "" if rule.when is None else f" when {written(rule.when)}"
        if isinstance(rule, Forbid):
            gone = removing(machine, state, guard)
            said = f"removes {', '.join(units.name(p) for p in gone)}" if gone else "removes nothing"
            yield ((f"      {said}", "warning" if gone else ""), (f"  forbid {written(rule.what)}{when}", ""))
            continue
        if isinstance(rule, Denial):
            truth, what = machine.denies(rule, state), f'deny "{rule.reason}"'
        elif rule.per_destination:
            yield (("      each destination  ", ""), (f"require {rule.name}{when}", ""))
            continue
        else:
            truth, what = machine.holds(rule.when, state), f"require {rule.name}"
        word, style = TRUTHS[truth]
        yield ((f"      {word:<8}", style), (f"{what}{when}", ""))


def _row(table: Table, value: object) -> str:
    """What a table says of the request."""
    if not isinstance(value, str):
        return f"table {units.name(table.name)}: unknown, since `{table.signal}` is"
    cells: list[str] = []
    for name, column in table.columns.items():
        cell = column.of(value)
        quoted = column.type == "string"
        said = json.dumps(cell, ensure_ascii=False) if quoted else units.value(cell, column.dimension)
        cells.append(f"{units.name(name)} {said}")
    return f"table {units.name(table.name)} of {table.signal} {units.value(value)}: " + "  ".join(cells)


def removing(machine: Interpreter, state: State, guard: Guard) -> list[str]:
    """The pools that a guard removes, in some role where it reads that."""
    from wrpc.policy import reading
    from wrpc.policy.destination import anywhere
    from wrpc.policy.model import Forbid

    read = [c for r in guard.rules if isinstance(r, Forbid) for c in reading.parts(r)]
    places = anywhere(machine.policy, read)
    return list(dict.fromkeys(p.name for p in places if machine.forbids(guard.name, p, state)))


def conjuncts(condition: Condition | None) -> tuple[Condition, ...]:
    """The parts that all must hold."""
    from wrpc.policy.expr import All

    if condition is None:
        return ()
    return condition.parts if isinstance(condition, All) else (condition,)


def written(condition: Condition) -> str:
    """A condition as it stands in the file, on one line."""
    text = " ".join(condition.span.text.split()) if condition.span is not None else "…"
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def does(route: Route) -> str:
    from wrpc.analysis.check import does as said

    return "→ " + said(route).partition(" → ")[2]


def precedence(route: Route) -> str:
    tier = "" if route.tier is None else f"tier {route.tier} "
    return tier + (f"priority {route.priority} " if route.priority else "")


# ── Facts ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fact:
    """What the solver found of a rule. `what` is the kind, `subject` the other rule that it is about; `said` is how the
    text tells of a request, with `{}` in its place, `never` what it says where there is none."""

    what: str
    answer: Answer
    said: str
    never: str = ""
    subject: str | None = None
    pool: str | None = None

    @property
    def label(self) -> str:
        if self.subject is None:
            return self.what
        kind, _, name = self.subject.partition(" ")
        other = units.name(name) if name else kind
        return f"{self.what} {other}" if self.what in ("loses to", "wins over") else f"{kind} {other}"


def told(policy: Policy, fact: Fact) -> Line:
    """A request that proves it, that there is none, or that the question is open."""
    from wrpc.solver.witness import witness

    answer = fact.answer
    if answer.request is not None:
        said, style = fact.said.format(units.request(witness(policy, answer.request))), ""
    elif answer.impossible:
        said, style = fact.never, "warning"
    else:
        said, style = f"open, {answer.why}", "open"
    return ((f"  {fact.label:<24} ", "label"), (said, style))


# ── One route ─────────────────────────────────────────────────────────────


def route(policy: Policy, found: Route) -> Iterator[Line]:
    """A request that it takes; what is taken from it, by whom; what guards do to its plan."""
    yield ((f"route {units.name(found.name)}", "strong"), (f"  {place(found.span)}", "place"))
    yield ((f"  {precedence(found)}{does(found)}", ""),)
    if found.when is not None:
        yield ((f"  when {written(found.when)}", ""),)
        yield from meanings(policy, found.when)
    yield ()
    for fact in of_route(policy, found):
        yield told(policy, fact)


def of_route(policy: Policy, found: Route) -> Iterator[Fact]:
    from wrpc.decide.interpret import interpreter
    from wrpc.policy.model import plan
    from wrpc.solver.ask import Asker
    from wrpc.solver.terms import conj, negate

    name = found.name
    ask = Asker(policy)
    machine = interpreter(policy)
    takes = machine.takes
    before, after = _neighbours(policy, found)
    reached = ask.anywhere(lambda room: room.decision.takes(found), lambda r: _took(r) == name)
    yield Fact("takes", reached, f"e.g. {{}} {_braced(does(found))}", "no request")
    if reached.impossible:
        held = ask.anywhere(lambda room: room.decision.holds(found), lambda r: takes(found, r.state))
        yield Fact("its condition holds", held, "e.g. {}", "for no request")
    denied = ask.anywhere(
        lambda room: conj([room.decision.holds(found), negate(room.decision.goes_on)]),
        lambda r: takes(found, r.state) and (r.state.denied_by is not None or any(machine.denials(r.state))),
    )
    if not denied.impossible:
        yield Fact("denied before", denied, "e.g. {}")

    def over(winner: Route, loser: Route) -> Callable[[Replay], bool]:
        return lambda r: _took(r) == winner.name and takes(loser, r.state)

    for what, pairs in (
        ("loses to", [(other, found) for other in before]),
        ("wins over", [(found, other) for other in after]),
    ):
        for winner, loser in pairs:
            answer = ask.anywhere(_both(winner, loser), over(winner, loser))
            if not answer.impossible:
                other = loser if winner is found else winner
                yield Fact(what, answer, "e.g. {}", subject=f"route {other.name}")
    for pool in dict.fromkeys(p.pool for p in plan(found.action)):
        for guard in policy.guards:
            gone = ask.anywhere(_removed(found, guard, pool), _removes(guard, pool))
            if not gone.impossible:
                said = f"removes {_braced(units.name(pool))}, e.g. {{}}"
                yield Fact("loses a destination", gone, said, subject=f"guard {guard}", pool=pool)


def _braced(text: str) -> str:
    """As `str.format` leaves it."""
    return text.replace("{", "{{").replace("}", "}}")


def _neighbours(policy: Policy, found: Route) -> tuple[list[Route], list[Route]]:
    """The routes that may go before it, and those that it may go before; equals are both."""
    ranks = {r.name: i for i, rank in enumerate(policy.ranked) for r in rank}
    own = ranks.get(found.name, len(policy.ranked))
    others = [r for rank in policy.ranked for r in rank if r is not found]
    return [r for r in others if ranks[r.name] <= own], [r for r in others if ranks[r.name] >= own]


def _took(replay: Replay) -> str | None:
    return None if replay.decision is None else replay.decision.route


def _both(winner: Route, loser: Route) -> Callable[[Room], Term]:
    from wrpc.solver.terms import conj

    return lambda room: conj([room.decision.takes(winner), room.decision.holds(loser)])


def _removed(found: Route, guard: str, pool: str) -> Callable[[Room], Term]:
    from wrpc.solver.terms import conj

    return lambda room: conj([room.decision.takes(found), room.decision.removes(guard, pool, found)])


def _removes(guard: str, pool: str) -> Callable[[Replay], bool]:
    return lambda r: r.decision is not None and any((x.guard, x.pool) == (guard, pool) for x in r.decision.removed)


def meanings(policy: Policy, condition: Condition) -> Iterator[Line]:
    """Every let behind a condition, and those behind these, with what it stands for."""
    seen: list[str] = []
    rest = list(lets(condition))
    while rest:
        name = rest.pop(0)
        if name not in seen:
            seen.append(name)
            rest[:0] = lets(policy.conditions[name])
    for name in seen:
        yield ((f"    let {units.name(name)} = ", "label"), (written(policy.conditions[name]), ""))


# ── One guard ─────────────────────────────────────────────────────────────


def guard(policy: Policy, found: Guard) -> Iterator[Line]:
    """Whether any plan needs it, and for which requests it does what."""
    from wrpc.policy.model import Forbid

    flags = (("sealed", found.sealed), ("critical", found.critical), ("accept_failure", found.accepts_failure))
    words = [w for w, is_so in flags if is_so]
    yield ((f"guard {units.name(found.name)}", "strong"), (f"  {', '.join(words)}  {place(found.span)}", "place"))
    for rule in found.rules:
        yield ((f"  {' '.join(rule.span.text.split())}", ""),)
        for condition in (rule.what if isinstance(rule, Forbid) else None, rule.when):
            if condition is not None:
                yield from meanings(policy, condition)
    yield ()
    kept = of_guard(policy, found)
    if kept.verdict == "proved":
        yield (("  proved", "proved"), ("  no decision needs it: the routes keep it by themselves", ""))
        yield from leans(kept.leans_on)
        return
    if kept.verdict == "open":
        yield (("  open", "open"), (f"  {kept.why}", ""))
        return
    yield (("  enforced", "enforced"), ("  it changes decisions", ""))
    for fact in kept.facts:
        yield told(policy, fact)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a guard: `leans_on` has the routes that keep it, where they do and are known."""

    verdict: Literal["proved", "enforced", "open"]
    leans_on: tuple[str, ...] | None = None
    facts: tuple[Fact, ...] = ()
    why: str = ""


def of_guard(policy: Policy, found: Guard) -> Kept:
    from wrpc.analysis import leaning
    from wrpc.analysis.safety.verdicts import guards
    from wrpc.policy.model import Forbid
    from wrpc.solver.ask import Asker

    ask = Asker(policy)
    verdict = next(v for g, v in guards(ask) if g is found)
    if verdict.answer.impossible:
        if verdict.contested:
            return Kept("open", why=verdict.contested)
        removes = all(isinstance(r, Forbid) for r in found.rules)
        return Kept("proved", leaning.of_guard(ask, found, ask.rooms) if removes else None)
    return Kept("enforced", facts=tuple(_does_what(ask, found)))


def _does_what(ask: Asker, found: Guard) -> Iterator[Fact]:
    from wrpc.policy.model import Denial, plan

    for one in ask.policy.answering:
        for pool in dict.fromkeys(p.pool for p in plan(one.action)):
            gone = ask.anywhere(_removed(one, found.name, pool), _removes(found.name, pool))
            if not gone.impossible:
                said = f"loses {_braced(units.name(pool))}, e.g. {{}}"
                yield Fact("removes a destination", gone, said, subject=f"route {one.name}", pool=pool)
    for rule in found.rules:
        if isinstance(rule, Denial):
            denies = ask.anywhere(
                partial(_denied, rule),
                lambda r: r.decision is not None and r.decision.action == "deny",
            )
            yield Fact("denies", denies, f'e.g. {{}}: "{_braced(rule.reason)}"', "nothing")


def _denied(rule: Denial, room: Room) -> Term:
    from wrpc.solver.terms import conj, negate

    d = room.decision
    return conj([negate(d.denied_by_faults), negate(d.encoding.condition(rule.when).false)])


def leans(on: tuple[str, ...] | None) -> Iterator[Line]:
    """The rules that a proof leans on: whatever all others say, it holds."""
    if on is not None:
        said = ", ".join(on) if on else "no rule: nothing could break it"
        yield (("  leans on                 ", "label"), (said, ""))
