"""What a change of policy does, for people: on a terminal, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wrpc.decide.decision import Decision
from wrpc.letters import visible
from wrpc.report import units
from wrpc.report.decision import budget, destinations
from wrpc.report.screen import Line
from wrpc.verify.diff import Change, Changes

STYLES = {"weaker": "error", "stronger": "proved", "different": "warning", "same": "proved", "open": "open"}
MEANS = {
    "weaker": "the new policy lets some requests do more",
    "stronger": "the new policy lets no request do more, and some do less",
    "different": "some requests are served otherwise, none with more or less allowed",
    "same": "every request is told the same",
    "open": "whether the new policy is weaker is not known",
}
MOST = 50
"""Changes that are spelled out for people; JSON has them all."""

Names = Mapping[str, str]


def render(found: Changes, dimensions: Names | None = None) -> Iterator[Line]:
    for change in found.changes[:MOST]:
        yield ((f"{change.effect}: ", STYLES[change.effect]), (what(change), ""))
        if change.region is not None:
            yield (("  when: ", "label"), (change.region, ""))
        yield (("  with: ", "label"), (units.request(change.witness, dimensions), ""))
        yield (("  old: ", "label"), (outcome(change.old), "old"))
        yield (("  new: ", "label"), (outcome(change.new), "new"))
        yield (("  rules: ", "label"), (", ".join(_subject(s) for s in change.subjects), ""))
        yield ()
    if len(found.changes) > MOST:
        yield ((f"and {len(found.changes) - MOST} more changes; --format json shows each", ""),)
        yield ()
    for each in found.open:
        code = f"{each.code} " if each.code else ""
        yield (("open: ", "open"), (f"{code}{each.why}", ""))
        if each.witness is not None:
            yield (("  with: ", "label"), (units.request(each.witness, dimensions), ""))
        yield ()
    if found.rules:
        yield (("rules: ", "label"), (", ".join(f"{_subject(r.subject)} {r.change}" for r in found.rules), ""))
    yield ((f"{found.verdict}: {MEANS[found.verdict]}{counted(found.changes)}", STYLES[found.verdict]),)


def what(change: Change) -> str:
    """The change in a few words."""
    old, new = change.old, change.new
    match old.action, new.action:
        case "deny", "route":
            return "requests that were denied are served"
        case "unrouted", "route":
            return "requests that no route took are served"
        case "route", "deny":
            return "requests that were served are denied"
        case "route", "unrouted":
            return "requests that were served are taken by no route"
        case "route", "route":
            return _served(old, new)
        case _:
            return "requests are denied otherwise"


def _served(old: Decision, new: Decision) -> str:
    more, fewer = (_names(set(a.pools) - set(b.pools)) for a, b in ((new, old), (old, new)))
    if more and fewer:
        return f"requests go to {more} instead of {fewer}"
    if more or fewer:
        return f"requests can go to {more}" if more else f"requests no longer go to {fewer}"
    lost, gained = (_names(_asked(a) - _asked(b)) for a, b in ((old, new), (new, old)))
    if lost:
        return f"requests are no longer asked for {lost}"
    return f"requests are asked for {gained}" if gained else "requests are served otherwise"


def _names(names: set[str]) -> str:
    shown = [f"`{n}`" for n in sorted(names)]
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def _asked(decision: Decision) -> set[str]:
    return {*decision.obligations, *(o for d in decision.destinations for o in d.obligations)}


def outcome(decision: Decision) -> str:
    """A decision on one line."""
    if decision.action == "unrouted":
        return "unrouted"
    if decision.action == "deny":
        by = f" ({_subject(decision.by)})" if decision.by else ""
        return f"deny: {decision.reason}{by}"
    name = decision.route or ""
    # An entry of a compiled file says itself what it is of.
    taker = name if name == "default" or name.startswith(("route ", "signal ")) else f"route {units.name(name)}"
    others = f", stand in on {', '.join(decision.others)}" if decision.others else ""
    asked = f"; asked for {', '.join(decision.obligations)}" if decision.obligations else ""
    budgets = "".join(f"; {budget(b)}" for b in decision.budgets)
    return f"{taker} → {destinations(decision.destinations)}{others}{budgets}{asked}"


def counted(changes: Sequence[Change]) -> str:
    counts = {e: sum(c.effect == e for c in changes) for e in ("weaker", "stronger", "different")}
    said = ", ".join(f"{n} {e}" for e, n in counts.items() if n)
    return f" ({said})" if said else ""


def _subject(subject: str) -> str:
    kind, _, name = subject.partition(" ")
    return f"{kind} {units.name(name)}" if name else kind


# ── Markdown ──────────────────────────────────────────────────────────────


def markdown(found: Changes, dimensions: Names | None = None) -> Iterator[Line]:
    """A comment on a pull request: the verdict, a table of changes, the rules that were touched."""
    for line in _markdown(found, dimensions):
        yield ((line, ""),)


def _markdown(found: Changes, dimensions: Names | None) -> Iterator[str]:
    yield f"### Policy change: **{found.verdict}**"
    yield ""
    yield MEANS[found.verdict][0].upper() + MEANS[found.verdict][1:] + counted(found.changes) + "."
    if found.changes:
        yield ""
        yield "| effect | requests | old | new | rules |"
        yield "| --- | --- | --- | --- | --- |"
        for change in found.changes[:MOST]:
            example = units.request(change.witness, dimensions)
            where = f"{_cell(change.region)}<br>e.g. {_cell(example)}" if change.region else _cell(example)
            rules = ", ".join(_cell(_subject(s)) for s in change.subjects)
            row = f"**{change.effect}**", where, _cell(outcome(change.old)), _cell(outcome(change.new)), rules
            yield f"| {' | '.join(row)} |"
        if len(found.changes) > MOST:
            yield ""
            yield f"and {len(found.changes) - MOST} more changes."
    for each in found.open:
        yield ""
        shown = "" if each.witness is None else f", such as {_cell(units.request(each.witness, dimensions))}"
        yield f"**Open:** {_cell(each.why)}{shown}"
    if found.rules:
        yield ""
        yield "Rules: " + ", ".join(f"{_cell(_subject(r.subject))} {r.change}" for r in found.rules)


def _cell(text: str) -> str:
    """As code, on one line of a table: nothing in a name or a text is Markdown or HTML there."""
    text = visible(text).replace("|", "\\|")
    longest = run = 0
    for letter in text:
        run = run + 1 if letter == "`" else 0
        longest = max(longest, run)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{text}{pad}{fence}"
