# ruff: noqa: ARG002  a fold says what every node becomes, and most become nothing here
"""Conditions of a policy as rule trees, and the signals, scores and mappings that they lean on.

The router has no comparison and no name for a condition: a bound on a number is a rule of its own, a range of a score
an output of a mapping, and a `let` is written out wherever it stands, within a limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy import expr
from wrpc.policy.expr import Condition, Interval, Linear, Meaning, fold
from wrpc.policy.intervals import complement, merged, scaled, shifted
from wrpc.policy.model import Enum, Int, Policy, Score, Signal
from wrpc.source import Span
from wrpc.targets.codes import APPROXIMATED, UNEMITTABLE
from wrpc.targets.vllm_sr.kinds import HALF, MODELS, Counted, Entry, Metric, Rule, described
from wrpc.targets.vllm_sr.nodes import FALSE, TRUE, Cannot, Node, both, either, leaf, negate

ZERO, ONE = Fraction(0), Fraction(1)
KINDS = {"Bool": "yes-or-no", "Int": "counted", "Real": "measured", "Enum": "named", "Set": "set", "String": "text"}
# Kinds whose number a score may read, and those whose confidence it may.
WITH_RAW = ("embedding",)
WITH_CONFIDENCE = ("embedding", "domain", "jailbreak", "safety", "preference", "kb", "reask")
# Sections whose entries have to be described.
DESCRIBED = ("domains", "fact_check", "user_feedbacks", "preferences", "language")
# Kinds that a score cannot read at all.
UNREADABLE = ("classifier", "metadata", "projection")


@dataclass(slots=True)
class Made:
    """What has been written so far, each section as entries by name, with the place that each comes from."""

    signals: dict[str, dict[str, Entry]] = field(default_factory=dict)
    scores: dict[str, Entry] = field(default_factory=dict)
    mappings: dict[str, Entry] = field(default_factory=dict)
    bindings: dict[str, Entry] = field(default_factory=dict)
    outputs: dict[str, tuple[str, Interval]] = field(default_factory=dict)
    spans: dict[tuple[str, str], Span] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)


class Rules(Meaning[Node, None]):
    """One use of expressions: a condition becomes a rule tree."""

    def __init__(self, policy: Policy, made: Made) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self.policy = policy
        self.made = made
        self.sums: dict[tuple[tuple[Fraction, expr.Quantity], ...], str] = {}

    def condition(self, condition: Condition | None) -> Node:
        return TRUE if condition is None else fold(condition, self)

    # ── Atoms ──

    def constant(self, node: expr.Constant) -> Node:
        return TRUE if node.value else FALSE

    def fires(self, node: expr.Fires) -> Node:
        signal = self.policy.signals[node.signal]
        return self.rule(signal, self._described(signal, None))

    def one_of(self, node: expr.OneOf) -> Node:
        signal = self.policy.signals[node.signal]
        return either(self.rule(signal, self._described(signal, name)) for name in sorted(node.names))

    def has(self, node: expr.Has) -> Node:
        raise Cannot(f"it has no set of names, as `{node.signal}` is one")

    def text(self, node: expr.Text) -> Node:
        raise Cannot("it compares no strings")

    def failed(self, node: expr.Failed) -> Node:
        raise Cannot("a rule cannot ask whether a signal failed")

    def outcome(self, node: expr.Outcome) -> Node:
        raise Cannot("a rule knows nothing of the decision")

    def negation(self, node: expr.Not, operand: Node) -> Node:
        return negate(operand)

    def all(self, node: expr.All, parts: Sequence[Node]) -> Node:
        return both(parts)

    def any(self, node: expr.Any, parts: Sequence[Node]) -> Node:
        return either(parts)

    def named(self, node: expr.Named) -> Node:
        """A `let` that is one bound on a number gives the rule its name."""
        condition = self.policy.conditions[node.name]
        ranges = self._bounds_of(condition)
        if ranges is not None and node.name not in self._folded_conditions:
            self._folded_conditions[node.name] = self.bounded(*ranges, node.name)
        return super().named(node)

    def _bounds_of(self, condition: Condition) -> tuple[Linear, tuple[Interval, ...]] | None:
        """The number and the one range that a condition asks for, over an `and` of bounds on one number too."""
        match condition:
            case expr.Within(number, ranges) if len(ranges) == 1:
                return number, ranges
            case expr.All(parts):
                found = [self._bounds_of(p) for p in parts]
                if all(f is not None and f[0] == (found[0] or f)[0] for f in found) and found:
                    met = found[0]
                    for other in found[1:]:
                        if met is not None and other is not None:
                            met = met[0], _meet(met[1], other[1])
                    return met if met is not None and len(met[1]) == 1 else None
                return None
            case _:
                return None

    def within(self, node: expr.Within, number: None) -> Node:
        return self.bounded(node.number, node.ranges, None)

    # ── Numbers: nothing is made of them until a bound is asked for ──

    def raw(self, node: expr.Raw) -> None:
        return None

    def confidence(self, node: expr.Confidence) -> None:
        return None

    def indicator(self, node: expr.Indicator, condition: Node) -> None:
        return None

    def cost(self, node: expr.Cost) -> None:
        return None

    def answer_confidence(self, node: expr.AnswerConfidence) -> None:
        return None

    def named_number(self, node: expr.NamedNumber) -> None:
        return None

    def linear(self, node: Linear, quantities: Sequence[None]) -> None:
        return None

    # ── Bounds ──

    def bounded(self, number: Linear, ranges: tuple[Interval, ...], hint: str | None) -> Node:
        """A number within ranges. `hint`: what to call a rule that has to be made."""
        if not number.terms:
            return TRUE if any(number.constant in r for r in ranges) else FALSE
        if len(number.terms) > 1:
            return self._within_score(self._sum(number.terms, hint), shifted(ranges, -number.constant), hint)
        factor, quantity = number.terms[0]
        if factor == 0:
            return TRUE if any(number.constant in r for r in ranges) else FALSE
        ranges = scaled(shifted(ranges, -number.constant), 1 / factor)
        match quantity:
            case expr.Raw(signal):
                return self._within_raw(self.policy.signals[signal], ranges, hint)
            case expr.Confidence(signal):
                return self._within_confidence(self.policy.signals[signal], ranges)
            case expr.Indicator(condition):
                zero, one = any(ZERO in r for r in ranges), any(ONE in r for r in ranges)
                inner = fold(condition, self)
                return (TRUE if one else negate(inner)) if zero else (inner if one else FALSE)
            case expr.NamedNumber(name):
                inside = self.policy.numbers[name]
                if self.policy.definitions[name].kind == "let" or len(inside.terms) < 1:
                    return self.bounded(inside, ranges, hint)
                return self._within_score(name, ranges, hint)
            case _:
                raise Cannot("it knows nothing of cost, or of how sure an answer is")

    def _within_raw(self, signal: Signal, ranges: tuple[Interval, ...], hint: str | None) -> Node:
        found = self._described(signal, None)
        match found:
            case Counted():
                if len(ranges) > 1:
                    return either(
                        self._counted(signal, found, (r,), hint and f"{hint}_{i}") for i, r in enumerate(ranges)
                    )
                return self._counted(signal, found, ranges, hint)
            case Metric():
                return self._within_score(self._sum(((ONE, expr.Raw(signal.name)),), hint), ranges, hint)
            case Rule():
                bare = self.rule(signal, found)
                return either(replace_predicate(bare, r) for r in ranges)

    def _within_confidence(self, signal: Signal, ranges: tuple[Interval, ...]) -> Node:
        """`confidence` is 0 where the signal is silent; above 0 it is the raw number at the threshold or beyond."""
        if not isinstance(signal.type, Score) or signal.type.threshold is None:
            raise Cannot(f"`{signal.name}` never fires")
        least, found = signal.type.threshold, self._described(signal, None)
        if not isinstance(found, Rule):
            raise Cannot(f"nothing fires for `{signal.name}` there")
        silent = any(ZERO in r for r in ranges)
        wanted = complement(merged(ranges)) if silent else ranges
        bare = self.rule(signal, found)
        parts = []
        for r in wanted:
            if r.low is not None and r.low <= least and not (r.low == least and r.low_open) and r.high is None:
                parts.append(bare)
            elif r.low is None or r.low < least:
                parts.append(both([bare, replace_predicate(bare, Interval(None, r.high, False, r.high_open))]))
            else:
                parts.append(both([bare, replace_predicate(bare, r)]) if r.low < least else replace_predicate(bare, r))
        node = either(parts)
        return negate(node) if silent else node

    # ── Rules ──

    def rule(self, signal: Signal, found: Rule | Counted | Metric) -> Node:
        """The leaf for a signal that fires, its entry written."""
        if not isinstance(found, Rule):
            raise Cannot(f"nothing fires for `{signal.name}` there")
        name = found.name or signal.name
        if found.label is not None:
            self._classifier(name, found, signal)
            more: Entry = {} if found.least is None else {"predicate": {"gte": found.least}}
            if signal.on_error in ("fires", "silent"):
                more["on_error"] = "match" if signal.on_error == "fires" else "no_match"
            return leaf("classifier", name, label=found.label, **more)
        about = described_by(signal)
        if found.section in DESCRIBED:
            about.setdefault("description", name)
        self.declare(found.section, name, {"name": name, **about, **found.entry}, signal.span)
        return leaf(found.kind, name)

    def _classifier(self, name: str, rule: Rule, signal: Signal) -> None:
        """The entry lists every label that the policy knows of, read or not: they are the model's."""
        known = self.made.signals.setdefault("classifiers", {})
        if name not in known:
            labels = [r.label for r in self._rules() if r.section == "classifiers" and r.name == name]
            # One label alone is none to choose from: the router wants two.
            labels = list(dict.fromkeys([*labels, rule.label, "other"]))[: max(2, len({*labels, rule.label}))]
            known[name] = {"name": name, **rule.entry, "labels": labels}
            if rule.binding:
                self.made.bindings[f"classifier.{name}"] = rule.binding
            elif rule.entry.get("model_path") == f"{MODELS}{name}":
                message = f"`vllm-sr` looks for the classifier `{name}` at `{MODELS}{name}`: nobody says where it is"
                self.made.found.append(finding(APPROXIMATED, message, signal.span, subjects=[f"signal {signal.name}"]))
        if rule.entry.get("type") == "local" and not (rule.binding.get("operating_point") or (rule.least or 0) >= HALF):
            raise Cannot(f"`{signal.name}` is to fire below 0.5, where classifiers beside the router do not")
        self.made.spans.setdefault(("classifiers", name), signal.span)

    def _rules(self) -> list[Rule]:
        """Every rule that the policy's signals could be."""
        found = []
        for signal in self.policy.signals.values():
            labels: tuple[str | None, ...] = signal.type.names if isinstance(signal.type, Enum) else (None,)
            found += [r for label in labels if isinstance(r := described(signal, label), Rule)]
        return found

    def ordered(self) -> dict[str, list[Entry]]:
        """The entries of each section in the order in which the policy declares what they come from."""
        declared = [*self.policy.signals, *self.policy.definitions]
        order = {name: index for index, name in enumerate(declared)}
        return {
            section: [entries[n] for n in sorted(entries, key=lambda n: order.get(n, len(order)))]
            for section, entries in self.made.signals.items()
        }

    def declare(self, section: str, name: str, entry: Entry, at: Span) -> None:
        known = self.made.signals.setdefault(section, {})
        if name in known and known[name] != entry:
            raise Cannot(f"two signals would be called `{name}` in `{section}`")
        known[name] = entry
        self.made.spans.setdefault((section, name), at)

    def _described(self, signal: Signal, label: str | None) -> Rule | Counted | Metric:
        found = described(signal, label)
        if found is None:
            source = f"`{signal.source.name}`" if signal.source else "a signal without a source"
            raise Cannot(f"`{signal.name}` comes from {source}, which it has no {_kind(signal)} signal for")
        return found

    def _counted(self, signal: Signal, found: Counted, ranges: tuple[Interval, ...], hint: str | None) -> Node:
        within = ranges[0] if ranges else Interval(ONE, ZERO)
        if found.bounds == "margin":
            return self._margin(signal, found, within)
        name = hint or f"{signal.name}_{_spelt(within)}"
        if found.bounds == "tokens":
            entry = _token_bounds(within, signal)
            if entry is None:
                return TRUE if within.low is None and within.high is None else FALSE
            self.declare("context", name, {"name": name, **entry}, signal.span)
        else:
            predicate = bounds(within)
            if not predicate:
                return TRUE
            self.declare(found.section, name, {"name": name, **found.entry, "predicate": predicate}, signal.span)
        return leaf(found.kind, name)

    def _margin(self, signal: Signal, found: Counted, within: Interval) -> Node:
        """`easy`, `medium` or `hard` of one rule; the rule's two bounds come from all that asks for them."""
        known = self.made.signals.setdefault("complexity", {})
        entry = known.setdefault(signal.name, {"name": signal.name, **described_by(signal), **found.entry})
        self.made.spans.setdefault(("complexity", signal.name), signal.span)
        match within:
            case Interval(None, Fraction() as high, _, True):
                level, wanted = "easy", {"easy_below": high}
            case Interval(Fraction() as low, None, True, _):
                level, wanted = "hard", {"hard_above": low}
            case Interval(Fraction() as low, Fraction() as high, False, False):
                level, wanted = "medium", {"easy_below": low, "hard_above": high}
            case _:
                raise Cannot(f"it asks `{signal.name}` for easy, medium or hard alone")
        for key, bound in wanted.items():
            if entry.setdefault(key, bound) != bound:
                raise Cannot(f"`{signal.name}` is asked for two bounds, and its rule has one")
        return leaf("complexity", f"{signal.name}:{level}")

    # ── Scores and mappings ──

    def _sum(self, terms: tuple[tuple[Fraction, expr.Quantity], ...], hint: str | None) -> str:
        """The name of a score that is a sum; one that a policy writes inside a comparison gets a name."""
        if terms not in self.sums:
            self.sums[terms] = f"{hint}_score" if hint else f"sum_{len(self.sums) + 1}"
        name = self.sums[terms]
        self._score(name, Linear(ZERO, terms), None)
        return name

    def _score(self, name: str, number: Linear, at: Span | None) -> None:
        if name in self.made.scores:
            return
        self.made.scores[name] = {}
        inputs: list[Entry] = []
        constant = number.constant
        for factor, quantity in number.terms:
            entry, more = self._input(factor, quantity)
            inputs += entry
            constant += more
        if constant != 0:
            inputs.append(self._constant(constant, inputs))
        self.made.scores[name] = {"name": name, "method": "weighted_sum", "inputs": inputs}
        if at is not None:
            self.made.spans["scores", name] = at

    def _constant(self, constant: Fraction, inputs: list[Entry]) -> Entry:
        """A number without a signal: an input that counts the same whether it matches or not."""
        carrier = next((i for i in inputs if i["type"] not in ("kb_metric", "projection")), None)
        if carrier is None:
            raise Cannot("a score of constants alone")
        return {"type": carrier["type"], "name": carrier["name"], "weight": ONE, "match": constant, "miss": constant}

    def _input(self, factor: Fraction, quantity: expr.Quantity) -> tuple[list[Entry], Fraction]:
        """The inputs for one term, and a constant that comes with it."""
        match quantity:
            case expr.Indicator(condition):
                node = fold(condition, self)
                if node.operator == "NOT":
                    return [self._flag(node.parts[0], -factor)], factor
                return [self._flag(node, factor)], ZERO
            case expr.Confidence(signal) | expr.Raw(signal):
                return [self._measured(factor, quantity, self.policy.signals[signal])], ZERO
            case expr.NamedNumber(name):
                inside = self.policy.numbers[name]
                if self.policy.definitions[name].kind == "let":
                    entries: list[Entry] = []
                    constant = inside.constant * factor
                    for inner, part in inside.terms:
                        more, rest = self._input(factor * inner, part)
                        entries, constant = entries + more, constant + rest
                    return entries, constant
                self._score(name, inside, self.policy.definitions[name].span)
                return [{"type": "projection", "name": name, "weight": factor, "value_source": "score"}], ZERO
            case _:
                raise Cannot("a score knows nothing of cost, or of how sure an answer is")

    def _flag(self, node: Node, factor: Fraction) -> Entry:
        kind = node.leaf.get("type")
        if kind is None or kind in UNREADABLE or "predicate" in node.leaf:
            raise Cannot("a score reads single signals, no condition over several and no label")
        return {"type": kind, "name": node.leaf["name"], "weight": factor}

    def _measured(self, factor: Fraction, quantity: expr.Confidence | expr.Raw, signal: Signal) -> Entry:
        found = self._described(signal, None)
        if isinstance(found, Metric):
            return {
                "type": "kb_metric", "kb": found.base, "metric": found.metric, "weight": factor,
                "value_source": "score",
            }  # fmt: skip
        raw = isinstance(quantity, expr.Raw)
        if not isinstance(found, Rule) or found.kind not in (WITH_RAW if raw else WITH_CONFIDENCE):
            raise Cannot(f"a score cannot read {'the number' if raw else 'how sure'} `{signal.name}` is")
        node = self.rule(signal, found)
        source = "raw" if raw else "confidence"
        return {"type": found.kind, "name": node.leaf["name"], "weight": factor, "value_source": source}

    def _within_score(self, name: str, ranges: tuple[Interval, ...], hint: str | None) -> Node:
        """Outputs of the score's band that make up the ranges, else of a mapping of their own."""
        if name in self.policy.numbers:
            self._score(name, self.policy.numbers[name], self.policy.definitions[name].span)
        number = Linear(ZERO, ((ONE, expr.NamedNumber(name)),))
        for band in self.policy.bands.values():
            if band.number != number:
                continue
            inside = [s for s in band.steps if any(_contains(r, s.interval) for r in ranges)]
            if merged(s.interval for s in inside) != merged(ranges):
                continue
            outputs = {s.name: s.interval for s in band.steps if s.name != "none"}
            self._mapping(band.name, name, outputs, band.span)
            named = [leaf("projection", self._output(band.name, s)) for s in outputs]
            chosen = [leaf("projection", self._output(band.name, s.name)) for s in inside if s.name != "none"]
            if any(s.name == "none" for s in inside):
                return negate(either(n for n in named if n not in chosen))
            return either(chosen)
        own = hint or f"{name}_{_spelt(ranges[0]) if ranges else 'never'}"
        if not ranges:
            return FALSE
        outputs = {own if len(ranges) == 1 else f"{own}_{i}": r for i, r in enumerate(ranges)}
        self._mapping(f"{own}_band", name, outputs, None)
        return either(leaf("projection", self._output(f"{own}_band", o)) for o in outputs)

    def _output(self, mapping: str, step: str) -> str:
        """The output's name, with its mapping's before it where another mapping has it."""
        holder = self.made.outputs.get(step)
        return step if holder is not None and holder[0] == mapping else f"{mapping}_{step}"

    def _mapping(self, name: str, score: str, outputs: Mapping[str, Interval], at: Span | None) -> None:
        if name in self.made.mappings:
            return
        entries = []
        for step, interval in outputs.items():
            self.made.outputs.setdefault(step, (name, interval))
            entries.append({"name": self._output(name, step), **bounds(interval)})
        self.made.mappings[name] = {"name": name, "source": score, "method": "threshold_bands", "outputs": entries}
        if at is not None:
            self.made.spans["mappings", name] = at


