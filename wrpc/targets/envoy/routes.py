"""Decisions as entries of an Envoy route table, and the checks of headers that stand before them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from wrpc.policy.model import Action, Policy, Signal, String
from wrpc.source import Span
from wrpc.targets import writing
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.clusters import Clusters
from wrpc.targets.envoy.decisions import Decided
from wrpc.targets.envoy.headers import Names, canonical, said
from wrpc.targets.envoy.limits import Limits, sticks
from wrpc.targets.envoy.matchers import Matcher, inverted, present, regex, row_matchers
from wrpc.targets.gateway.branches import Deed, Deny, Refuse, Send, Unrouted
from wrpc.targets.gateway.plans import Order, orders, whole_weights

Json = dict[str, object]

BODY_LIMIT = 4096
STANDING_IN = 4
"""Main destinations that stand in for one another at most: four have 24 orders."""
PRIORITIES = "type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig"


@dataclass(frozen=True, slots=True)
class Failure:
    """What Envoy takes for a failure of one cause: words of `retry_on`, and statuses of answers."""

    words: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()


FAILURES: Mapping[str, Failure] = {
    "timeout": Failure(("reset", "connect-failure"), (408, 504)),
    "overload": Failure(("refused-stream",), (429, 503)),
    "error": Failure(("5xx", "reset", "connect-failure", "refused-stream"), (402, 408, 429)),
    "rate_limit": Failure((), (429,)),
    "quota": Failure((), (402, 429)),
    "unavailable": Failure(("connect-failure", "refused-stream"), (503,)),
    "connection": Failure(("connect-failure", "reset")),
    "server_error": Failure(("5xx",)),
}
# Of any other cause Envoy learns nothing: it stands in an answer's text.


@dataclass(frozen=True, slots=True)
class Entry:
    route: Json
    span: Span


# ── Checks of headers ─────────────────────────────────────────────────────


def checks(policy: Policy, names: Names, read: set[str]) -> Iterator[Entry]:
    """Entries that refuse every request in which a header of `read` is not a value of its signal.

    An absent header is a failed signal; where the signal cannot fail, nobody has computed it, and it is refused too.
    """
    for signal in policy.signals.values():
        if signal.name in read:
            header = names.headers[signal.name]
            reason = f"the header {header} is not a value of the signal {signal.name}"
            for matchers in _not_canonical(signal, header):
                yield Entry(entry(f"signal {signal.name}", matchers, answer(400, reason)), signal.span)


def _not_canonical(signal: Signal, header: str) -> Iterator[list[Matcher]]:
    text = isinstance(signal.type, String)
    if text and not signal.can_fail:
        # An empty string is a value; an absent one is not.
        yield [present(header, there=False)]
    for n, pattern in enumerate(canonical(signal)):
        yield [inverted(regex(header, pattern), absent_too=not text and not signal.can_fail and n == 0)]


def marked(found: Iterable[Entry], at: Span) -> Iterator[Entry]:
    """The table where a service sets the signals: each entry asks for its mark, and the last takes what has none.

    Envoy passes a request on when the service ends its stream in peace without an answer, whatever
    `failure_mode_allow` says; every signal would be absent then, and count as failed.
    """
    mark = present(headers.MARKER)
    for e in found:
        match = e.route["match"]
        assert isinstance(match, dict), "made by `entry`"
        yield Entry({**e.route, "match": {**match, "headers": [mark, *match.get("headers", ())]}}, e.span)
    yield Entry(entry("signals", [], answer(503, "what computes the signals has not answered")), at)


# ── Entries ───────────────────────────────────────────────────────────────


def entries(decided: Decided, known: Mapping[str, str], clusters: Clusters, limits: Limits) -> Iterator[Entry]:
    """`known`: the headers of signals and of sums."""
    action = outcome(decided.outcome, clusters, limits)
    for row in decided.rows:
        for matchers in row_matchers(row, known):
            yield Entry(entry(decided.name, matchers, action), decided.span)


def numbered(entries: Iterable[Entry]) -> list[Entry]:
    """With every name once: the second of a name is `name #2`."""
    times: Counter[str] = Counter()
    taken: set[str] = set()
    found: list[Entry] = []
    for e in entries:
        name = wanted = str(e.route["name"])
        # A route may itself be called `a #2`.
        while name in taken:
            times[wanted] += 1
            name = f"{wanted} #{times[wanted] + 1}"
        taken.add(name)
        found.append(e if name == wanted else Entry({**e.route, "name": name}, e.span))
    return found


def entry(name: str, matchers: Sequence[Matcher], action: Json) -> Json:
    match: Json = {"prefix": "/"}
    if matchers:
        match["headers"] = list(matchers)
    return {"name": name, "match": match, **action}


def outcome(found: Deed, clusters: Clusters, limits: Limits) -> Json:
    match found:
        case Refuse(reason):
            return answer(400, reason)
        case Deny(reason, route):
            return answer(403, reason, route)
        case Unrouted(reason):
            return answer(404, reason)
        case Send():
            return send(found, clusters, limits)


KINDS = {400: "invalid_request", 403: "policy_denied", 404: "unrouted", 503: "signals_missing"}


def answer(status: int, reason: str, route: str | None = None) -> Json:
    shown = reason[:BODY_LIMIT]
    while len(body := _body(status, shown).encode()) > BODY_LIMIT:
        shown = shown[: len(shown) - max(1, (len(body) - BODY_LIMIT) // 12)]
    added = {"content-type": "application/json", headers.REASON: said(reason)}
    if route is not None:
        added[headers.ROUTE] = said(route)
    return {
        "direct_response": {"status": status, "body": {"inline_string": body.decode()}},
        "response_headers_to_add": [_header(k, v) for k, v in added.items()],
    }


def _body(status: int, reason: str) -> str:
    return writing.json({"error": {"message": reason, "type": KINDS[status], "code": status}}, indent=None)


def _header(key: str, value: str, *, formatted: bool = False) -> Json:
    text = value if formatted else value.replace("%", "%%")
    return {"header": {"key": key, "value": text}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


# ── Plans ─────────────────────────────────────────────────────────────────


def send(found: Send, clusters: Clusters, limits: Limits) -> Json:
    # A cascade is sent to its first step, which the plan counts as a primary.
    causes = _causes(found.action)
    fallbacks = [f.pool for f in found.action.fallbacks] if causes is not None else []
    tried = tries(found.action)
    chains = [tuple(dict.fromkeys((*pools, *fallbacks))) for pools, _ in tried]
    weights = whole_weights([part for _, part in tried])
    made = [clusters.chain(chain) for chain in chains]
    action: Json = {}
    if len(made) == 1:
        action["cluster"] = made[0]
    else:
        parts = [{"name": name, "weight": weight} for name, weight in zip(made, weights, strict=True)]
        action["weighted_clusters"] = {"clusters": parts}
        by = found.action.sticky
        if by is not None and sticks(limits.policy, found.action, limits.names):
            action["weighted_clusters"] = {"clusters": parts, "use_hash_policy": True}
            action["hash_policy"] = [{"header": {"header_name": limits.names.headers[by.by]}}]
    if any(clusters.named(chain) for chain in chains):
        action["auto_host_rewrite"] = True
    action |= _patience(found.action, causes, max(len(c) for c in chains))
    if found.action.mirrors:
        action["request_mirror_policies"] = [
            {"cluster": clusters.chain((m.pool,)), "runtime_fraction": {"default_value": _percent(m.share)}}
            for m in found.action.mirrors
        ]
    counted = limits.of(found.route, found.action)
    if counted:
        action["rate_limits"] = counted
    added = [_header(headers.ROUTE, said(found.route))]
    result: Json = {"route": action, "response_headers_to_add": added}
    if found.obligations:
        due = ", ".join(_due(name) + (f";pool={_due(pool)}" if pool else "") for name, pool in found.obligations)
        added.append(_header(headers.OBLIGATIONS, due))
        result["request_headers_to_add"] = [_header(headers.OBLIGATIONS, due)]
    return result


def _due(name: str) -> str:
    """A name in a list of obligations, where `, ` and `;` mean something."""
    return said(name, ";").replace(", ", "%2C ")


def _percent(share: Fraction) -> Json:
    for word, of in (("HUNDRED", 100), ("TEN_THOUSAND", 10_000), ("MILLION", 1_000_000)):
        if (share * of).denominator == 1:
            return {"numerator": int(share * of), "denominator": word}
    return {"numerator": round(share * 1_000_000), "denominator": "MILLION"}


def stand_in(action: Action) -> bool:
    """One main destination is tried after another: there are few of them, and Envoy learns of a failure that leads on.
    Each order in which they may be tried is a cluster."""
    return action.others is not None and len(action.shares) <= STANDING_IN and _seen(action.others)


def _seen(causes: tuple[str, ...]) -> bool:
    return not causes or any(c in FAILURES for c in causes)


def tries(action: Action) -> list[Order]:
    """The main destinations in the order in which they are tried."""
    return orders(action if stand_in(action) else replace(action, others=None))


def _causes(action: Action) -> Failure | None:
    """What starts the next try; None where Envoy learns of none of it."""
    wanted = [c for f in action.fallbacks for c in (f.causes or ("error",))]
    if action.retries:
        wanted.append("error")
    if action.others is not None and stand_in(action):
        wanted += action.others or ("error",)
    known = [FAILURES[c] for c in dict.fromkeys(wanted) if c in FAILURES]
    if not known:
        return None
    words = tuple(dict.fromkeys(w for k in known for w in k.words))
    return Failure(words, tuple(sorted({s for k in known for s in k.statuses})))


def longest(action: Action) -> Fraction:
    """The time that all tries of a request may take; 0 without a limit."""
    pools = len(tries(action)[0][0]) + len(action.fallbacks)
    times = ((action.retries or 0) + 1) * pools if _causes(action) is not None else 1
    return (action.timeout or Fraction(0)) * times


def _patience(action: Action, causes: Failure | None, pools: int) -> Json:
    """Timeouts and tries. A pool is tried once and `retries` times more, then the next; a timeout is one try's."""
    times = ((action.retries or 0) + 1) * pools if causes is not None else 1
    timeout = action.timeout
    # Envoy would end an answer after 15 seconds by itself.
    found: Json = {"timeout": "0s" if timeout is None else seconds(timeout * times)}
    if causes is None or times == 1:
        return found
    words = (*causes.words, *(("retriable-status-codes",) if causes.statuses else ()))
    policy: Json = {"retry_on": ",".join(words)}
    if causes.statuses:
        policy["retriable_status_codes"] = list(causes.statuses)
    policy["num_retries"] = times - 1
    if timeout is not None:
        policy["per_try_timeout"] = seconds(timeout)
    if pools > 1:
        policy["retry_priority"] = {
            "name": "envoy.retry_priorities.previous_priorities",
            "typed_config": {"@type": PRIORITIES, "update_frequency": (action.retries or 0) + 1},
        }
    return {**found, "retry_policy": policy}


def seconds(time: Fraction) -> str:
    nanoseconds = max(1, round(time * 10**9))
    whole, rest = divmod(nanoseconds, 10**9)
    return f"{whole}.{rest:09}".rstrip("0").rstrip(".") + "s"
