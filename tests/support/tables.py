"""A table of `wrpc decide --table` decided by its JSON alone: nothing of wrpc is used here."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

Truth = bool | None


class Refused(Exception):
    """With the code of what is wrong."""


def decide(table: Mapping[str, Any], given: Mapping[str, object]) -> dict[str, Any]:
    try:
        return _Evaluator(table).decided(given)
    except Refused as error:
        return {"error": {"code": str(error)}}


@dataclass
class State:
    values: dict[str, Any]
    fires: dict[str, Truth] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    confidence: dict[str, Any] = field(default_factory=dict)
    denied: str | None = None


def every(values: Sequence[Truth]) -> Truth:
    return False if False in values else None if None in values else True


def some(values: Sequence[Truth]) -> Truth:
    return True if True in values else None if None in values else False


class _Evaluator:
    def __init__(self, table: Mapping[str, Any]) -> None:
        assert table["version"] == 1
        self.table = table
        self.signals = {s["name"]: s for s in table["signals"]}
        self.lets = {entry["name"]: entry["when"] for entry in table["lets"]}

    def decided(self, given: Mapping[str, object]) -> dict[str, Any]:
        if not given.keys() <= self.signals.keys():
            raise Refused("WRP171")
        values = {n: self.value(s, given[n] if n in given else self.absent(s)) for n, s in self.signals.items()}
        plain = self.settled(values, meanings=False)
        if any(self.truth(plain, a["when"]) is False for a in self.table["assumptions"]):
            raise Refused("WRP174")
        s = self.settled(values, meanings=True)
        fired = sorted(n for n, f in s.fires.items() if f)
        ended = {"route": None, "action": "deny", "destinations": [], "obligations": [], "fired": fired, "removed": []}
        if s.denied is not None:
            return {**ended, "reason": f"signal `{s.denied}` failed", "denied_by": f"signal {s.denied}"}
        for rule in self.table["denials"]:
            if self.denies(s, rule):
                return {**ended, "reason": rule["reason"], "denied_by": rule["by"]}
        whens = {r["name"]: r["when"] for r in self.table["routes"]}
        for name in self.table["wary"]:
            if self.truth(s, whens[name]) is None:
                return {**ended, "reason": f"whether route `{name}` holds is unknown", "denied_by": f"route {name}"}
        route = self.taken(s)
        if route is None and self.table["default"] is None:
            return {**ended, "action": "unrouted", "reason": None, "denied_by": None}
        name, plan = ("default", self.table["default"]) if route is None else (route["name"], route["plan"])
        return {**self.guarded(s, name, self.table["plans"][plan]), "fired": fired}

    def absent(self, signal: Mapping[str, Any]) -> Any:
        return Fraction(signal["absent"]) if "low" in signal else signal["absent"]

    def value(self, signal: Mapping[str, Any], given: Any) -> Any:
        if given is None:
            if not signal["can_fail"]:
                raise Refused("WRP173")
            return None
        match signal["type"]:
            case "bool":
                good, value = isinstance(given, bool), given
            case "string":
                good, value = isinstance(given, str), given
            case "one_of":
                good, value = isinstance(given, str) and given in signal["names"], given
            case "any_of":
                good = isinstance(given, (list, tuple)) and all(
                    isinstance(n, str) and n in signal["names"] for n in given
                )
                value = frozenset(given) if good else None
            case kind:
                value = number(given)
                good = value is not None and Fraction(signal["low"]) <= value <= Fraction(signal["high"])
                good = good and (kind != "int" or value.denominator == 1)
        if not good:
            raise Refused("WRP172")
        return value

    # ── Failures and groups ───────────────────────────────────────────────

    def settled(self, values: dict[str, Any], *, meanings: bool) -> State:
        s = State(values)
        for name, signal in self.signals.items():
            given = values[name]
            meaning = signal["on_error"] if meanings and given is None else None
            if meaning == "deny":
                s.denied = s.denied or name
            meant = {"fires": True, "silent": False, None: None}.get(meaning)
            if signal["type"] == "bool":
                s.fires[name] = meant if given is None else given
            elif signal["type"] == "score":
                number = given if given is not None else None if meant is None else Fraction(meant)
                fires: Truth = False
                if signal["threshold"] is not None:
                    least = Fraction(signal["threshold"])
                    fires = None if number is None else number > least if signal["above"] else number >= least
                s.fires[name], s.raw[name] = fires, number
                s.confidence[name] = number if fires else None if fires is None else Fraction(0)
            else:
                s.raw[name] = given
        for group in self.table["groups"]:
            self.settle(s, group)
        return s

    def settle(self, s: State, group: Mapping[str, Any]) -> None:
        others = [m for m in group["members"] if m != group["default"]]
        really = [m for m in others if s.fires[m] and s.values[m] is not None]
        if len(really) > 1:
            raise Refused("WRP174")
        winner = next(iter(really), next((m for m in others if s.fires[m]), None))
        for m in others:
            if winner not in (None, m):
                s.fires[m], s.confidence[m] = False, Fraction(0)
        if group["default"] is not None:
            unknown = winner is None and any(s.fires[m] is None for m in others)
            fires = None if unknown else winner is None
            s.fires[group["default"]] = fires
            s.confidence[group["default"]] = None if fires is None else Fraction(fires)

    # ── Conditions ────────────────────────────────────────────────────────

    def truth(self, s: State, when: Mapping[str, Any]) -> Truth:
        match when:
            case {"boxes": boxes}:
                return some([every([self.inside(s, d, runs) for d, runs in box]) for box in boxes])
            case {"all": parts}:
                return every([self.truth(s, p) for p in parts])
            case {"any": parts}:
                return some([self.truth(s, p) for p in parts])
            case {"not": part}:
                found = self.truth(s, part)
                return None if found is None else not found
            case {"let": name}:
                return self.truth(s, self.lets[name])
        raise AssertionError(when)

    def inside(self, s: State, index: int, runs: Sequence[Sequence[int]]) -> Truth:
        cell = self.cell(s, self.table["dimensions"][index])
        return None if cell is None else any(low <= cell <= high for low, high in runs)

    def cell(self, s: State, d: Mapping[str, Any]) -> int | None:
        given = s.values.get(d.get("signal", ""))
        match d["kind"]:
            case "fires":
                return s.fires[d["signal"]]
            case "failed":
                return given is None
            case "number":
                parts = [self.part(s, t) for t in d["terms"]]
                if None in parts:
                    return None
                total = sum(Fraction(t["times"]) * p for t, p in zip(d["terms"], parts, strict=True))
                points = [Fraction(p) for p in d["points"]]
                place = bisect_left(points, total)
                return 2 * place + (points[place : place + 1] == [total])
            case "relation":
                left, right = (t["text"] if "text" in t else s.values[t["signal"]] for t in (d["left"], d["right"]))
                if left is None or right is None:
                    return None
                if d["relation"] == "matches":
                    return re.fullmatch(right, left) is not None
                return {
                    "equals": left == right, "before": left < right, "prefix": left.startswith(right),
                    "suffix": left.endswith(right), "contains": right in left,
                }[d["relation"]]  # fmt: skip
            case _ if given is None:
                return None
            case "has":
                return d["member"] in given
            case "name":
                return int(d["names"].index(given))
            case "text":
                place = bisect_right(d["words"], given) - 1
                return 2 * place + (d["words"][place] != given)
        raise AssertionError(d)

    def part(self, s: State, term: Mapping[str, Any]) -> Any:
        if "one" in term:
            return self.truth(s, term["one"])
        return s.raw[term["raw"]] if "raw" in term else s.confidence[term["confidence"]]

    # ── Routes and plans ──────────────────────────────────────────────────

    def denies(self, s: State, rule: Mapping[str, Any]) -> bool:
        if "plans" not in rule:
            return self.truth(s, rule["when"]) is not False
        plans = [r["plan"] for r in self.foremost(s)]
        if not plans and self.table["default"] is not None:
            plans = [self.table["default"]]
        asked = [rule["plans"][str(p)] for p in plans] or [rule["unrouted"]]
        return any(self.truth(s, when) is not False for when in asked)

    def taken(self, s: State) -> Any:
        left = self.foremost(s)
        if len({self.table["plans"][r["plan"]]["deed"] for r in left}) > 1:
            raise Refused("WRP201")
        return min(left, key=lambda r: r["name"], default=None)

    def foremost(self, s: State) -> list[Any]:
        truths = [(r, self.truth(s, r["when"])) for r in self.table["routes"]]
        holds = [r for r, t in truths if t or (t is None and r["on_unknown"] == "fires")]
        left = [r for r in holds if r["class"] == holds[0]["class"]]
        for key in self.table["resolve"]:
            if len(left) < 2:
                break
            if key == "confidence":
                raise Refused("WRP820")
            most = max(r["priority"] for r in left)
            least = min(r["name"] for r in left)
            left = [r for r in left if (r["priority"] == most if key == "priority" else r["name"] == least)]
        return left

    def guarded(self, s: State, route: str, plan: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"route": route, "destinations": [], "obligations": [], "removed": []}
        if plan["deny"] is not None:
            by = "default" if route == "default" else f"route {route}"
            return {**found, "action": "deny", "reason": plan["deny"], "denied_by": by}
        planned = plan["destinations"]
        names = [self.forbidding(s, p["as"]["written"] if "as" in p else p["pool"]) for p in planned]
        while True:
            left = [i for i, by in enumerate(names) if not by]
            next_up = [i for i in left if planned[i]["role"] in ("primary", "cascade")][:1]
            next_up = next_up or [i for i in left if planned[i]["role"] == "fallback"][:1]
            if not next_up or "primary" not in planned[next_up[0]].get("as", {}):
                break
            names[next_up[0]] = self.forbidding(s, planned[next_up[0]]["as"]["primary"])
            if not names[next_up[0]]:
                break
        for p, guards in zip(planned, names, strict=True):
            removals = [{"pool": p["pool"], "by": b} for b in guards]
            found["removed"] += [r for r in removals if r not in found["removed"]]
        destinations = promoted(plan, [dict(p) for p, guards in zip(planned, names, strict=True) if not guards])
        if not destinations:
            by = found["removed"][-1]["by"]
            reason = f"guard `{by.removeprefix('guard ')}` leaves no destination"
            return {**found, "action": "deny", "reason": reason, "denied_by": by}
        rules = self.table["obligations"]
        union = {r["name"] for r in rules if r["when"] is not None and self.truth(s, r["when"]) is not False}
        several = plan["others"] is not None and sum(d["role"] == "primary" for d in destinations) > 1
        for d in destinations:
            places = d.pop("as", {"written": d["pool"]})
            beside = places.get("primary") or (several and places.get("others"))
            key = (d["role"] == "primary" and beside) or places["written"]
            own = {r["name"] for r in rules if r["when"] is None and self.acts(s, r, key)}
            union |= own
            found["destinations"].append({**d, "obligations": sorted(own)})
        if several:
            found["others"] = plan["others"]
        spared = [d["pool"] for d in found["destinations"] if d["role"] == "over_budget"]
        if plan["budgets"]:
            found["budgets"] = [
                {**b, "then": [s for s in b["then"] if "pool" not in s or s["pool"] in spared]} for b in plan["budgets"]
            ]
        return {**found, "action": "route", "reason": None, "obligations": sorted(union), "denied_by": None}

    def forbidding(self, s: State, key: str) -> list[str]:
        return [*dict.fromkeys(f["by"] for f in self.table["forbids"] if self.acts(s, f, key))]

    def acts(self, s: State, rule: Mapping[str, Any], pool: str) -> bool:
        return pool in rule["pools"] and self.truth(s, rule["pools"][pool]) is not False


def number(given: object) -> Any:
    """Exact, a float by its shortest decimal spelling; None for what is no number."""
    if isinstance(given, bool) or not isinstance(given, int | Decimal | Fraction | float) or given != given:
        return None
    return Fraction(repr(given) if isinstance(given, float) else given)


def promoted(plan: Mapping[str, Any], left: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    main = [d for d in left if d["role"] in ("primary", "cascade")]
    edges = [d for d in left if d not in main]
    if not main:
        fallbacks = [d for d in edges if d["role"] == "fallback"]
        return [{**d, "role": "primary", "weight": "1"} for d in fallbacks[:1]] + (
            [d for d in edges if d is not fallbacks[0]] if fallbacks else []
        )
    if plan["cascade"]:
        return [{**main[0], "role": "primary", "weight": "1"}, *main[1:], *edges]
    if main[0]["weight"] is not None:
        weights = [Fraction(d["weight"]) for d in main]
        total = sum(weights)
        shares = [w / total if total else Fraction(1, len(main)) for w in weights]
        main = [{**d, "weight": str(w)} for d, w in zip(main, shares, strict=True)]
    return [*main, *edges]
