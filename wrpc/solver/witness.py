"""A request as a reader is shown it: what differs from an absent signal, and what the rules concerned read besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from wrpc.decide.interpret import Conflict, interpreter
from wrpc.decide.request import BadRequest, RequestValue, default
from wrpc.policy.expr import Condition, reads, walk
from wrpc.policy.model import Denial, Forbid, Guard, Policy
from wrpc.policy.reading import opened


def witness(
    policy: Policy, request: Mapping[str, RequestValue], reading: Iterable[Condition | None] = ()
) -> dict[str, object]:
    """As JSON, with exact decimals where they exist. A value that an absent signal has too is shown where a condition
    of `reading` or of the rule that decides the request reads the signal; where none does, for all that routes read."""
    read = _read(policy, [*reading, *_deciding(policy, request)])
    found = _shown(policy, request, read)
    return found or _shown(policy, request, _read(policy, (r.when for r in policy.routes.values())))


def _shown(policy: Policy, request: Mapping[str, RequestValue], read: set[str]) -> dict[str, object]:
    return {
        name: json_value(value)
        for name, value in request.items()
        if name in read or value is None or value != default(policy.signals[name])
    }


def _read(policy: Policy, conditions: Iterable[Condition | None]) -> set[str]:
    """The signals that conditions read. Whether a group's default fires the other members say."""
    direct = {
        n for c in opened(policy, (c for c in conditions if c is not None)) for node in walk(c) for n in reads(node)
    }
    found: set[str] = set()
    for name in direct:
        group = policy.group_of.get(name)
        found.update((m for m in group.members if m != name) if group and group.default == name else (name,))
    return found


def of_guard(guard: Guard) -> Iterator[Condition | None]:
    for rule in guard.rules:
        yield rule.when
        if isinstance(rule, Forbid):
            yield rule.what


def _deciding(policy: Policy, request: Mapping[str, RequestValue]) -> list[Condition | None]:
    """The conditions of what takes the request, and of what denies it."""
    machine = interpreter(policy)
    try:
        machine.admit(request)
        decision, _ = machine.decision(request)
    except BadRequest:
        return []
    except Conflict as conflict:
        return [r.when for r in conflict.routes]
    taken = policy.routes.get(decision.route or "")
    found = [] if taken is None else [taken.when]
    kind, _, name = (decision.by or "").partition(" ")
    match kind:
        case "route":
            found.append(policy.routes[name].when)
        case "guard" if decision.route is None:
            found += [r.when for r in policy.guards[name].rules if isinstance(r, Denial)]
        case "guard":
            found += of_guard(policy.guards[name])
        case _:
            pass
    return found


def json_value(value: RequestValue) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return int(value)
        number = float(value)
        return number if Fraction(Decimal(repr(number))) == value else str(value)
    return value
