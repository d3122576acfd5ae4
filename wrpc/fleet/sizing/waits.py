"""Waiting for one of several servers: Erlang's formula, tails, bursts, and what overflows."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p


def erlang_b(servers: float, offered: float) -> float:
    """The share of calls lost by `servers` lines at `offered` load in Erlangs. Servers need not be whole: Hayward's
    correction divides them by the peakedness.

    1/B is the integral from 0 to ∞ of A·exp(−A·y)·(1+y)^c dy (Jagerman 1974); the recursion over whole servers starts
    from its value at the fraction left.
    """
    if offered <= 0:
        return 0.0
    whole = int(servers)
    inverse = _inverse(servers - whole, offered)
    for at in range(1, whole + 1):
        inverse = 1 + inverse * (servers - whole + at) / offered
        if inverse > 1e300:
            return 0.0
    return 1 / inverse


def _inverse(fraction: float, offered: float) -> float:
    """1/B for less than one server, by Simpson's rule over u = A·y."""
    if fraction <= 0:
        return 1.0
    steps, most = 400, 40.0
    width = most / steps
    total = 0.0
    for at in range(steps + 1):
        u = at * width
        weight = 1 if at in (0, steps) else 4 if at % 2 else 2
        total += weight * exp(-u + fraction * log1p(u / offered))
    return total * width / 3


def erlang_c(servers: float, offered: float) -> float:
    """The share of requests that wait at all, M/M/c."""
    if offered >= servers:
        return 1.0
    lost = erlang_b(servers, offered)
    return servers * lost / (servers - offered * (1 - lost))


def waiting(servers: float, offered: float, burst: float = 1.0) -> float:
    """The share that waits where arrivals have peakedness `burst`: Erlang with servers and load divided by it
    (Hayward). Simulated .055, .29, .53, predicted .035, .263, .548, against .001, .094, .365 without it."""
    z = max(burst, 1.0)
    return erlang_c(servers / z, offered / z)


def tail(servers: float, service: float, rate: float, *, variation: float = 1.0, burst: float = 1.0) -> float:
    """The mean of the exponential tail of the wait, M/G/c: (c_a² + c_s²)·S / (2·c·(1−ρ)). arXiv 2603.16054, its code;
    exponential tails are good from the 90th percentile on (Abate, Choudhury, Whitt 1995). `variation` is c_s², `burst`
    the peakedness z, of which c_a² = 2z − 1."""
    load = rate * service / servers
    if load >= 1:
        return inf
    arrivals = max(2 * burst - 1, 1.0)
    return (arrivals + variation) * service / (2 * servers * (1 - load))


def quantile(
    servers: float, service: float, rate: float, *, variation: float = 1.0, burst: float = 1.0, at: float = 0.99
) -> float:
    """How long a request waits at most, but for a share 1 − `at` of them: P(wait > x) = C·exp(−x/`tail`).

    Against 54 simulated cases (4 to 200 servers, load 0.8 to 0.95) its median error is 12%, 14% with bursts; the worst
    −32% and +92%, too high for very uneven service at many servers. For servers that do not slow each other: the wait
    for a slot, and prefill replicas.
    """
    if rate <= 0:
        return 0.0
    share = waiting(servers, rate * service, burst)
    if share <= 1 - at:
        return 0.0
    return log(share / (1 - at)) * tail(servers, service, rate, variation=variation, burst=burst)


def overflow(servers: float, offered: float) -> tuple[float, float]:
    """What `servers` full lines pass on: mean load in Erlangs, and its peakedness z = variance / mean (Wilkinson 1956:
    z = 1 − α + A/(c + 1 − A + α)). It is burstier than what arrived: 1 only where everything overflows."""
    passed = offered * erlang_b(servers, offered)
    if passed <= 0:
        return 0.0, 1.0
    return passed, 1 - passed + offered / (servers + 1 - offered + passed)


def poisson_tail(least: int, mean: float) -> float:
    """The chance of `least` or more where `mean` are expected."""
    if least <= 0:
        return 1.0
    below = sum(exp(at * log(mean) - mean - lgamma(at + 1)) for at in range(least)) if mean > 0 else 1.0
    return max(0.0, 1.0 - below)