def described_by(signal: Signal) -> Entry:
    return {"description": signal.description} if signal.description else {}


def replace_predicate(node: Node, within: Interval) -> Node:
    """A leaf with bounds on its number instead of its own threshold."""
    predicate = bounds(within)
    if node.leaf.get("type") not in ("classifier", *WITH_CONFIDENCE):
        raise Cannot(f"`{node.leaf.get('name')}` has no number that a rule can bound")
    return replace(node, leaf={**node.leaf, "predicate": predicate}) if predicate else TRUE


def bounds(within: Interval) -> Entry:
    """An interval as `gt`, `gte`, `lt`, `lte`."""
    found: Entry = {}
    if within.low is not None:
        found["gt" if within.low_open else "gte"] = within.low
    if within.high is not None:
        found["lt" if within.high_open else "lte"] = within.high
    return found


def _token_bounds(within: Interval, signal: Signal) -> Entry | None:
    """Whole tokens, both ends included; None where there is nothing to bound, or nothing within."""
    top = signal.type.high if isinstance(signal.type, Int) else None
    low = None if within.low is None else _ceil(within.low, within.low_open)
    high = None if within.high is None else _floor(within.high, within.high_open)
    if high is not None and top is not None and high >= top and low is not None and low > 0:
        high = None
    if (low is None or low <= 0) and high is None:
        return None
    if high is not None and high < (low or 0):
        raise Cannot(f"no number of `{signal.name}` is in the range")
    entry: Entry = {"min_tokens": str(max(low or 0, 0))}
    return entry if high is None else {**entry, "max_tokens": str(high)}


