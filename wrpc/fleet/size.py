"""How many replicas the pools of a policy need for what its workloads send, and what that costs.

    found = size(policy)
    for pool in found.pools:
        pool.verdict, pool.replicas, pool.figures

Each pool is sized three times: as fast as its engine may be and with the least that may arrive, as expected, and as
slow as it may be with the most. Where the first needs more replicas than the policy gives, it fails; where the last
needs no more, it passes; between the two it is open, and what would settle it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from wrpc.fleet.demand import Demand, demand
from wrpc.fleet.money import cost, watts
from wrpc.fleet.parts import Part, parts
from wrpc.fleet.serving import SHEET, Basis, Missing, basis
from wrpc.fleet.sized import Behind, Replicas, Sent, Sized, Sizing, Verdict, seconds
from wrpc.fleet.sizing.capacity import Bound
from wrpc.fleet.sizing.smallest import FIGURES, Band, Figure, Figures
from wrpc.fleet.team import MIDDLE, SLOW, Corner, Team, corners
from wrpc.fleet.traffic import PoolTraffic, Traffic
from wrpc.policy.model import Policy, Pool
from wrpc.source import Span

FULL: Mapping[Bound, str] = {
    "compute": "compute runs out",
    "budget of a step": "the tokens of a step run out",
    "slots": "slots run out",
    "KV": "the KV cache runs out",
}


def size(policy: Policy, traffic: Traffic, *, hits: Band = Band(0.0, 0.0)) -> Sizing:  # noqa: B008  a value
    """`hits`: the share of prompts' tokens that prefix caches have, from the least to the most that was measured."""
    sized, elsewhere = [], []
    for name in sorted(policy.pools):
        pool, arrives = policy.pools[name], traffic.pools[name]
        if not arrives.flows:
            continue
        if not runs_here(pool):
            elsewhere.append(name)
        elif any(not a.rates or any(r.high > 0 for r in a.rates) for a in arrives.arrivals):
            sized.append(_sized(policy, pool, arrives, hits))
    verdicts = {p.verdict for p in sized}
    whole: Verdict = "fail" if "fail" in verdicts else "open" if "open" in verdicts else "pass"
    return Sizing(whole, tuple(sized), tuple(elsewhere))


_last: list[tuple[Policy, Sizing]] = []


def of_policy(policy: Policy) -> Sizing:
    """With no log and no prefix cache; once for one policy, however many checks ask."""
    if not _last or _last[0][0] is not policy:
        from wrpc.fleet.traffic import traffic

        _last[:] = [(policy, size(policy, traffic(policy)))]
    return _last[0][1]


def runs_here(pool: Pool) -> bool:
    """On GPUs that the policy speaks of; else it is somebody else's, and not sized."""
    return any(part.gpu is not None or part.replicas is not None for part in parts(pool)) or pool.profile is not None


def _sized(policy: Policy, pool: Pool, arrives: PoolTraffic, hits: Band) -> Sized:
    made = parts(pool)
    by = [basis(policy, part) for part in made]
    asked = demand(policy, arrives, (hits.low + hits.high) / 2)
    edges = _edges(arrives)
    missing = next((b for b in by if isinstance(b, Missing)), None)
    if missing is not None:
        return _open(pool, made, asked, edges, missing.what, missing.settle, missing.span)
    if asked.missing:
        few = ", ".join(f"`{name}`" for name in asked.missing)
        what = f"gets requests of {few}, of which the rate or the lengths are not known"
        return _open(pool, made, asked, edges, what, "say `rate` and `lengths` of the workload", pool.span)
    known = [b for b in by if isinstance(b, Basis)]
    ends = demand(policy, arrives, hits.high), asked, demand(policy, arrives, hits.low)
    return _by_team(policy, pool, made, known, corners(made, known, ends), asked, edges)


