"""Envoy as a gateway: a static v3 bootstrap whose route table is the policy.

**Signals arrive as headers.** Envoy sees headers, not prompts: something that it trusts computes the signals and sets
`x-wrpc-SIGNAL` on each request, in the spelling of `headers.py`. There are two ways to have one:

- `signals_by "host:port"`: Envoy asks an external processor (ext_proc) for the headers of every request. The listener
  first removes every such header that a client sent. It marks its answer with `x-wrpc-signals`, without which the
  request is answered 503.
- `trust_headers true`: a front end sets them before it passes the request on, and nothing else can connect here.

With neither, the signal headers are removed and nobody sets them. A signal with `source header("…")` is the client's
own header, and `source model` is read here, from the body. An absent header is a failed signal; of a signal that cannot
fail it is an error of whoever computes it, and the request is answered 400. So is one whose header is no value of its
signal: what comes later in the table then only meets values, and is exact.

**Answers say what was decided**: `x-wrpc-route` (absent where a guard denied), `x-wrpc-pool` (who served, fallbacks
included), `x-wrpc-reason` (of a denial, 403; an unrouted request is 404), and obligations, for requests too, as
`x-wrpc-obligations: redact:pii, mask:phone;pool=cloud`.

**A pool is not its model's name**: request bodies are not changed, so the engine of a pool has to take the `model` that
clients send. Credentials for providers are added behind Envoy, or by a front end.
"""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy
from wrpc.targets.envoy.settings import HEARD_BY, SETTINGS
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.target import (
    Approximate,
    Cannot,
    Construct,
    Elsewhere,
    Emitted,
    Group,
    Native,
    Options,
    Target,
    shared,
)

_MATCH = "route_config.virtual_hosts[].routes[].match.headers"
_ENGINE = Elsewhere("the pool's own machines")
_FLEET = Elsewhere("whoever runs the pools")


def _emit(settled: Settled, options: Options) -> Emitted:
    from wrpc.targets.envoy.emit import emit

    return emit(settled, options)


def _faults(policy: Policy, options: Options) -> tuple[Diagnostic, ...]:
    from wrpc.targets.envoy.emit import named
    from wrpc.targets.envoy.settings import settings

    return named(policy, settings(policy, options)).diagnostics


def _read(files: Mapping[str, str], policy: Policy) -> Policy:
    from wrpc.targets.envoy.read import read

    return read(files, policy)


