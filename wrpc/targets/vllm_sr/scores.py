"""Numbers of a policy as the router's scores, and ranges of them as outputs of mappings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from wrpc.policy import expr
from wrpc.policy.expr import Interval, Linear
from wrpc.policy.intervals import merged
from wrpc.policy.model import Signal
from wrpc.source import Span
from wrpc.targets.vllm_sr.bounds import WITH_CONFIDENCE, bounds, contains, spelt
from wrpc.targets.vllm_sr.kinds import Entry, Metric, Rule
from wrpc.targets.vllm_sr.made import Writer
from wrpc.targets.vllm_sr.nodes import FALSE, Cannot, Node, either, leaf, negate

ZERO, ONE = Fraction(0), Fraction(1)
# Kinds whose raw number a score may read, and those that it cannot read at all.
WITH_RAW = ("embedding",)
UNREADABLE = ("classifier", "metadata", "projection")


@dataclass(slots=True)
class Scores:
    """Writes scores and mappings where they are asked for; `named` are the sums that have no name in the policy."""

    rules: Writer
    named: dict[tuple[tuple[Fraction, expr.Quantity], ...], str] = field(default_factory=dict)

    def sum(self, terms: tuple[tuple[Fraction, expr.Quantity], ...], hint: str | None) -> str:
        """The name of a score that is a sum; one that a policy writes inside a comparison gets a name."""
        if terms not in self.named:
            self.named[terms] = f"{hint}_score" if hint else f"sum_{len(self.named) + 1}"
        name = self.named[terms]
        self._score(name, Linear(ZERO, terms), None)
        return name

    def _score(self, name: str, number: Linear, at: Span | None) -> None:
        if name in self.rules.made.scores:
            return
        self.rules.made.scores[name] = {}
        inputs: list[Entry] = []
        constant = number.constant
        for factor, quantity in number.terms:
            entry, more = self._input(factor, quantity)
            inputs += entry
            constant += more
        if constant != 0:
            inputs.append(self._constant(constant, inputs))
        self.rules.made.scores[name] = {"name": name, "method": "weighted_sum", "inputs": inputs}
        if at is not None:
            self.rules.made.spans["scores", name] = at

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
                node = self.rules.condition(condition)
                if node.operator == "NOT":
                    return [self._flag(node.parts[0], -factor)], factor
                return [self._flag(node, factor)], ZERO
            case expr.Confidence(signal) | expr.Raw(signal):
                return [self._measured(factor, quantity, self.rules.policy.signals[signal])], ZERO
            case expr.NamedNumber(name):
                inside = self.rules.policy.numbers[name]
                if self.rules.policy.definitions[name].kind == "let":
                    entries: list[Entry] = []
                    constant = inside.constant * factor
                    for inner, part in inside.terms:
                        more, rest = self._input(factor * inner, part)
                        entries, constant = entries + more, constant + rest
                    return entries, constant
                self._score(name, inside, self.rules.policy.definitions[name].span)
                return [{"type": "projection", "name": name, "weight": factor, "value_source": "score"}], ZERO
            case _:
                raise Cannot("a score knows nothing of cost, or of how sure an answer is")

    def _flag(self, node: Node, factor: Fraction) -> Entry:
        kind = node.leaf.get("type")
        if kind is None or kind in UNREADABLE or "predicate" in node.leaf:
            raise Cannot("a score reads single signals, no condition over several and no label")
        return {"type": kind, "name": node.leaf["name"], "weight": factor}

    def _measured(self, factor: Fraction, quantity: expr.Confidence | expr.Raw, signal: Signal) -> Entry:
        found = self.rules.described(signal, None)
        if isinstance(found, Metric):
            return {
                "type": "kb_metric", "kb": found.base, "metric": found.metric, "weight": factor,
                "value_source": "score",
            }  # fmt: skip
        raw = isinstance(quantity, expr.Raw)
        if not isinstance(found, Rule) or found.kind not in (WITH_RAW if raw else WITH_CONFIDENCE):
            raise Cannot(f"a score cannot read {'the number' if raw else 'how sure'} `{signal.name}` is")
        node = self.rules.rule(signal, found)
        source = "raw" if raw else "confidence"
        return {"type": found.kind, "name": node.leaf["name"], "weight": factor, "value_source": source}

    def within(self, name: str, ranges: tuple[Interval, ...], hint: str | None) -> Node:
        """Outputs of the score's band that make up the ranges, else of a mapping of their own."""
        if name in self.rules.policy.numbers:
            self._score(name, self.rules.policy.numbers[name], self.rules.policy.definitions[name].span)
        number = Linear(ZERO, ((ONE, expr.NamedNumber(name)),))
        for band in self.rules.policy.bands.values():
            if band.number != number:
                continue
            inside = [s for s in band.steps if any(contains(r, s.interval) for r in ranges)]
            if merged(s.interval for s in inside) != merged(ranges):
                continue
            outputs = {s.name: s.interval for s in band.steps if s.name != "none"}
            self._mapping(band.name, name, outputs, band.span)
            named = [leaf("projection", self._output(band.name, s)) for s in outputs]
            chosen = [leaf("projection", self._output(band.name, s.name)) for s in inside if s.name != "none"]
            if any(s.name == "none" for s in inside):
                return negate(either(n for n in named if n not in chosen))
            return either(chosen)
        own = hint or f"{name}_{spelt(ranges[0]) if ranges else 'never'}"
        if not ranges:
            return FALSE
        outputs = {own if len(ranges) == 1 else f"{own}_{i}": r for i, r in enumerate(ranges)}
        self._mapping(f"{own}_band", name, outputs, None)
        return either(leaf("projection", self._output(f"{own}_band", o)) for o in outputs)

    def _output(self, mapping: str, step: str) -> str:
        """The output's name, with its mapping's before it where another mapping has it."""
        holder = self.rules.made.outputs.get(step)
        return step if holder is not None and holder[0] == mapping else f"{mapping}_{step}"

    def _mapping(self, name: str, score: str, outputs: Mapping[str, Interval], at: Span | None) -> None:
        if name in self.rules.made.mappings:
            return
        entries = []
        for step, interval in outputs.items():
            self.rules.made.outputs.setdefault(step, (name, interval))
            entries.append({"name": self._output(name, step), **bounds(interval)})
        self.rules.made.mappings[name] = {
            "name": name,
            "source": score,
            "method": "threshold_bands",
            "outputs": entries,
        }
        if at is not None:
            self.rules.made.spans["mappings", name] = at