def _by_team(
    policy: Policy, pool: Pool, made: list[Part], by: list[Basis], at: tuple[Corner, Corner, Corner], asked: Demand,
    edges: Mapping[str, float],
) -> Sized:  # fmt: skip
    peak = asked.peak
    needed = [corner.least(peak) for corner in at]
    given = [part.replicas for part in made]
    count = chosen(needed[SLOW] or needed[MIDDLE], given)
    found = [corner.figures(peak, count) if count is not None else None for corner in at]
    verdict = _verdict(needed, given)
    sent = tuple(_sent(name, asked, peak, at, count) for name in sorted(asked.lengths))
    expected = found[MIDDLE]
    residents = 0.0 if expected is None else expected.residents
    hour = asked.hours[peak]
    replicas = tuple(
        Replicas(
            part.phase,
            None if count is None else count[i],
            (_at(needed[0], i), _at(needed[1], i), _at(needed[2], i)),
            part.replicas,
            part.gpu,
            part.each,
            part.span,
            None if count is None else watts(policy, pool, part, count[i], residents),
            None if count is None else cost(policy, pool, part, count[i]),
        )
        for i, part in enumerate(made)
    )
    figures = _spanned(found)
    used = [f.utilisation for f in found if f is not None]
    used = [0.0, *used] if used and asked.hours[peak].rate.low <= 0 else used
    doubt = _doubt(by, hour.rate)
    unreachable = at[0].unreachable(peak) if needed[0] is None else {}
    why, settle = _why(verdict, needed, given, unreachable, doubt, asked, expected)
    load = hour.load()
    by_hour = _by_hour(at[MIDDLE], asked)
    return Sized(
        pool.name, verdict, made[0].span, hour.rate, None if len(asked.hours) == 1 else peak, replicas,
        Band(min(used), max(used)) if used else None, expected.bound if expected is not None else "",
        figures, sent, tuple(dict.fromkeys(b.said for b in by)), load.rate * load.answer,
        by_hour=by_hour, behind=_behind(pool, made, at[MIDDLE], asked, by_hour), edges=edges, why=why,
        settle=settle, unreachable=unreachable,
    )  # fmt: skip


def _by_hour(corner: Corner, asked: Demand) -> tuple[int | None, ...]:
    if len(asked.hours) == 1:
        return ()
    known: dict[object, int | None] = {}
    found = []
    for at, hour in enumerate(asked.hours):
        key = tuple(sorted((name, r.high) for name, r in hour.rates.items()))
        if key not in known:
            team = corner.least(at) if hour.rate.high > 0 else (0,)
            known[key] = None if team is None else sum(team)
        found.append(known[key])
    return tuple(found)


def _behind(
    pool: Pool, made: list[Part], corner: Corner, asked: Demand, by_hour: tuple[int | None, ...]
) -> tuple[Behind, ...]:
    """Hours for which replicas start too late, where a pool that is not split scales and says how long they take."""
    if pool.startup is None or len(made) > 1 or made[0].replicas is None or None in by_hour:
        return ()
    low, high = made[0].replicas
    found = []
    for hour, needed in enumerate(by_hour):
        running = min(max(by_hour[hour - 1] or 0, low), high)
        if needed is None or min(needed, high) <= running:
            continue
        used = corner.figures(hour, (running,), None, ()).utilisation
        if used > 1:
            late = asked.hours[hour].rate.high * (1 - 1 / used) * float(pool.startup)
            found.append(Behind(hour, running, min(needed, high), late))
    return tuple(found)


def chosen(needed: Team | None, given: list[tuple[int, int] | None]) -> Team | None:
    """What stands there: the number that is given, of a range the least that surely does, else that alone."""
    if needed is None:
        return None if None in given else tuple(g[1] for g in given if g is not None)
    return tuple(n if g is None else min(max(n, g[0]), g[1]) for n, g in zip(needed, given, strict=True))


def _verdict(needed: list[Team | None], given: list[tuple[int, int] | None]) -> Verdict:
    def fits(team: Team | None) -> bool:
        return team is not None and all(g is None or n <= g[1] for n, g in zip(team, given, strict=True))

    return "pass" if fits(needed[2]) else "open" if fits(needed[0]) else "fail"


def _at(team: Team | None, at: int) -> int | None:
    return None if team is None else team[at]


def _spanned(found: list[Figures | None]) -> Mapping[Figure, Band] | None:
    """What spans all corners; None where one is saturated."""
    bands = [f.bands for f in found if f is not None and f.bands is not None]
    if len(bands) < len(found):
        return None
    return {name: Band(min(b[name].low for b in bands), max(b[name].high for b in bands)) for name in FIGURES}


