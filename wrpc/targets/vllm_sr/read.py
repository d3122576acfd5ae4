"""What a `config.yaml` will do, as a policy over the signals of the one it came from.

Entries are told apart by what they say, not by their names: a keyword rule is the signal whose keywords it lists. What
the router does by itself (labels of one classifier exclude each other, a failed evaluator is unknown) is added here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from wrpc.policy import expr
from wrpc.policy.expr import Condition, Interval, Linear
from wrpc.policy.model import (
    Definition,
    Enum,
    Group,
    OnError,
    OnUnknown,
    Policy,
    ResolveKey,
    Route,
    Score,
    Signal,
)
from wrpc.source import Source, Span
from wrpc.targets.vllm_sr.answers import action, default_action
from wrpc.targets.vllm_sr.kinds import Counted, Metric, Rule, described

Data = Mapping[str, object]
ZERO, ONE = Fraction(0), Fraction(1)
ANYTHING = Interval()
HALF = Fraction(1, 2)
RESOLVE: dict[str, tuple[ResolveKey, ...]] = {
    "priority": ("priority", "confidence", "name"),
    "confidence": ("confidence", "priority", "name"),
}
ON_UNKNOWN: dict[object, OnUnknown] = {"match": "fires", "fail_request": "deny"}
ON_ERROR: dict[object, OnError] = {"match": "fires", "no_match": "silent"}
# Runtime 0.4: what a matched rule measures. Kinds that are not here carry no evidence.
EVIDENCE = {
    "domain": "probability", "classifier": "probability", "safety": "probability", "preference": "probability",
    "embedding": "similarity", "reask": "similarity", "kb": "similarity", "jailbreak": "jailbreak",
}  # fmt: skip
# One classifier with one label, or the one best match.
EXCLUSIVE = ("domain", "language", "user_feedback", "fact_check", "reask", "modality", "kb")


def read(files: Mapping[str, str], policy: Policy) -> Policy:
    import yaml

    text = next(iter(files.values()))
    # Every scalar as text, so that a decimal is the one that was written.
    root = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  makes nothing but text, lists and mappings
    return _Reading(policy, mapping(root), Source("config.yaml", text).span(0, 0)).policy_of()


def mapping(value: object, *keys: str) -> Data:
    """The mapping at the end of `keys`; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def items(value: Data, key: str) -> list[Data]:
    found = value.get(key)
    return [mapping(i) for i in found] if isinstance(found, list) else []


def fraction(value: object) -> Fraction | None:
    return Fraction(value) if isinstance(value, str) else None