def _ceil(value: Fraction, open_: bool) -> int:
    whole = -(-value.numerator // value.denominator)
    return whole + 1 if open_ and value == whole else whole


def _floor(value: Fraction, open_: bool) -> int:
    whole = value.numerator // value.denominator
    return whole - 1 if open_ and value == whole else whole


def _meet(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> tuple[Interval, ...]:
    return complement(merged((*complement(left), *complement(right))))


def _contains(outer: Interval, inner: Interval) -> bool:
    return merged((outer, inner)) == (outer,)


def _spelt(within: Interval) -> str:
    parts = []
    if within.low is not None:
        parts.append(f"above_{_digits(within.low)}" if within.low_open else f"from_{_digits(within.low)}")
    if within.high is not None:
        parts.append(f"below_{_digits(within.high)}" if within.high_open else f"to_{_digits(within.high)}")
    return "_".join(parts) or "any"


def _digits(value: Fraction) -> str:
    return f"{float(value):g}".replace("-", "minus_").replace(".", "_").replace("+", "")


def _kind(signal: Signal) -> str:
    return {
        "Bool": "yes-or-no",
        "Int": "counted",
        "Real": "measured",
        "Enum": "named",
        "Set": "set",
        "String": "text",
    }.get(type(signal.type).__name__, "scored")


def cannot(what: str, why: str, at: Span, subject: str) -> Diagnostic:
    message = f"`vllm-sr` cannot hold {what}: {why}"
    return finding(UNEMITTABLE, message, at, subjects=[subject])