def _sent(name: str, asked: Demand, peak: int, at: tuple[Corner, Corner, Corner], count: Team | None) -> Sent:
    promises = asked.promises[name]
    found = [None if count is None else corner.figures(peak, count, name) for corner in at]
    kept: dict[Figure, bool | None] = {}
    for figure in promises.made:
        promised = promises.of(figure) or 0.0
        best, worst = found[0], found[2]
        if worst is not None and worst.bands is not None and worst.bands[figure].high <= promised:
            kept[figure] = True
        elif best is None or best.bands is None or best.bands[figure].low > promised:
            kept[figure] = False
        else:
            kept[figure] = None
    rate = asked.hours[peak].rates[name]
    return Sent(name, asked.shares[name], rate, promises, _spanned(found), kept)


def _edges(arrives: PoolTraffic) -> Mapping[str, float]:
    """Requests a second that may come beside the ordinary ones, by why, where that is known."""
    found: dict[str, float] = {}
    for flow in arrives.flows:
        if flow.via in ("fallback", "spill", "over_budget") and flow.rates:
            found[flow.via] = found.get(flow.via, 0.0) + max(float(r.high) for r in flow.rates)
    return dict(sorted(found.items()))


def _doubt(by: list[Basis], rate: Band) -> list[str]:
    """What would narrow the answer."""
    made = []
    if any(b.said == SHEET for b in by):
        made.append("calibrate its engine: `wrpc calibrate LOG`, and name the file as its `profile`")
    if not rate.known:
        made.append("say how often what routes ask for holds: `assume share …`, or a log")
    return made


def _why(
    verdict: Verdict,
    needed: list[Team | None],
    given: list[tuple[int, int] | None],
    unreachable: Mapping[tuple[str, Figure], float],
    doubt: list[str],
    asked: Demand,
    expected: Figures | None,
) -> tuple[str, str]:
    """What is wrong, and what would mend or settle it."""
    if verdict == "pass":
        return "", ""
    if unreachable:
        (name, figure), least = next(iter(unreachable.items()))
        promised = asked.promises[name].of(figure) or 0.0
        said = f"no number of replicas keeps `{figure} {seconds(promised)}` of workload `{name}`"
        had = "" if least == inf else f": even an idle one takes {seconds(least)}"
        return f"{said}{had}", "promise less, or take faster GPUs or more of them a replica"
    if verdict == "fail" and needed[0] is None:
        return "no number of replicas serves this", "shorter requests, or replicas with more memory"
    said = _needs(needed)
    full = f": {FULL[expected.bound]} first" if expected is not None and expected.saturated else ""
    if verdict == "fail":
        return f"needs {said}, and has {_has(given)}{full}", f"`replicas {_spelled(needed[2] or needed[MIDDLE])}`"
    has = f", and has {_has(given)}" if None not in given else ""
    return f"needs {said}{has}", "; or ".join(doubt) or f"`replicas {_spelled(needed[2] or needed[MIDDLE])}`"


def _needs(needed: list[Team | None]) -> str:
    low, high = needed[0], needed[2]
    least = "+".join(str(n) for n in low or ())
    if high == low:
        return f"{least} replicas"
    if high is None:
        return f"at least {least} replicas, and may not do with any number"
    return f"{least} to {'+'.join(str(n) for n in high)} replicas"


def _has(given: list[tuple[int, int] | None]) -> str:
    said = ["any" if g is None else str(g[0]) if g[0] == g[1] else f"{g[0]} to {g[1]}" for g in given]
    return " + ".join(said)


def _spelled(team: Team | None) -> str:
    return "" if team is None else " + ".join(str(n) for n in team)


def _open(
    pool: Pool, made: list[Part], asked: Demand, edges: Mapping[str, float], why: str, settle: str, span: Span
) -> Sized:
    rate = asked.hours[asked.peak].rate if asked.hours else Band(0.0, 0.0)
    replicas = tuple(
        Replicas(
            p.phase, p.low if p.replicas else None, (None, None, None), p.replicas, p.gpu, p.each, p.span, None, None
        )
        for p in made
    )
    return Sized(
        pool.name, "open", span, rate, None, replicas, None, "", None, (), (), 0.0, edges=edges, why=why, settle=settle
    )
