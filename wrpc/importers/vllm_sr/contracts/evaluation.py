"""Measurements of models: numbers with names, dates, and indices that are made of one thing each."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from wrpc.importers.document import Items, Keys, Scalar
from wrpc.importers.nodes import entries_of, items_of, keys_of, line, place, text_of
from wrpc.importers.vllm_sr.contracts.judged import Judged

NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def judge(judged: Judged) -> None:
    section = keys_of(judged.root, "evaluation")
    for record in entries_of(section, "records"):
        _record(judged, record)
    for benchmark in entries_of(section, "benchmarks"):
        for metric in entries_of(benchmark, "metrics"):
            _range(judged, metric)
    for index in entries_of(section, "indices"):
        for component in entries_of(index, "components"):
            if ("metric" in component) == ("index" in component):
                judged.contradict(
                    "a component of an index is made of a `metric` or of an `index`", line(component.span)
                )


def _record(judged: Judged, record: Keys) -> None:
    metrics = keys_of(record, "metrics")
    if metrics is not None and not metrics.pairs:
        judged.missing("`metrics` of a measurement is empty", record.key("metrics"))
    for key, pair in metrics.pairs.items() if metrics is not None else ():
        if not NAME.fullmatch(key):
            judged.refuse(
                f"`{key}` is not the name of a metric: small letters, digits, `.`, `_` and `-`", pair.key.span
            )
    metadata = keys_of(record, "metadata")
    for key, pair in metadata.pairs.items() if metadata is not None else ():
        if isinstance(pair.value, Keys | Items) or not key.strip():
            judged.refuse(f"`{key}` of `metadata` is not a single value with a name", pair.key.span)
    measured = text_of(record, "measured_at")
    if measured and not _is_date(measured):
        judged.refuse(
            f"`measured_at` is `{measured}`, where a date such as `2026-01-31` is expected",
            place(record, "measured_at"),
        )


def _is_date(text: str) -> bool:
    try:
        return DATE.fullmatch(text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _range(judged: Judged, metric: Keys) -> None:
    ends = [item.value for item in items_of(metric, "range") if isinstance(item, Scalar)]
    numbers = [end for end in ends if isinstance(end, int | Fraction)]
    if "range" in metric and (len(numbers) != 2 or not numbers[0] < numbers[1]):
        judged.refuse("`range` of a metric needs two numbers, the lower one first", place(metric, "range"))
