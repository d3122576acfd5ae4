"""Conditions of a policy as rule trees, and the signals, scores and mappings that they lean on.

The router has no comparison and no name for a condition: a bound on a number is a rule of its own, a range of a score
an output of a mapping, and a `let` is written out wherever it stands, within a limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from wrpc.diagnostics import Diagnostic, finding
from wrpc.override import override
from wrpc.policy import expr
from wrpc.policy.expr import Condition, Interval, Linear, Meaning, fold, fold_number
from wrpc.policy.intervals import complement, merged, scaled, shifted
from wrpc.policy.model import Enum, Policy, Score, Signal
from wrpc.source import Span
from wrpc.targets.codes import APPROXIMATED, UNEMITTABLE
from wrpc.targets.vllm_sr import kinds
from wrpc.targets.vllm_sr.bounds import bounds, meet, replace_predicate, spelt, token_bounds
from wrpc.targets.vllm_sr.kinds import HALF, MODELS, Counted, Entry, Metric, Rule
from wrpc.targets.vllm_sr.made import Made
from wrpc.targets.vllm_sr.nodes import FALSE, TRUE, Cannot, Node, both, either, leaf, negate
from wrpc.targets.vllm_sr.scores import Scores
from wrpc.targets.vllm_sr.unknowns import Failures

ZERO, ONE = Fraction(0), Fraction(1)
KINDS = {"Bool": "yes-or-no", "Int": "counted", "Real": "measured", "Enum": "named", "Set": "set", "String": "text"}
# Sections whose entries have to be described.
DESCRIBED = ("domains", "fact_check", "user_feedbacks", "preferences", "language")


class Rules(Meaning[Node, None]):
    """One use of expressions: a condition becomes a rule tree."""

    def __init__(self, policy: Policy, made: Made) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self.policy = policy
        self.made = made
        self.scores = Scores(self)

    def condition(self, condition: Condition | None) -> Node:
        return TRUE if condition is None else fold(condition, self)

    # ── Atoms ──

    @override
    def constant(self, node: expr.Constant) -> Node:
        return TRUE if node.value else FALSE

    @override
    def fires(self, node: expr.Fires) -> Node:
        signal = self.policy.signals[node.signal]
        return self.rule(signal, self.described(signal, None))

    @override
    def one_of(self, node: expr.OneOf) -> Node:
        signal = self.policy.signals[node.signal]
        if not node.names and signal.can_fail and isinstance(signal.type, Enum):
            return _known(self.rule(signal, self.described(signal, signal.type.names[0])), FALSE)
        return either(self.rule(signal, self.described(signal, name)) for name in sorted(node.names))

    @override
    def has(self, node: expr.Has) -> Node:
        raise Cannot(f"it has no set of names, as `{node.signal}` is one")

    @override
    def text(self, node: expr.Text) -> Node:
        raise Cannot("it cannot compare strings")

    @override
    def failed(self, node: expr.Failed) -> Node:
        raise Cannot("a rule cannot ask whether a signal failed")

    @override
    def caused(self, node: expr.Caused) -> Node:
        raise AssertionError("what a rule says of its destination is settled")

    @override
    def outcome(self, node: expr.Outcome) -> Node:
        raise Cannot("a rule knows nothing of the decision")

    @override
    def negation(self, node: expr.Not, operand: Node) -> Node:
        return negate(operand)

    @override
    def all(self, node: expr.All, parts: Sequence[Node]) -> Node:
        return both(parts)

    @override
    def any(self, node: expr.Any, parts: Sequence[Node]) -> Node:
        return either(parts)

    @override
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
                            met = met[0], meet(met[1], other[1])
                    return met if met is not None and len(met[1]) == 1 else None
                return None
            case _:
                return None

    @override
    def within(self, node: expr.Within, number: None) -> Node:
        return self.bounded(node.number, node.ranges, None)

    # ── Numbers: nothing is made of them until a bound is asked for ──

    @override
    def raw(self, node: expr.Raw) -> None:
        return None

    @override
    def confidence(self, node: expr.Confidence) -> None:
        return None

    @override
    def indicator(self, node: expr.Indicator, condition: Node) -> None:
        return None

    @override
    def provided(self, node: expr.Provided) -> None:
        raise AssertionError("what a rule says of its destination is settled")

    @override
    def cost(self, node: expr.Cost) -> None:
        return None

    @override
    def answer_confidence(self, node: expr.AnswerConfidence) -> None:
        return None

    @override
    def named_number(self, node: expr.NamedNumber) -> None:
        return None

    @override
    def linear(self, node: Linear, quantities: Sequence[None]) -> None:
        return None

    # ── Bounds ──

    def bounded(self, number: Linear, ranges: tuple[Interval, ...], hint: str | None) -> Node:
        """A number within ranges. `hint`: what to call a rule that has to be made."""
        if not number.terms:
            return TRUE if any(number.constant in r for r in ranges) else FALSE
        if len(number.terms) > 1:
            return self.scores.within(self.scores.sum(number.terms, hint), shifted(ranges, -number.constant), hint)
        factor, quantity = number.terms[0]
        if factor == 0:
            if fold_number(number, Failures(self.policy)):
                raise Cannot("a signal times 0, which still makes the comparison unknown where it fails")
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
                if zero == one:
                    return _known(inner, TRUE if one else FALSE)
                return inner if one else negate(inner)
            case expr.NamedNumber(name):
                inside = self.policy.numbers[name]
                if self.policy.definitions[name].kind == "let" or len(inside.terms) < 1:
                    return self.bounded(inside, ranges, hint)
                return self.scores.within(name, ranges, hint)
            case _:
                raise Cannot("it knows nothing of cost, or of how sure an answer is")

    def _within_raw(self, signal: Signal, ranges: tuple[Interval, ...], hint: str | None) -> Node:
        found = self.described(signal, None)
        match found:
            case Counted():
                if len(ranges) > 1:
                    return either(
                        self._counted(signal, found, (r,), hint and f"{hint}_{i}") for i, r in enumerate(ranges)
                    )
                return self._counted(signal, found, ranges, hint)
            case Metric():
                return self.scores.within(self.scores.sum(((ONE, expr.Raw(signal.name)),), hint), ranges, hint)
            case Rule():
                bare = self.rule(signal, found)
                return either(replace_predicate(bare, r) for r in ranges)

    def _within_confidence(self, signal: Signal, ranges: tuple[Interval, ...]) -> Node:
        """`confidence` is 0 where the signal is silent; above 0 it is the raw number at the threshold or beyond."""
        if not isinstance(signal.type, Score) or signal.type.threshold is None:
            raise Cannot(f"`{signal.name}` never fires")
        least, found = signal.type.threshold, self.described(signal, None)
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
                message = f"`vllm-sr` looks for the classifier `{name}` at `{MODELS}{name}`: its address is unknown"
                self.made.found.append(finding(APPROXIMATED, message, signal.span, subjects=[f"signal {signal.name}"]))
        if rule.entry.get("type") == "local" and not (rule.binding.get("operating_point") or (rule.least or 0) >= HALF):
            raise Cannot(f"`{signal.name}` is to fire below 0.5, where classifiers beside the router do not")
        self.made.spans.setdefault(("classifiers", name), signal.span)

    def _rules(self) -> list[Rule]:
        """Every rule that the policy's signals could be."""
        found = []
        for signal in self.policy.signals.values():
            labels: tuple[str | None, ...] = signal.type.names if isinstance(signal.type, Enum) else (None,)
            found += [r for label in labels if isinstance(r := kinds.described(signal, label), Rule)]
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

    def described(self, signal: Signal, label: str | None) -> Rule | Counted | Metric:
        found = kinds.described(signal, label)
        if found is None:
            source = f"`{signal.source.name}`" if signal.source else "a signal without a source"
            raise Cannot(f"`{signal.name}` comes from {source}, which it has no {_kind(signal)} signal for")
        return found

    def _counted(self, signal: Signal, found: Counted, ranges: tuple[Interval, ...], hint: str | None) -> Node:
        within = ranges[0] if ranges else Interval(ONE, ZERO)
        if found.bounds == "margin":
            return self._margin(signal, found, within)
        name = hint or f"{signal.name}_{spelt(within)}"
        if found.bounds == "tokens":
            entry = token_bounds(within, signal)
            if entry is None:
                return TRUE
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


def _known(node: Node, value: Node) -> Node:
    """A constant wherever the node is known, and unknown where it is not."""
    if node.constant is not None:
        return value
    return (either if value is TRUE else both)([node, negate(node)])


def described_by(signal: Signal) -> Entry:
    return {"description": signal.description} if signal.description else {}


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
