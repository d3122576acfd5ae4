"""Limits as buckets of the local rate limit, and stickiness as a hash that chooses among clusters.

A bucket belongs to a route of the policy, whatever entries of the table it has become, and to a value of the signal
that the limit is counted by. Each Envoy counts by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.model import Action, Bool, Budget, Policy, Signal
from wrpc.source import Span
from wrpc.targets.codes import NOT_CARRIED
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.headers import Names

Json = dict[str, object]

FILTER = "envoy.filters.http.local_ratelimit"
TYPE = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
VALUE, UNKNOWN = "value", "unknown"
"""Keys beside that of the limit: a value of its signal, and that there is none."""
VALUES = 10_000
"""Of how many values of a signal the buckets are kept."""
MOST = 2**32 - 1


@dataclass(slots=True)
class Limits:
    """Limits as entries of the table ask for them: a bucket each, by name."""

    policy: Policy
    names: Names
    buckets: dict[str, list[Json]] = field(default_factory=dict)

    def of(self, route: str, action: Action) -> list[Json]:
        """What an entry of this route counts its requests by."""
        found: list[Json] = []
        for place, budget in enumerate(action.budgets):
            if carried(budget):
                found += self._counted(f"{headers.said(route)} {place}", budget)
        return found

    def _counted(self, name: str, budget: Budget) -> list[Json]:
        limit: Json = {"generic_key": {"descriptor_value": name}}
        bucket = _bucket(budget)
        if budget.per is None:
            self.buckets[name] = [_descriptor(name, None, bucket)]
            return [{"actions": [limit]}]
        header = self.names.headers[budget.per]
        there: Json = {"request_headers": {"header_name": header, "descriptor_key": VALUE}}
        self.buckets[name] = [_descriptor(name, VALUE, bucket)]
        value = _absent(self.policy.signals[budget.per], self.names)
        if value is None:
            self.buckets[name].append(_descriptor(name, UNKNOWN, bucket))
        missing: Json = {
            "header_value_match": {
                "descriptor_key": UNKNOWN if value is None else VALUE,
                "descriptor_value": value or UNKNOWN,
                "expect_match": False,
                "headers": [{"name": header, "present_match": True}],
            }
        }
        return [{"actions": [limit, there]}, {"actions": [limit, missing]}]

    def filter(self) -> list[Json]:
        """The filter that counts, where anything is counted."""
        if not self.buckets:
            return []
        always: Json = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
        config: Json = {
            "@type": TYPE,
            "stat_prefix": "limits",
            "filter_enabled": always,
            "filter_enforced": always,
            "max_dynamic_descriptors": VALUES,
            "descriptors": [each for found in self.buckets.values() for each in found],
        }
        return [{"name": FILTER, "typed_config": config}]


def _descriptor(name: str, key: str | None, bucket: Json) -> Json:
    entries: list[Json] = [{"key": "generic_key", "value": name}]
    if key is not None:
        # Without a value it stands for each that comes.
        entries.append({"key": key} if key == VALUE else {"key": key, "value": UNKNOWN})
    return {"entries": entries, "token_bucket": bucket}


def _absent(signal: Signal, names: Names) -> str | None:
    """The value that an absent header means, None where it means none."""
    if signal.name in names.absent:
        return names.absent[signal.name]
    if signal.on_error in ("fires", "silent"):
        fires = signal.on_error == "fires"
        return headers.value(signal, fires if isinstance(signal.type, Bool) else Fraction(fires))
    return None


def carried(budget: Budget) -> bool:
    """It is a limit that denies once it is used up, and a bucket can hold it."""
    if budget.of != "requests" or not 0 < budget.amount.numerator <= MOST:
        return False
    return not budget.then or (budget.then[0].kind == "deny" and budget.then[0].at == 1)


def _bucket(budget: Budget) -> Json:
    """`1.5/s` is three in two seconds."""
    tokens, times = budget.amount.numerator, budget.amount.denominator
    every = budget.period * times
    return {"max_tokens": tokens, "tokens_per_fill": tokens, "fill_interval": f"{every.numerator}s"}


def read_by(policy: Policy, action: Action, names: Names) -> set[str]:
    """The signals by which requests of a plan are counted or stick."""
    found = {b.per for b in action.budgets if b.per is not None and carried(b)}
    if sticks(policy, action, names) and action.sticky is not None:
        found.add(action.sticky.by)
    return found


def sticks(policy: Policy, action: Action, names: Names) -> bool:
    """There are several pools to choose from, and requests without the header are not alike."""
    if action.sticky is None or len(action.shares) < 2:
        return False
    signal = policy.signals[action.sticky.by]
    return _absent(signal, names) is None


def losses(policy: Policy, route: str, action: Action, names: Names, at: Span) -> Iterator[Diagnostic]:
    subjects = [f"route {route}"]
    for budget in action.budgets:
        if budget.of == "requests" and not carried(budget):
            why = "what follows it is lost, and it would deny too early"
            if not 0 < budget.amount.numerator <= MOST:
                why = f"a bucket holds from 1 to {MOST:,} requests"
            yield finding(NOT_CARRIED, f"a limit of `{route}` is not kept: {why}", at, subjects=subjects)
    if action.sticky is not None and len(action.shares) > 1 and not sticks(policy, action, names):
        message = f"requests without `{action.sticky.by}` do not stick to one pool of `{route}`, though they are alike"
        yield finding(NOT_CARRIED, message, at, subjects=subjects)
