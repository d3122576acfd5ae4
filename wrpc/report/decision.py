"""One decision for people: which route, where to, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wrpc.decide.decision import Decision, Served
from wrpc.decide.request import RequestValue, show
from wrpc.report import units
from wrpc.report.screen import Line

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
