"""What tests found and what they try, as text, as JSON and as JUnit's XML; and tests for what they leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from wrpc.policy.model import Int, Policy, Real, Score, Set, Signal, String
from wrpc.policy.wording import quoted
from wrpc.report import junit, units
from wrpc.report.json import VERSION, dumps
from wrpc.report.screen import Line
from wrpc.report.text import counted, place

if TYPE_CHECKING:
    from wrpc.analysis.tested import Covered, Missed, Ran, Tested
    from wrpc.decide.decision import Decision

SHOWN = 20  # cases that no test tries, in the text; JSON has all


def text(found: Tested, policy: Policy) -> Iterator[Line]:
    failed = [r for r in found.ran if r.problem is not None]
    for ran in failed:
        assert ran.problem is not None, "a test that failed has a problem"
        yield (("failed ", "refuted"), (ran.problem.message, ""))
        yield (("  --> ", "label"), (place(ran.test.span), "place"))
        if ran.problem.help:
            yield (("  help: ", "label"), (ran.problem.help, ""))
    if failed:
        yield ()
    missed = [(rule, one) for rule in found.rules for one in rule.missed]
    for rule, one in missed[:SHOWN]:
        yield from _missed(rule, one, policy)
    if len(missed) > SHOWN:
        yield ((f"  … and {len(missed) - SHOWN} more; --format json has all", ""),)
    if missed:
        yield ()
    passed = f"{len(found.ran) - len(failed)} of {counted(len(found.ran), 'test')} passed"
    tried = f"{found.hit} of {counted(found.of, 'case')} tried{percent(found)}"
    yield ((passed, "error" if failed else "proved"), (f"; {tried}", ""))
    if any(one.request is not None for _, one in missed):
        yield (("--update writes a test for each case that is not tried", ""),)


def percent(found: Tested) -> str:
    return f" ({100 * found.hit // found.of}%)" if found.of else ""


def _missed(rule: Covered, one: Missed, policy: Policy) -> Iterator[Line]:
    what = "" if one.condition == "true" else f"  {one.condition}"
    yield (("not tried ", "warning"), (rule.subject, "strong"), (what, ""))
    request = "no request was found within the solver's limit"
    if one.request is not None:
        dimensions = {
            s.name: s.type.dimension for s in policy.signals.values() if isinstance(s.type, Int | Real)
        }  # fmt: skip
        request = f"e.g. {units.request(one.request, dimensions)}"
    yield (("  --> ", "label"), (place(rule.span), "place"), (f"  {request}", ""))


def json(found: Tested) -> str:
    return dumps(document(found), indent=2) + "\n"


def document(found: Tested) -> dict[str, object]:
    return {
        "version": VERSION,
        "verdict": "pass" if found.passed else "fail",
        "tests": [_test(ran) for ran in found.ran],
        "coverage": {"rules": [_rule(rule) for rule in found.rules], "hit": found.hit, "of": found.of},
    }


def _test(ran: Ran) -> dict[str, object]:
    return {
        "name": ran.test.title,
        "span": ran.test.span.json(),
        "verdict": "pass" if ran.passed else "fail",
        "message": None if ran.problem is None else ran.problem.message,
    }


def _rule(rule: Covered) -> dict[str, object]:
    return {
        "subject": rule.subject,
        "span": rule.span.json(),
        "hit": rule.hit,
        "of": rule.of,
        "missed": [
            {"condition": m.condition, "request": None if m.request is None else dict(m.request)} for m in rule.missed
        ],
    }


def cases(found: Tested) -> list[junit.Case]:
    """A case of JUnit's for each test."""
    from wrpc.report.places import path

    made = []
    for ran in found.ran:
        said = "" if ran.problem is None else "\n".join(t for t in (ran.problem.message, ran.problem.help) if t)
        span = ran.test.span
        made.append(
            junit.Case(path(span.source), "test", ran.test.title, "passed" if ran.passed else "failed", said, span.line)
        )
    return made


# ── Tests for what is left out ────────────────────────────────────────────


def blocks(policy: Policy, found: Tested) -> list[str]:
    """A test for each case that none tries, as it stands in a file. One request may try several."""
    titles = {test.title for test in policy.tests}
    made: list[str] = []
    tried: list[object] = []
    for rule in found.rules:
        for one in rule.missed:
            if one.request is None or one.decision is None or one.request in tried:
                continue
            given = _given(policy, one.request)
            if given is None:
                continue
            tried.append(one.request)
            title = _title(rule, one, titles)
            titles.add(title)
            made.append(f"test {quoted(title)} {{\n  given {{ {given} }}\n  expect {{ {_expect(one.decision)} }}\n}}")
    return made


def _title(rule: Covered, one: Missed, taken: set[str]) -> str:
    title = rule.subject if one.condition == "true" else f"{rule.subject}: {one.condition}"
    found, number = title, 1
    while found in taken:
        number += 1
        found = f"{title} ({number})"
    return found


def _given(policy: Policy, request: Mapping[str, object]) -> str | None:
    """None for a request that no test can say: a number that is no decimal."""
    parts = []
    for name, value in request.items():
        said = _value(policy.signals[name], value)
        if said is None:
            return None
        parts.append(f"{units.name(name)} {said}")
    return "  ".join(parts)


def _value(signal: Signal, value: object) -> str | None:
    if value is None:
        return "null"
    match signal.type:
        case String():
            return quoted(str(value))
        case Int(dimension=dimension) | Real(dimension=dimension):
            return None if isinstance(value, str) else _number(value, dimension)
        case Score():
            return None if isinstance(value, str) else _number(value, "")
        case Set():
            assert isinstance(value, list | tuple), "a set is written as a list"
            return "[" + ", ".join(units.name(str(v)) for v in value) + "]"
        case _:
            return str(value).lower() if isinstance(value, bool) else units.name(str(value))


def _number(value: object, dimension: str) -> str | None:
    assert isinstance(value, int | float | Fraction), "a number's value is one"
    written = units.number(value, dimension)
    return None if "/" in written and not dimension else written


def _expect(decision: Decision) -> str:
    if decision.action == "deny":
        route = "" if decision.route is None else f"route {units.name(decision.route)}  "
        return f"{route}action deny" + ("" if decision.reason is None else f"  reason {quoted(decision.reason)}")
    if decision.route is None:
        return "action unrouted"
    primaries = [d.pool for d in decision.destinations if d.role == "primary"]
    return f"route {units.name(decision.route)}" + (f"  pool {units.name(primaries[0])}" if primaries else "")


def written(source_text: str, tests: list[str], behind: int | None) -> str:
    """The text of a file with more tests: behind the last of its tests, or at its end. Nothing else is touched."""
    from wrpc.source import Source
    from wrpc.syntax.format import format_file
    from wrpc.syntax.parse import parse

    added = format_file(parse(Source("tests", "\n".join(tests) + "\n"))[0])
    if behind is None:
        return source_text.rstrip("\n") + "\n\n" + added
    end = source_text.find("\n", behind)
    end = len(source_text) if end < 0 else end + 1
    head = source_text[:end] if source_text[:end].endswith("\n") else source_text[:end] + "\n"
    return head + added + source_text[end:]