def _check(files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    from wrpc.targets.envoy.check import check

    return check(files)


TARGET = Target(
    name="envoy",
    title="Envoy, static bootstrap",
    versions=("1.39", "1.40"),
    decides=True,
    carries={
        **shared({Group.LOAD: _FLEET, Group.MODELS: _ENGINE, Group.SITES: _FLEET, Group.MACHINES: _ENGINE}),
        Construct.BOOL: Native(_MATCH),
        Construct.INT: Native(f"{_MATCH}[].range_match"),
        Construct.REAL: Native(f"{_MATCH}[].string_match.safe_regex, over decimals of at most 20 digits"),
        Construct.ONE_OF: Native(_MATCH),
        Construct.ANY_OF: Native(f"{_MATCH}[].string_match.safe_regex, over a list with commas"),
        Construct.STRING: Native(f"{_MATCH}[].string_match"),
        Construct.SCORE: Native(f"{_MATCH}[].string_match.safe_regex, over decimals of at most 20 digits"),
        Construct.SOURCE: Elsewhere("what sets the signal headers (`signals_by` or a front end)"),
        Construct.ON_ERROR: Native("the absent header"),
        Construct.FAILED: Native("the absent header"),
        Construct.ABSENT: Native(
            "early_header_mutation_extensions[]: the header is added with that value where there is none; of a claim, "
            "by what sets its header"
        ),
        Construct.GROUP: Native("rows for each member that may win"),
        Construct.SUM: Native(
            "rows for each value of its bools; early_header_mutation_extensions[] adds whole numbers; with two other "
            "numbers in it, an error"
        ),
        Construct.BAND: Native("as the sum that it is of"),
        Construct.COMPARE_SIGNALS: Native(
            "a bool with a number, and whole numbers; of two other numbers or strings, an error"
        ),
        Construct.ASSUME: Native("requests that break it are answered 400; where it cannot be said, a warning"),
        Construct.ROUTE: Native("route_config.virtual_hosts[].routes[]"),
        Construct.TIER: Native("the order of routes"),
        Construct.CONFIDENCE: Native("the order of routes; where only a confidence orders two, an error"),
        Construct.ON_UNKNOWN: Native("rows with the absent header"),
        Construct.DEFAULT: Native("the last route"),
        Construct.UNROUTED: Native("a direct response, 404"),
        Construct.WEIGHTS: Native("route.weighted_clusters"),
        Construct.TO_ANY: Approximate("route.weighted_clusters", "the choice: each pool gets an equal share"),
        Construct.SELECT: Approximate(
            "route.weighted_clusters", "how to choose: each pool gets its weight, or an equal share"
        ),
        Construct.CASCADE: Cannot("Envoy does not read answers, so requests stay with the first step"),
        Construct.DENY_ROUTE: Native("direct_response, 403"),
        Construct.OTHERS: Native(
            "route.weighted_clusters: a cluster for each order of trying pools; of more than four pools, a loss"
        ),
        Construct.FALLBACK: Native("endpoint priorities, and route.retry_policy.retry_priority"),
        Construct.FALLBACK_CAUSES: Approximate(
            "route.retry_policy.retry_on",
            "which cause leads to which pool, and causes that are only in an answer's text: one list holds for retries "
            "and fallbacks of a route",
        ),
        Construct.SPILL: Cannot("a route does not see how busy a pool is"),
        Construct.MIRROR: Native("route.request_mirror_policies"),
        Construct.RETRIES: Native("route.retry_policy.num_retries"),
        Construct.TIMEOUT: Native("route.timeout; of each try, route.retry_policy.per_try_timeout"),
        Construct.REASONING: Cannot("request bodies are not changed"),
        Construct.TOOLS: Cannot("request bodies are not changed"),
        Construct.CACHE: Cannot("there is no cache by similarity"),
        Construct.COMPRESS: Cannot("request bodies are not changed"),
        Construct.RETAIN: Cannot("a route does not see an engine's cache"),
        Construct.BUDGET: Cannot("tokens are not counted"),
        Construct.LIMIT: Approximate(
            "route.rate_limits, and buckets of envoy.filters.http.local_ratelimit: answered 429",
            "the count over several Envoys, and of more than 10,000 values: each fills its buckets evenly, by itself; "
            "what one limit of a route denies may count for another",
        ),
        Construct.OVER_BUDGET: Cannot("a route does not change with what was used before"),
        Construct.STICKY: Native("route.hash_policy and weighted_clusters.use_hash_policy, for longer than asked"),
        Construct.CACHE_SCOPE: Cannot("answers are not stored"),
        Construct.GUARD_DENY: Native("direct_response, 403, before every route"),
        Construct.GUARD_FORBID: Native("rows of a route for each set of pools that is left"),
        Construct.GUARD_REQUIRE: Native("the header x-wrpc-obligations, for what `obligations_by` names"),
        Construct.QUALITY: Elsewhere("whoever rates answers: routes do not use it"),
        Construct.POOL: Native("static_resources.clusters[]"),
        Construct.ENDPOINT: Native("static_resources.clusters[].load_assignment"),
        "auth": Cannot("a route sends the same headers to each of its pools, so that a key would reach all of them"),
        "api": Cannot("request bodies are not changed, so clients have to speak it"),
        Construct.PROVIDER: Elsewhere("the pool's address"),
        Construct.PRICE: _FLEET,
        Construct.ASSERT: Elsewhere("`wrpc check`"),
        Construct.TEST: Elsewhere("`wrpc lint` and `wrpc check`, which run them"),
    },
    emit=_emit,
    read=_read,
    check=_check,
    settings=SETTINGS,
    faults=_faults,
    obliged_by="obligations_by",
    heard_by=HEARD_BY,
)
