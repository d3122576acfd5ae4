"""Scores, mappings and partitions of a recipe into scores, bands and groups of a policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from wrpc.diagnostics import Related, did_you_mean, finding
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.faults import unique
from wrpc.importers.nodes import entries_of, items_of, line, named, number_of, place, text_of
from wrpc.importers.sketch import Names, compare, conj, name, negate, number, path, sum_of
from wrpc.importers.vllm_sr import ranges
from wrpc.importers.vllm_sr.catalog import Catalog, Leaf, confidence, raw
from wrpc.importers.vllm_sr.draft import Signals
from wrpc.source import Span
from wrpc.syntax import tree

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(slots=True)
class Projections:
    """What is made of `projections`; `reach` has the least and the greatest value of each score."""

    signals: Signals
    section: Keys | None
    declarations: list[tree.Declaration] = field(default_factory=list)
    reach: dict[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    circular: set[str] = field(default_factory=set)

    @property
    def catalog(self) -> Catalog:
        return self.signals.catalog


def raw_embeddings(section: Keys | None) -> frozenset[str]:
    """The embeddings that some score reads as a number, whether they fire or not."""
    inputs = (i for score in entries_of(section, "scores") for i in entries_of(score, "inputs"))
    return frozenset(
        text_of(i, "name") or ""
        for i in inputs
        if text_of(i, "type") == "embedding" and text_of(i, "value_source") == "raw"
    )


def read(projections: Projections) -> None:
    """Scores first, each after those that it is made of; then mappings. Partitions belong to the signals."""
    section, catalog = projections.section, projections.catalog
    scores = {text_of(e, "name") or "": e for e in unique(entries_of(section, "scores"), "scores", catalog.report)}
    for own in scores:
        _score(own, scores, projections, ())
    for entry in unique(entries_of(section, "mappings"), "mappings", catalog.report):
        _mapping(entry, scores, projections)


# ── Partitions ────────────────────────────────────────────────────────────


def partitions(signals: Signals, section: Keys | None) -> None:
    """Groups with a default. One over domains takes the place of the group that the classifier makes."""
    for entry in unique(entries_of(section, "partitions"), "partitions", signals.catalog.report):
        own, at = text_of(entry, "name") or "", named(entry)
        members = [m for i in items_of(entry, "members") if (m := _member(signals, own, i.span, _word(i)))]
        default = text_of(entry, "default")
        inside = next((m for r, m in members if r == default), None)
        if default is not None and inside is None:
            message = f"the default `{default}` of partition `{own}` is not one of its members"
            hint = did_you_mean(default, [r for r, _ in members])
            signals.catalog.report.add(finding(codes.DANGLING, message, place(entry, "default"), help=hint))
        names = [m.name for _, m in members]
        if text_of(entry, "semantics") == "softmax_exclusive":
            signals.catalog.report.omit(
                f"the `softmax` of partition `{own}`", at, severity="info",
                why="it changes how sure a member is, not which one wins",
            )  # fmt: skip
        signals.groups = [g for g in signals.groups if not {m.text for m in g.members} & set(names)]
        signals.group(own, names, at, inside.name if inside else None)


def _word(node: object) -> str:
    found = getattr(node, "value", "")
    return found if isinstance(found, str) else ""


def _member(signals: Signals, partition: str, at: Span, reference: str) -> tuple[str, Leaf] | None:
    for kind in ("domain", "embedding"):
        if (kind, reference) in signals.catalog.leaves:
            signals.catalog.read.add((kind, reference))
            return reference, signals.catalog.leaves[kind, reference]
    known = [r for k, r in signals.catalog.leaves if k in ("domain", "embedding")]
    message = f"partition `{partition}` names `{reference}`, which is neither a domain nor an embedding"
    signals.catalog.report.add(finding(codes.DANGLING, message, at, help=did_you_mean(reference, known)))
    return None


# ── Scores ────────────────────────────────────────────────────────────────


def _score(own: str, scores: dict[str, Keys], projections: Projections, inside: tuple[str, ...]) -> None:
    """Declares a score, after those among `scores` that it reads."""
    catalog = projections.catalog
    if own in catalog.numbers or own not in scores:
        return
    entry = scores[own]
    if own in inside:
        circle = " → ".join(f"`{n}`" for n in (*inside[inside.index(own) :], own))
        projections.circular.add(own)
        catalog.report.add(finding(codes.CYCLE, f"scores are made of each other: {circle}", named(entry)))
        return
    terms: list[tuple[Fraction, tree.Expr | None]] = []
    low = high = ZERO
    for item in entries_of(entry, "inputs"):
        if text_of(item, "type") == "projection":
            _score(text_of(item, "name") or "", scores, projections, (*inside, own))
        found = _input(item, projections)
        weight = number_of(item, "weight")
        if found is None or weight is None:
            continue
        for scale, term, least, most in found:
            terms.append((weight * scale, term))
            ends = sorted((weight * scale * least, weight * scale * most))
            low, high = low + ends[0], high + ends[1]
    given = catalog.names.give(own, "score")
    catalog.numbers[own] = given
    projections.reach[own] = (low, high)
    at = catalog.scores[own] = named(entry)
    projections.declarations.append(tree.Score(at, name(given, at), sum_of(terms, at)))


Term = tuple[Fraction, tree.Expr | None, Fraction, Fraction]
"""A factor, what it stands before (None: nothing), and the least and greatest value of that."""


def _input(item: Keys, projections: Projections) -> list[Term] | None:
    catalog, at = projections.catalog, line(item.span)
    kind, own = text_of(item, "type"), text_of(item, "name")
    source = text_of(item, "value_source") or "binary"
    if kind is None:
        return None
    if kind == "kb_metric":
        return _metric(item, projections)
    if own is None:
        catalog.report.add(finding(codes.MISSING_KEY, f"an input of type `{kind}` names nothing", at))
        return None
    if kind == "projection":
        return _of_score(own, source, place(item, "name"), projections)
    leaf = catalog.leaf(kind, own, place(item, "name"))
    if leaf is None:
        return None
    flag = leaf.condition(at)
    if source == "raw":
        if leaf.form == "score":
            return [(ONE, raw(leaf.name, at), -ONE if kind == "embedding" else ZERO, ONE)]
        catalog.report.omit(f"the raw value of `{own}`", at, why="a signal of its kind has none here; it counts 1 or 0")
    if source == "confidence":
        if leaf.form == "score":
            return [(ONE, confidence(leaf.name, at), ZERO, ONE)]
        if kind in ("structure", "complexity"):
            catalog.report.omit(f"how sure `{own}` is", at, why="it counts 1 or 0")
        return [(ONE, flag, ZERO, ONE)]
    match, miss = number_of(item, "match") or ONE, number_of(item, "miss") or ZERO
    terms: list[Term] = [] if match == miss else [(match - miss, flag, ZERO, ONE)]
    return [*terms, (miss, None, ONE, ONE)] if miss else terms


def _of_score(own: str, source: str, at: Span, projections: Projections) -> list[Term] | None:
    catalog = projections.catalog
    if source == "confidence":
        catalog.report.omit(
            f"how sure the output `{own}` is", at, why="the policy has no calibrated distance from a bound"
        )
        return None
    if own in projections.circular:
        return None
    if own not in catalog.numbers:
        message = f"no score is called `{own}`"
        catalog.report.add(finding(codes.DANGLING, message, at, help=did_you_mean(own, catalog.numbers)))
        return None
    catalog.read.add(("score", own))
    low, high = projections.reach[own]
    return [(ONE, path(catalog.numbers[own], at), low, high)]


def _metric(item: Keys, projections: Projections) -> list[Term] | None:
    """A metric of a knowledge base: a difference of two similarities, or one."""
    catalog, at = projections.catalog, line(item.span)
    base, metric = text_of(item, "kb"), text_of(item, "metric")
    if base is None or metric is None:
        message = f"an input of type `kb_metric` has no `{'metric' if base else 'kb'}`"
        catalog.report.add(finding(codes.MISSING_KEY, message, at))
        return None
    low = -ONE
    bases = {text_of(b, "name"): b for b in entries_of(projections.signals.setting("model_catalog"), "kbs")}
    if base in bases:
        metrics = {text_of(m, "name") or "": text_of(m, "type") for m in entries_of(bases[base], "metrics")}
        if metrics and metric not in metrics:
            message = f"knowledge base `{base}` has no metric `{metric}`"
            hint = did_you_mean(metric, metrics)
            catalog.report.add(finding(codes.DANGLING, message, place(item, "metric"), help=hint))
        low = ZERO if metrics.get(metric) in ("best_score", "best_matched_score") else low
    key = f"kb_metric:{base}:{metric}"
    if key not in catalog.numbers:
        catalog.numbers[key] = projections.signals.metric(metric, base, low, at)
    return [(ONE, path(catalog.numbers[key], at), low, ONE)]


# ── Mappings ──────────────────────────────────────────────────────────────


def _mapping(entry: Keys, scores: dict[str, Keys], projections: Projections) -> None:
    catalog, own, at = projections.catalog, text_of(entry, "name") or "", named(entry)
    source = text_of(entry, "source")
    if source is not None and source not in scores:
        message = f"mapping `{own}` reads the score `{source}`, which is not declared"
        hint = did_you_mean(source, scores)
        catalog.report.add(finding(codes.DANGLING, message, place(entry, "source"), help=hint))
    if entry.get("calibration") is not None:
        why = "it says how sure an output is, which decides nothing"
        catalog.report.omit(f"`calibration` of mapping `{own}`", entry.key("calibration"), severity="info", why=why)
    outputs = [o for e in unique(entries_of(entry, "outputs"), "outputs", catalog.report) if (o := _output(e, catalog))]
    if source is None or source not in catalog.numbers or not outputs:
        for output in outputs:
            catalog.add("projection", output.name, Leaf(catalog.names.give(output.name, "band"), "flag", output.at))
        return
    catalog.read.add(("score", source))
    catalog.owners["mapping", own] = (at, tuple(o.name for o in outputs))
    several = text_of(entry, "method") == "multi_emit"
    shares = ranges.shares(outputs)
    _report(own, outputs, shares, projections.reach[source], catalog, several=several)
    number_ = catalog.numbers[source]
    if not several and shares.is_band:
        _band(own, number_, shares, projections, at)
        return
    for index, output in enumerate(outputs):
        parts = _within(output, path(number_, output.at))
        if not several:
            earlier = (catalog.leaves["projection", o.name] for o in _before(outputs, index))
            parts += [negate(leaf.condition(output.at), output.at) for leaf in earlier]
        left = path(number_, output.at)
        given = catalog.names.give(output.name, own)
        whole = conj(parts or [compare(left, "==", left, output.at)], output.at)
        projections.declarations.append(tree.Let(output.at, name(given, output.at), whole))
        catalog.add("projection", output.name, Leaf(given, "flag", output.at))


def _before(outputs: list[ranges.Output], index: int) -> list[ranges.Output]:
    """The outputs that stand before one and share a number with it."""
    pairs = {(a.name, b.name) for a, b in ranges.shares(outputs[: index + 1]).overlaps}
    return [o for o in outputs[:index] if (o.name, outputs[index].name) in pairs]


def _output(entry: Keys, catalog: Catalog) -> ranges.Output | None:
    own, at = text_of(entry, "name") or "", named(entry)
    if ("projection", own) in catalog.leaves:
        first = catalog.leaves["projection", own].at
        message = f"two mappings have an output `{own}`"
        catalog.report.add(finding(codes.DUPLICATE_NAME, message, at, related=[Related(first, "first here")]))
        return None
    gt, gte, lt, lte = (number_of(entry, k) for k in ("gt", "gte", "lt", "lte"))
    low = max((b for b in (gt, gte) if b is not None), default=None)
    high = min((b for b in (lt, lte) if b is not None), default=None)
    return ranges.Output(own, at, low, low is not None and gt == low, high, high is not None and lt == high)


def _report(
    own: str,
    outputs: list[ranges.Output],
    shares: ranges.Shares,
    reach: tuple[Fraction, Fraction],
    catalog: Catalog,
    *,
    several: bool,
) -> None:
    low, high = reach
    for output in outputs:
        if ranges.shares([output]).reached(output, low, high):
            if several or shares.reached(output, low, high):
                continue
            why = "the outputs before it take all of its range"
        else:
            why = f"its range has no number of the score, which goes from {_say(low)} to {_say(high)}"
        message = f"output `{output.name}` of mapping `{own}` never fires: {why}"
        catalog.report.add(finding(codes.UNREACHABLE_OUTPUT, message, output.at))
    if several:
        return
    for first, second in shares.overlaps:
        message = f"outputs `{first.name}` and `{second.name}` of mapping `{own}` take the same numbers; the first wins"
        related = [Related(first.at, "the first")]
        catalog.report.add(finding(codes.MAPPING_OVERLAP, message, second.at, related=related))
    for below, above in shares.gaps:
        message = f"between outputs `{below.name}` and `{above.name}` of mapping `{own}` no output fires"
        catalog.report.add(finding(codes.MAPPING_GAP, message, above.at, related=[Related(below.at, "the lower one")]))


def _say(value: Fraction) -> str:
    return f"{float(value):g}"


def _band(own: str, number_: str, shares: ranges.Shares, projections: Projections, at: Span) -> None:
    catalog = projections.catalog
    given, names = catalog.names.give(own, "band"), Names()
    steps = []
    for run in shares.runs:
        where = at if run.output is None else run.output.at
        word = "none" if run.output is None else names.give(run.output.name, "output")
        if run.end is None:
            if run.output is not None:
                steps.append(tree.Step(where, name(word, where), "otherwise", None))
        else:
            edge: Literal["upto", "below"] = "upto" if run.closed else "below"
            steps.append(tree.Step(where, name(word, where), edge, number(run.end, where)))
        if run.output is not None:
            catalog.add("projection", run.output.name, Leaf(given, "band", where, word))
    projections.declarations.append(tree.Band(at, name(given, at), name(number_, at), tuple(steps)))


def _within(output: ranges.Output, left: tree.Expr) -> list[tree.Expr]:
    at, parts = output.at, []
    if output.low is not None:
        parts.append(compare(left, ">" if output.low_open else ">=", number(output.low, at), at))
    if output.high is not None:
        parts.append(compare(left, "<" if output.high_open else "<=", number(output.high, at), at))
    return list(parts)