def plain(value: object) -> object:
    """Data as text throughout, so that what was described compares with what was read."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Fraction():
            return Fraction(value)
        case str():
            try:
                return Fraction(value)
            except (ValueError, ZeroDivisionError):
                return value
        case Mapping():
            return {k: plain(v) for k, v in value.items()}
        case list():
            return [plain(v) for v in value]
        case _:
            return value


def interval(data: Data) -> Interval:
    gt, gte, lt, lte = (fraction(data.get(k)) for k in ("gt", "gte", "lt", "lte"))
    low, high = (gt if gte is None else gte), (lt if lte is None else lte)
    return Interval(low, high, gte is None and gt is not None, lte is None and lt is not None)


@dataclass(slots=True)
class _Reading:
    policy: Policy
    root: Data
    at: Span
    conditions: dict[tuple[str, str], Condition] = field(default_factory=dict)
    labels: dict[tuple[str, str], tuple[Signal, Condition, Fraction | None]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """The score signal behind a kind and a name, for scores and predicates that read its number."""
    numbers: dict[str, Linear] = field(default_factory=dict)
    on_error: dict[str, OnError] = field(default_factory=dict)

    def policy_of(self) -> Policy:
        routing = mapping(self.root, "routing")
        signals = mapping(routing, "signals")
        for section in signals:
            for entry in items(signals, section):
                self._signal(section, entry)
        for score in items(mapping(routing, "projections"), "scores"):
            self._score(score)
        for mapped in items(mapping(routing, "projections"), "mappings"):
            self._mapping(mapped)
        made = [self._route(d) for d in items(routing, "decisions")]
        last = next((r for r in made if r.name == "default" and r.when is None), None)
        default = mapping(self.root, "providers", "defaults").get("model")
        if last is None and isinstance(default, str) and default in self.policy.pools:
            last = Route("default", None, default_action(default), self.at)
        strategy = routing.get("strategy")
        return replace(
            self.policy,
            resolve=RESOLVE["confidence" if strategy == "confidence" else "priority"],
            signals={n: self._seen(s) for n, s in self.policy.signals.items()},
            groups=self._groups(routing),
            bands={},
            definitions={
                n: Definition(n, "score", value, self.at) for n, value in self.numbers.items()
            },
            routes={r.name: replace(r, tier=None) if r.name == "default" else r for r in made if r is not last},
            default=None if last is None else replace(last, tier=None, priority=0),
            guards={},
            assertions={},
            assumptions={},  # what the owner knows of requests is not in the file, nor how many there are
            workloads={},
            tests=(),
            overridden=(),
        )  # fmt: skip

    # ── Signals ──

    def _known(self) -> list[tuple[Signal, str | None, Rule | Counted | Metric]]:
        found: list[tuple[Signal, str | None, Rule | Counted | Metric]] = []
        for signal in self.policy.signals.values():
            labels: tuple[str | None, ...] = signal.type.names if isinstance(signal.type, Enum) else (None,)
            found += [(signal, label, d) for label in labels if (d := described(signal, label)) is not None]
        return found

    def _signal(self, section: str, entry: Data) -> None:
        name = str(entry.get("name"))
        said = {k: plain(v) for k, v in entry.items() if k not in ("name", "description")}
        matching = [
            (signal, label, rule)
            for signal, label, rule in self._known()
            if not isinstance(rule, Metric) and rule.section == section and _fits(rule, name, said)
        ]
        own = [m for m in matching if m[0].name == name]
        for signal, label, rule in (own or matching)[: None if section == "classifiers" else 1]:
            if isinstance(rule, Counted):
                self._counted(rule, name, signal, entry)
            elif rule.label is not None:
                self.labels[name, rule.label] = (signal, self._fires(signal, label, rule), rule.least)
            else:
                self.conditions[rule.kind, name] = self._fires(signal, label, rule)
                self.names[rule.kind, name] = signal.name

    def _fires(self, signal: Signal, label: str | None, rule: Rule) -> Condition:
        if label is not None:
            return expr.OneOf(signal.name, frozenset((label,)))
        if isinstance(signal.type, Score) and rule.kind not in EVIDENCE:
            # What carries no evidence is read by a comparison, which carries none either.
            return expr.Within(_one(expr.Confidence(signal.name)), (Interval(ZERO, None, low_open=True),))
        return expr.Fires(signal.name)

    def _counted(self, rule: Counted, name: str, signal: Signal, entry: Data) -> None:
        number = _one(expr.Raw(signal.name))

        def within(bounds: Interval) -> Condition:
            return expr.Within(number, (bounds,))

        if rule.bounds == "tokens":
            low, high = fraction(entry.get("min_tokens")), fraction(entry.get("max_tokens"))
            self.conditions[rule.kind, name] = within(Interval(low, high))
        elif rule.bounds == "predicate":
            predicate = mapping(entry, "predicate")
            bounds = interval(predicate) if predicate else Interval(ZERO, None, low_open=True)
            self.conditions[rule.kind, name] = within(bounds)
        else:
            threshold = fraction(entry.get("threshold")) or Fraction(1, 10)
            hard, easy = fraction(entry.get("hard_above")), fraction(entry.get("easy_below"))
            hard, easy = threshold if hard is None else hard, -threshold if easy is None else easy
            self.conditions[rule.kind, f"{name}:hard"] = within(Interval(hard, None, low_open=True))
            self.conditions[rule.kind, f"{name}:easy"] = within(Interval(None, easy, high_open=True))
            self.conditions[rule.kind, f"{name}:medium"] = within(Interval(easy, hard))

    def _seen(self, signal: Signal) -> Signal:
        """A signal as the router takes it: its own kinds of evidence, and failures as unknown."""
        rule = described(signal)
        evidence = EVIDENCE.get(rule.kind, signal.evidence) if isinstance(rule, Rule) else signal.evidence
        return replace(signal, on_error=self.on_error.get(signal.name), evidence=evidence)

    def _groups(self, routing: Data) -> dict[str, Group]:
        found: dict[str, Group] = {}
        taken: set[str] = set()
        for partition in items(mapping(routing, "projections"), "partitions"):
            members = partition.get("members")
            names = [self._member(str(m)) for m in members] if isinstance(members, list) else []
            default = self._member(str(partition.get("default")))
            found[str(partition.get("name"))] = Group(str(partition.get("name")), tuple(names), default, self.at)
            taken |= set(names)
        for name, group in self.policy.groups.items():
            rules = [described(self.policy.signals[m]) for m in group.members]
            kinds = {r.kind for r in rules if isinstance(r, Rule)}
            if group.default is None and len(kinds) == 1 and kinds <= set(EXCLUSIVE) and not taken & set(group.members):
                found.setdefault(name, group)
        return found

    def _member(self, name: str) -> str:
        return self.names.get(("domain", name)) or self.names.get(("embedding", name)) or name

    # ── Projections ──

    def _score(self, data: Data) -> None:
        terms: dict[expr.Quantity, Fraction] = {}
        constant = ZERO
        for entry in items(data, "inputs"):
            weight = fraction(entry.get("weight")) or ZERO
            quantity, scale, shift = self._input(entry)
            constant += weight * shift
            if quantity is not None:
                terms[quantity] = terms.get(quantity, ZERO) + weight * scale
        self.numbers[str(data.get("name"))] = Linear(constant, tuple((f, q) for q, f in terms.items()))

    def _input(self, entry: Data) -> tuple[expr.Quantity | None, Fraction, Fraction]:
        """A quantity, what it is multiplied by, and what is added."""
        kind, name, source = str(entry.get("type")), str(entry.get("name")), entry.get("value_source")
        if kind == "kb_metric":
            for signal, _, rule in self._known():
                if isinstance(rule, Metric) and (rule.base, rule.metric) == (entry.get("kb"), entry.get("metric")):
                    return expr.Raw(signal.name), ONE, ZERO
            return None, ONE, ZERO
        if kind == "projection":
            return expr.NamedNumber(name), ONE, ZERO
        number = self.names.get((kind, name))
        if source == "raw" and number is not None:
            return expr.Raw(number), ONE, ZERO
        if source == "confidence" and number is not None and isinstance(self.policy.signals[number].type, Score):
            return expr.Confidence(number), ONE, ZERO
        condition = self.conditions.get((kind, name), expr.Constant(False))
        match, miss = fraction(entry.get("match")) or ONE, fraction(entry.get("miss")) or ZERO
        return (None if match == miss else expr.Indicator(condition)), match - miss, miss

    def _mapping(self, data: Data) -> None:
        number = _one(expr.NamedNumber(str(data.get("source"))))
        before: list[Condition] = []
        for output in items(data, "outputs"):
            within: Condition = expr.Within(number, (interval(output),))
            first = data.get("method") != "multi_emit" and before
            # The first output that matches is the only one.
            self.conditions["projection", str(output.get("name"))] = (
                expr.All((within, *(expr.Not(b) for b in before))) if first else within
            )
            before.append(within)

    # ── Decisions ──

    def _route(self, data: Data) -> Route:
        rules = mapping(data, "rules")
        when = self._rule(rules) if rules.get("conditions") or rules.get("type") else None
        tier = fraction(data.get("tier"))
        return Route(
            str(data.get("name")),
            when,
            action(data, self.policy),
            self.at,
            tier=int(tier or 0),
            priority=int(fraction(data.get("priority")) or 0),
            on_unknown=ON_UNKNOWN.get(rules.get("on_unknown"), "silent"),
        )

    def _rule(self, node: Data) -> Condition:
        parts = [self._rule(n) for n in items(node, "conditions")]
        match str(node.get("operator", "")).upper():
            case "AND":
                return parts[0] if len(parts) == 1 else expr.All(tuple(parts))
            case "NOT":
                return expr.Not(parts[0])
            case "OR":
                return parts[0] if len(parts) == 1 else expr.Any(tuple(parts))
            case _:
                return self._leaf(node)

    def _leaf(self, node: Data) -> Condition:
        kind, name = str(node.get("type")), str(node.get("name"))
        predicate = mapping(node, "predicate")
        if kind != "classifier":
            number = self.names.get((kind, name))
            if predicate and number is not None:
                return expr.Within(_one(expr.Raw(number)), (interval(predicate),))
            return self.conditions.get((kind, name), expr.Constant(False))
        found = self.labels.get((name, str(node.get("label"))))
        if found is None:
            return expr.Constant(False)
        signal, condition, least = found
        if (error := ON_ERROR.get(node.get("on_error"))) is not None:
            self.on_error[signal.name] = error
        if not predicate or interval(predicate) == Interval(least):
            return condition
        return expr.Within(_one(expr.Raw(signal.name)), (interval(predicate),))


def _one(quantity: expr.Quantity) -> Linear:
    return Linear(ZERO, ((ONE, quantity),))


def _fits(rule: Rule | Counted, name: str, said: Mapping[str, object]) -> bool:
    """Whether an entry says what a rule does, bounds aside."""
    wanted = {k: plain(v) for k, v in rule.entry.items()}
    if isinstance(rule, Counted):
        bounds = ("predicate", "min_tokens", "max_tokens", "hard_above", "easy_below", "threshold")
        return {k: v for k, v in said.items() if k not in bounds} == wanted
    if rule.label is not None:
        labels = said.get("labels")
        listed = isinstance(labels, list) and rule.label in labels
        return name == rule.name and listed and {k: v for k, v in said.items() if k != "labels"} == wanted
    return said == wanted and (rule.name is None or rule.name == name)
