"""What runs and where: workloads, models, sites, pools, places; and the settings of targets."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wrpc.diagnostics import Related
from wrpc.policy import codes, labels
from wrpc.policy import kinds as k
from wrpc.policy import model as m
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader
from wrpc.policy.faults import Faults
from wrpc.policy.lower import Lowering
from wrpc.policy.operands import PLACEMENT, REQUEST
from wrpc.policy.parts import WORDS, Parts
from wrpc.policy.readings import Reading
from wrpc.source import Span
from wrpc.syntax import tree

UNREAD = frozenset((*v.DESTINATION, "role", "causes", "context", "price", "cost"))
"""What a destination has by itself."""

_AIMS: Mapping[str, m.Aim] = {"cost": "cost", "power": "power", "sites": "sites"}
_PLACE = (tree.Require, tree.Budget, tree.Apart, tree.Prefer)


class Machines:
    def __init__(self, reader: Reader, lowering: Lowering, faults: Faults) -> None:
        self.reader = reader
        self.lowering = lowering
        self.faults = faults

    def workload(self, section: tree.Section) -> m.Workload | None:
        parts = Parts(section, self.reader, (tree.When,), once=(tree.When,))
        given = parts.attributes
        clause = parts.one(tree.When)
        when = self.lowering.condition(clause.condition, REQUEST) if clause else None
        if clause is not None and when is None:
            return None
        lengths, share = self.lengths(given)
        made = {"slo": m.Slo(), "prompt_share": share, **given.fields(m.Workload)}
        made |= {"rate": self.rate(given), "lengths": lengths}
        return m.Workload(
            name=_name(section),
            when=when,
            span=section.title,
            spans=given.spans,
            **made,
        )

    def rate(self, given: Reading) -> tuple[Fraction, ...]:
        rate = given.values.get("rate")
        if isinstance(rate, m.Amount):
            return (rate.value,)
        hours = tuple(a.value for a in given.get("rate", tuple) or () if isinstance(a, m.Amount))
        if hours and len(hours) != 24:
            self.faults.add(
                codes.WRONG_ARGUMENTS,
                f"a rate by hour has 24 numbers, found {len(hours)}",
                given.spans["rate"],
            )
        return hours

    def lengths(self, given: Reading) -> tuple[m.Value | None, Fraction | None]:
        """The distribution and the share of the prompt in it, wherever of its spellings that stands."""
        lengths = given.value("lengths")
        share: object = None
        if isinstance(lengths, m.Invocation) and "prompt_share" in lengths.named:
            named = dict(lengths.named)
            share = named.pop("prompt_share")
            lengths = m.Invocation(lengths.name, lengths.arguments, named)
        elif isinstance(lengths, Mapping) and "prompt_share" in lengths:
            rest = dict(lengths)
            share = rest.pop("prompt_share")
            lengths = rest
        if share is None:
            return lengths, None
        if isinstance(share, m.Amount) and share.dimension == "" and 0 <= share.value <= 1:
            return lengths, share.value
        self.faults.add(codes.OUT_OF_RANGE, "`prompt_share` is a plain number between 0 and 1", given.spans["lengths"])
        return lengths, None

    def model(self, section: tree.Section) -> m.Model:
        given = Parts(section, self.reader, ()).attributes
        return m.Model(name=_name(section), span=section.title, **given.fields(m.Model))

    def site(self, section: tree.Section) -> m.Site:
        given = Parts(section, self.reader, ()).attributes
        return m.Site(name=_name(section), span=section.title, spans=given.spans, **given.fields(m.Site))

    def pool(self, section: tree.Section) -> m.Pool:
        given = Parts(section, self.reader, ()).attributes
        self.labels(section)
        for phase in ("prefill", "decode"):
            if "role" in given.spans and phase in given.spans:
                self.faults.add(
                    codes.CONTRADICTING_PARTS,
                    f"a pool has a `role`, or phases of its own: `role` and `{phase}` stand together",
                    given.spans[phase],
                )
        self.tiers(given)
        return m.Pool(name=_name(section), span=section.title, spans=given.spans, **given.fields(m.Pool))

    def tiers(self, pool: Reading) -> None:
        """One tier by `tier` and `size`, or several by their names; never both."""
        cache = pool.get("kv_cache", Reading) or Reading()
        one = next((name for name in ("tier", "size") if name in cache.spans), None)
        named = cache.get("tiers", dict)
        if one is None or not named:
            return
        first = next(iter(named))
        self.faults.add(
            codes.CONTRADICTING_PARTS,
            f"a `kv_cache` has one `tier` and its `size`, or tiers by name: `{one}` and `{first}` stand together",
            cache.spans[first],
            related=[Related(cache.spans[one], f"`{one}` stands here")],
            help="write each tier with its size, such as `cpu 64GiB  disk 2TiB`",
        )

    def labels(self, section: tree.Section) -> None:
        """What has the name of an attribute is never read as a label."""
        for label in labels.written(section):
            if label.name.text in UNREAD:
                self.faults.add(
                    codes.UNREAD_LABEL,
                    f"the label `{label.name.text}` has the name of an attribute, which is read instead",
                    label.name.span,
                    help="set the attribute of the pool, or rename the label",
                )

    def place(self, section: tree.Section) -> m.Place | None:
        parts = Parts(section, self.reader, _PLACE, once=(tree.Budget, tree.Apart, tree.Prefer))
        given = parts.attributes
        rules: list[m.PlaceRule] = []
        clauses = parts.of(tree.Require)
        for clause in clauses:
            what = self.lowering.condition(clause.what, PLACEMENT)
            when = None if clause.condition is None else self.lowering.condition(clause.condition, PLACEMENT)
            if what is not None and (when is not None or clause.condition is None):
                rules.append(m.PlaceRule(what, when, clause.span))
        budget, aims = self.budget(parts), parts.one(tree.Prefer)
        for name in ("pools", "sites"):
            if given.values.get(name) == ():
                self.faults.add(
                    codes.EMPTY_LIST, f"`{name}` is empty, so the rule is about nothing", given.spans[name],
                    help=f"name some, or leave `{name}` out: then the rule is about all",
                )  # fmt: skip
        if len(rules) < len(clauses):
            return None
        alone = {WORDS[type(clause)]: clause.span for clause in parts.clauses if not isinstance(clause, tree.Require)}
        return m.Place(
            name=_name(section),
            span=section.title,
            requires=tuple(rules),
            budget=budget,
            apart=parts.one(tree.Apart) is not None,
            prefer=self.aims(aims) if aims is not None else (),
            spans={**given.spans, **alone},
            **given.fields(m.Place),
        )

    def aims(self, clause: tree.Prefer) -> tuple[m.Aim, ...]:
        first: dict[m.Aim, Span] = {}
        for word in clause.what:
            aim = _AIMS.get(word.text)
            if aim is None:
                self.reader.one_of(word, tuple(_AIMS), "`prefer`")
            elif aim in first:
                self.reader.twice(aim, "prefer", word.span, first[aim])
            else:
                first[aim] = word.span
        return tuple(first)

    def budget(self, parts: Parts) -> Fraction | None:
        clause = parts.one(tree.Budget)
        if clause is None:
            return None
        if clause.per is not None:
            self.faults.add(
                codes.MISPLACED_PART, "the budget of a place is for all of it, and has no `per`", clause.per.span
            )
        read = self.reader.quantity(k.Quantity("USD/s", low=k.ZERO), clause.amount, "budget")
        return read.value if read else None

    def target(self, section: tree.Section) -> m.TargetSettings:
        """Which settings there are is known here; what each takes is the target's own to check."""
        known = v.SETTINGS.get(_name(section).replace("-", "_"))
        settings: dict[str, m.Value] = {}
        spans: dict[str, Span] = {}
        for item in section.items:
            if not isinstance(item, tree.Attribute):
                continue
            name = item.name.text
            if name in spans:
                self.reader.twice(name, "target", item.name.span, spans[name])
                continue
            spans[name] = item.span
            if known is not None and name not in known:
                best = self.faults.suggest(name, known)
                self.faults.add(
                    codes.UNKNOWN_TARGET_SETTING,
                    f"`target {_name(section)}` has no setting `{name}`",
                    item.name.span,
                    help=best or "settings are " + ", ".join(f"`{k}`" for k in known),
                    fixes=self.reader.names.rename(item.name, known) if best else (),
                )
            value = self.reader.free.value(item.value)
            if value is not None:
                settings[name] = value
        return m.TargetSettings(_name(section), settings, section.title, spans)


def _name(section: tree.Section) -> str:
    return section.name.text if section.name else ""
