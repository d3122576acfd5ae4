"""One decision for people: which route, where to, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from wrpc.decide.decision import Decision, Served, shown
from wrpc.decide.request import RequestValue, show
from wrpc.policy.model import Budget, Measure
from wrpc.policy.units import PER
from wrpc.report import units
from wrpc.report.screen import Line

PERIODS = {seconds: word for word, (seconds, of) in PER.items() if of == "s"}
MOST = 6  # assumptions that are spelled out


def render(decision: Decision, label: str, assumed: Mapping[str, RequestValue] | None = None) -> Iterator[Line]:
    """`label` says which request it is; `assumed` are values that it did not give, of signals that can fail."""
    head = (f"{label}: ", "label")
    match decision.action:
        case "unrouted":
            yield (head, ("unrouted", "warning"), (": no route takes it, and there is no default", ""))
        case "deny":
            by = f" ({decision.by})" if decision.by else ""
            yield (head, ("deny", "error"), (f": {decision.reason}{by}", ""))
        case "route":
            took = "default" if decision.route == "default" else f"route {units.name(decision.route or '')}"
            yield (head, (took, "proved"), (f" → {destinations(decision.destinations)}", ""))
            if decision.others is not None:
                yield (("  others: ", "label"), (f"stand in on {', '.join(decision.others)}", ""))
            for one in decision.budgets:
                kind = "limit" if one.of == "requests" else "budget"
                yield ((f"  {kind}: ", "label"), (budget(one), ""))
    if decision.fired:
        yield (("  fired: ", "label"), (", ".join(units.name(f) for f in decision.fired), ""))
    if decision.obligations:
        yield (("  obligations: ", "label"), (", ".join(decision.obligations), ""))
    for removal in decision.removed:
        yield (("  removed: ", "label"), (f"{units.name(removal.pool)} by guard {units.name(removal.guard)}", ""))
    if assumed:
        shown = [f"{units.name(name)} = {_value(value)}" for name, value in [*assumed.items()][:MOST]]
        more = f" and {len(assumed) - MOST} more" if len(assumed) > MOST else ""
        yield (("  assumed: ", "label"), (", ".join(shown) + more + "; --absent failed lets them fail", ""))


def _value(value: RequestValue) -> str:
    return show(sorted(value) if isinstance(value, frozenset) else value)


def budget(one: Budget) -> str:
    """`20k/min per tenant, then at 100% tools none, at 150% cheap`."""
    amount = units.number(one.amount) + ("USD" if one.of == "USD" else "")
    text = f"{amount}/{PERIODS.get(one.period, '')}" + (f" per {units.name(one.per)}" if one.per else "")
    steps = [f"at {units.percent(m.at)} {_step(m)}" for m in one.then]
    return f"{text}, then {', '.join(steps) or 'deny'}"


def _step(measure: Measure) -> str:
    said = shown(measure.value)
    match measure.kind:
        case "pool":
            return units.name(str(said))
        case "deny":
            return f'deny "{said}"'
        case "compress" if isinstance(measure.value, int):
            return f"compress {units.number(Fraction(measure.value))}"
        case kind:
            return f"{kind} {units.value(said)}"


def destinations(served: Sequence[Served]) -> str:
    """`frontier 90%, frontier_eu 10%, fallback local`."""
    alone = sum(s.role == "primary" for s in served) == 1
    parts = []
    for one in served:
        role = "" if one.role == "primary" else f"{one.role} "
        weight = "" if one.weight is None or alone else f" {units.percent(one.weight)}"
        own = f" ({', '.join(one.obligations)})" if one.obligations else ""
        parts.append(f"{role}{units.name(one.pool)}{weight}{own}")
    return ", ".join(parts)
