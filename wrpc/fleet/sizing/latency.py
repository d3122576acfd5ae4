"""What requests of a steady load see at one replica: the time of a token, until the first one, and of the whole answer.

All of it holds while neither slots nor KV cache bind, and arrivals are Poisson with a steady mix of lengths. The wait
for a slot is apart (`waits`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, erfc, exp, inf, lgamma, log, sqrt

from wrpc.fleet.sizing.load import Length, Load
from wrpc.fleet.steps import Engine
from wrpc.values import value

Lengths = tuple[Length, ...] | None
"""Some of the requests, with shares that add up to 1; None: all of the load."""


@value
class Steady:
    """A replica in the long run: `step` is the mean time of one, `residents` how many sequences write in it, `busy` the
    share of its time that work takes, `reading` that prompts take."""

    engine: Engine
    load: Load
    step: float
    residents: float
    busy: float
    reading: float


def steady(engine: Engine, load: Load) -> Steady | None:
    """T = W/(1 − ρ) with ρ = λ·(a·L + q·P + o·h + k·E[token-steps]); n = λ·o·T residents (Little). The queue model of
    llm-d's autoscaler (its docs/slo-queuemodel) with the numbers of a step in place of its three. None where ρ ≥ 1.
    """
    step = engine.step
    reads = load.rate * (step.per_token * load.read + step.per_pair * load.pairs)
    busy = reads + load.rate * (step.per_sequence * load.more + step.per_cached * load.held)
    if busy >= 1:
        return None
    took = step.fixed / (1 - busy)
    return Steady(engine, load, took, load.rate * load.more * took, busy, reads)


def token(at: Steady, length: Length) -> float:
    """Seconds for each further token of such a request, on average: the steps of the load, and what it adds itself."""
    step = at.engine.step
    return at.step + step.per_sequence + step.per_cached * (length.prompt + length.answer / 2)


def tpot(at: Steady) -> float:
    """The mean over requests that write more than one token."""
    return _mean(at, lambda c: token(at, c))


def tpot_quantile(at: Steady, share: float = 0.99, of: Lengths = None) -> float:
    """Over requests, each with the mean of its own steps."""
    step = at.engine.step
    classes = [c for c in of or at.load.lengths if c.more > 0]
    total = sum(c.share for c in classes)
    if not classes:
        return 0.0
    spread = [(c.share / total, _alone(at, c), token(at, c), _variance(at, c)) for c in classes]
    # No more sequences than there are slots share a step.
    full = step.seconds(at.engine.chunk, at.engine.slots, at.engine.slots * at.load.context)
    return min(_quantile(spread, 1 - share), max(full, at.step))


def _alone(at: Steady, length: Length) -> float:
    """A step that such a request has for itself."""
    step = at.engine.step
    return step.fixed + step.per_sequence + step.per_cached * (length.prompt + length.answer / 2)


def _variance(at: Steady, length: Length) -> float:
    """Of the time per token of such requests.

    A request of o steps shares them with the prompts that arrive meanwhile, a compound Poisson sum of variance
    λ·o·T·E[s²] with s the time a prompt takes, and with a number of sequences that fluctuates: in linear noise about
    n, dn/dt = λ − n/(o·t(n)), its variance is n/(1 − ρ) and it forgets within o·T/(1 − ρ), over which a longer request
    takes a mean.
    """
    step, load = at.engine.step, at.load
    if length.more <= 0:
        return 0.0
    square = sum(c.share * (step.per_token * c.read + step.per_pair * c.pairs) ** 2 for c in load.lengths)
    each = step.per_sequence + step.per_cached * load.context
    stretch = 1 / (1 - at.busy)
    lasts = length.more * at.step
    prompts = load.rate * lasts * square / length.more**2
    return stretch * (prompts + at.residents * each**2 * _mean_of(lasts / (load.more * at.step * stretch)))


def _mean_of(times: float) -> float:
    """How much of its variance a quantity with exponential memory keeps in a mean over so many times that memory."""
    if times < 1e-3:
        return 1.0
    return 2 / times * (1 - (1 - exp(-times)) / times)


def _quantile(spread: Sequence[tuple[float, float, float, float]], share: float) -> float:
    """Of a mixture of gamma distributions, each with its weight, least value, mean and variance."""

    def beyond(x: float) -> float:
        return sum(w * _gamma(x - least, mean - least, variance) for w, least, mean, variance in spread)

    return _solve(beyond, share, max(mean + 12 * sqrt(variance) for _, _, mean, variance in spread))


def _gamma(x: float, mean: float, variance: float) -> float:
    """The chance that a gamma variable is beyond x."""
    if x <= 0:
        return 1.0
    if variance <= 0 or mean <= 0 or mean * mean > 1e6 * variance:
        return 1.0 if x < mean else 0.0
    shape = mean * mean / variance
    if shape < 2:
        return upper_gamma(shape, x * mean / variance)
    # Wilson and Hilferty 1931: the cube root of a gamma variable is nearly normal.
    return erfc(((x / mean) ** (1 / 3) - 1 + 1 / (9 * shape)) * 3 * sqrt(shape / 2)) / 2


def upper_gamma(shape: float, x: float) -> float:
    """Q(shape, x), the regularised upper incomplete gamma function: a series below the mean, Lentz's continued fraction
    above it."""
    if x <= 0:
        return 1.0
    scale = exp(shape * log(x) - x - lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        for n in range(1, 10_000):
            term *= x / (shape + n)
            total += term
            if term < total * 1e-12:
                break
        return min(1.0, max(0.0, 1 - scale * total))
    b, c = x + 1 - shape, 1e300
    d = 1 / b
    fraction = d
    for n in range(1, 10_000):
        factor = -n * (n - shape)
        b += 2
        d = 1 / (factor * d + b)
        c = b + factor / c
        fraction *= d * c
        if abs(d * c - 1) < 1e-12:
            break
    return min(1.0, scale * fraction)


def passes(engine: Engine, length: Length, residents: float = 0.0) -> int:
    """Steps that read the prompt: what the budget of a step leaves beside the sequences that write."""
    return max(1, ceil(length.read / _room(engine, residents)))


def _room(engine: Engine, residents: float) -> float:
    return max(engine.chunk - residents, engine.chunk / 8, 1.0)


def own(at: Steady, length: Length) -> float:
    """From when the engine begins to read such a prompt until its first token: ⌈L/B⌉ steps, each with the sequences
    that write beside, and its own work."""
    step = at.engine.step
    beside = (step.per_sequence + step.per_cached * at.load.context) * at.residents
    work = step.per_token * length.read + step.per_pair * length.pairs
    return passes(at.engine, length, at.residents) * (step.fixed + beside) + work


def ahead(at: Steady) -> tuple[float, float]:
    """The work of prompts that came before and are not read yet: how often there is some, and its mean where there is.
    M/G/1: λ·E[s²]/(2·(1 − λ·E[s])) over all, with s what reading one prompt takes while others write."""
    load = at.load
    if load.rate <= 0:
        return 0.0, 0.0
    took = [(c.share, _service(at, c)) for c in load.lengths]
    mean = sum(share * s for share, s in took)
    square = sum(share * s * s for share, s in took)
    used = load.rate * mean
    if used >= 1:
        return 1.0, inf
    wait = load.rate * square / (2 * (1 - used))
    return used, wait / used if used > 0 else 0.0


def _service(at: Steady, length: Length) -> float:
    """Engine time that a prompt takes from those behind it: its own work, and of the steps that read it the share of
    the budget that it fills; short prompts are read in one step together."""
    step = at.engine.step
    beside = (step.per_sequence + step.per_cached * at.load.context) * at.residents
    work = step.per_token * length.read + step.per_pair * length.pairs
    return work + (step.fixed + beside) * length.read / _room(at.engine, at.residents)


def ttft(at: Steady) -> float:
    """The mean: front end, the rest of the step under way, prompts ahead, own passes and work. Tokens that are in the
    prefix cache count for nothing."""
    share, wait = ahead(at)
    return at.engine.overhead + _residual(at) + share * wait + _mean(at, lambda c: own(at, c), every=True)


def _residual(at: Steady) -> float:
    """Half a step, where one is under way."""
    return at.step / 2 * min(1.0, at.residents + at.reading)


def ttft_quantile(at: Steady, share: float = 0.99, of: Lengths = None) -> float:
    """The same terms, drawn: the rest of a step is uniform, the work ahead exponential where there is some."""
    chance, wait = ahead(at)
    if wait == inf:
        return inf
    under_way = min(1.0, at.residents + at.reading)
    rests = [((n + 0.5) / 8 * at.step, under_way / 8) for n in range(8)] + [(0.0, 1 - under_way)]
    bases = [(w * part, took + rest) for part, took in _own(at, of) for rest, w in rests if w * part > 0]

    def beyond(x: float) -> float:
        return sum(w * (1.0 if x < b else chance * exp(-(x - b) / wait) if wait > 0 else 0.0) for w, b in bases)

    return at.engine.overhead + _solve(beyond, 1 - share, max(b for _, b in bases) + 40 * wait)


def e2e(at: Steady) -> float:
    """The mean of the whole answer: until the first token, and each further one."""
    return ttft(at) + sum(c.share * c.more * token(at, c) for c in at.load.lengths)


def e2e_quantile(at: Steady, share: float = 0.99, of: Lengths = None) -> float:
    """Long answers make it: of each class the time of its tokens, spread as theirs is, after that of the first."""
    chance, wait = ahead(at)
    if wait == inf:
        return inf
    before = at.engine.overhead + _residual(at) + chance * wait
    spread = []
    for c in of or at.load.lengths:
        first = before + own(at, c)
        variance = c.more**2 * _variance(at, c) + chance * (2 - chance) * wait**2
        spread.append((c.share, own(at, c) + c.more * _alone(at, c), first + c.more * token(at, c), variance))
    return _quantile(spread, 1 - share)


def _own(at: Steady, of: Lengths) -> list[tuple[float, float]]:
    return [(c.share, own(at, c)) for c in of or at.load.lengths]


def _mean(at: Steady, of: Callable[[Length], float], *, every: bool = False) -> float:
    classes: Sequence[Length] = [c for c in at.load.lengths if every or c.more > 0]
    total = sum(c.share for c in classes)
    return sum(c.share * of(c) for c in classes) / total if total > 0 else 0.0


def _solve(beyond: Callable[[float], float], share: float, most: float) -> float:
    """The least x with `beyond(x)` ≤ share; it falls."""
    low, high = 0.0, most  # to a millionth of a millionth of it
    for _ in range(40):
        middle = (low + high) / 2
        if beyond(middle) <= share:
            high = middle
        else:
            low = middle
    return high
