"""What runs and where: workloads, models, sites, pools, places; and the settings of targets."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from wrpc.policy import codes
from wrpc.policy import model as m
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader, Reading
from wrpc.policy.faults import Faults
from wrpc.policy.lower import Lowering
from wrpc.policy.operands import PLACEMENT, REQUEST
from wrpc.policy.parts import Parts
from wrpc.source import Span
from wrpc.syntax import tree

_ROLES: dict[str, Literal["prefill", "decode", "both"]] = {"prefill": "prefill", "decode": "decode", "both": "both"}


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
        slo = given.get("slo", Reading) or Reading()
        return m.Workload(
            name=_name(section),
            when=when,
            rate=self.rate(given),
            lengths=lengths,
            prompt_share=given.fraction("prompt_share") if "prompt_share" in given.values else share,
            slo=m.Slo(*(slo.fraction(n) for n in v.BLOCKS["slo"])),
            span=section.title,
            labels=given.table("labels"),
            description=given.get("description", str) or "",
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
        return m.Model(
            name=_name(section),
            span=section.title,
            source=given.get("source", str),
            context=given.whole("context"),
            max_output=given.whole("max_output"),
            weights=given.fraction("weights"),
            kv_per_token=given.fraction("kv_per_token"),
            parameters=given.fraction("parameters"),
            layers=given.whole("layers"),
            heads=given.whole("heads"),
            modality=given.get("modality", str),
            quality=given.fraction("quality"),
            labels=given.table("labels"),
            description=given.get("description", str) or "",
        )

    def site(self, section: tree.Section) -> m.Site:
        given = Parts(section, self.reader, ()).attributes
        return m.Site(
            name=_name(section),
            span=section.title,
            region=given.get("region", str),
            zones=given.texts("zones"),
            gpus={gpu: int(count) for gpu, count in given.amounts("gpus").items()},
            power=given.fraction("power"),
            price=given.amounts("price"),
            labels=given.table("labels"),
            description=given.get("description", str) or "",
        )

    def pool(self, section: tree.Section) -> m.Pool:
        given = Parts(section, self.reader, ()).attributes
        labels = given.table("labels")
        self.labels(section, labels, v.DESTINATION)
        for phase in ("prefill", "decode"):
            if "role" in given.spans and phase in given.spans:
                self.faults.add(
                    codes.CONTRADICTING_PARTS,
                    f"a pool has a `role`, or phases of its own: `role` and `{phase}` stand together",
                    given.spans[phase],
                )
        kv, price = given.get("kv_cache", Reading), given.get("price", Reading)
        return m.Pool(
            name=_name(section),
            span=section.title,
            model=given.get("model", str),
            engine=given.get("engine", str),
            endpoint=given.get("endpoint", str) or given.get("endpoint", m.Env),
            provider=given.get("provider", str),
            region=given.get("region", str),
            site=given.get("site", str),
            trust=given.get("trust", str),
            gpu=given.get("gpu", str),
            replicas=given.bounds("replicas"),
            tensor_parallel=given.whole("tensor_parallel"),
            pipeline_parallel=given.whole("pipeline_parallel"),
            context=given.whole("context"),
            role=_ROLES.get(given.get("role", str) or ""),
            prefill=_phase(given.get("prefill", Reading)),
            decode=_phase(given.get("decode", Reading)),
            kv_cache=m.KvCache(kv.get("tier", str), kv.fraction("size"), kv.get("share", str)) if kv else None,
            price=m.Price(price.fraction("input"), price.fraction("output")) if price else None,
            concurrency=given.whole("concurrency"),
            labels=labels,
            description=given.get("description", str) or "",
        )

    def labels(self, section: tree.Section, labels: Mapping[str, m.Value], taken: tuple[str, ...]) -> None:
        """A label with the name of an attribute could never be asked for."""
        for item in section.items:
            if not isinstance(item, tree.Attribute) or not isinstance(item.value, tree.Block):
                continue
            for label in item.value.attributes if item.name.text == "labels" else ():
                if label.name.text in taken and label.name.text in labels:
                    self.faults.add(
                        codes.RESERVED_WORD,
                        f"the label `{label.name.text}` has the name of an attribute",
                        label.name.span,
                        help="set the attribute of the pool, or rename the label",
                    )

    def place(self, section: tree.Section) -> m.Place | None:
        parts = Parts(section, self.reader, (tree.Require, tree.Budget), once=(tree.Budget,))
        given = parts.attributes
        rules: list[m.PlaceRule] = []
        clauses = parts.of(tree.Require)
        for clause in clauses:
            condition = self.lowering.condition(clause.what, PLACEMENT)
            if clause.condition is not None:
                self.faults.add(
                    codes.MISPLACED_PART,
                    "a rule of `place` has no `when`: it speaks of pools and sites, not of requests",
                    clause.span,
                )
            elif condition is not None:
                rules.append(m.PlaceRule(condition, clause.span))
        budget = self.budget(parts)
        if len(rules) < len(clauses):
            return None
        return m.Place(
            name=_name(section),
            span=section.title,
            pools=given.texts("pools"),
            sites=given.texts("sites"),
            requires=tuple(rules),
            budget=budget,
            power=given.fraction("power"),
            limit=given.table("limit"),
            spread=given.value("spread"),
            prefer=given.value("prefer"),
            labels=given.table("labels"),
            description=given.get("description", str) or "",
        )

    def budget(self, parts: Parts) -> Fraction | None:
        clause = parts.one(tree.Budget)
        if clause is None:
            return None
        if clause.per is not None:
            self.faults.add(
                codes.MISPLACED_PART, "the budget of a place is for all of it, and has no `per`", clause.per.span
            )
        read = self.reader.quantity(v.Quantity("USD/s", low=v.ZERO), clause.amount, "budget")
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
            value = self.reader.free(item.value)
            if value is not None:
                settings[name] = value
        return m.TargetSettings(_name(section), settings, section.title, spans)


def _name(section: tree.Section) -> str:
    return section.name.text if section.name else ""


def _phase(given: Reading | None) -> m.Phase | None:
    if given is None:
        return None
    return m.Phase(
        given.get("gpu", str),
        given.bounds("replicas"),
        given.whole("tensor_parallel"),
        given.whole("pipeline_parallel"),
    )
