"""Faults as operators: each puts one of its kind wherever an original has a place for it.

Most replace a piece of a declaration's text. `told` is where the finding has to stand: the piece itself, or the head of
its declaration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.seeded.originals import Block, Faulty, Original
from wrpc.policy import model as m
from wrpc.policy import reading
from wrpc.policy.expr import All, Any, Condition
from wrpc.source import Span

Operator = Callable[[Original], Iterable[Faulty]]
ROUTES = ("route", "default")


@dataclass(frozen=True, slots=True)
class Swap:
    """Group 1 of the pattern becomes something else."""

    name: str
    code: str
    kinds: tuple[str, ...]
    pattern: str
    new: str | Callable[[str], str]
    head: bool = False
    only: tuple[str, ...] = ()

    def __call__(self, o: Original) -> Iterator[Faulty]:
        if self.only and o.name not in self.only:
            return
        for block in o.of(*self.kinds):
            for match in re.finditer(self.pattern, block.text, re.MULTILINE):
                new = self.new if isinstance(self.new, str) else self.new(match[1])
                start, end = block.start + match.start(1), block.start + match.end(1)
                yield o.changed(self.name, self.code, start, end, new, block.start if self.head else None)


def shorter(word: str) -> str:
    """Without its last letter but one: what a finger misses."""
    return word[:-2] + word[-1]


def mistaken(word: str) -> str:
    return word[0] + word[2] + word[1] + word[3:] if len(word) > 3 else word + "x"


DECLARED = ("route", "pool", "signal", "guard", "assert")
TO = r"\bto (\w+)"
CONTEXT = r"\bcontext ([\d_]+k?)"
ATTRIBUTES = r"\b(trust|context|region|provider)\b(?= )"
UNIT = r"\btimeout (\d+(?:s|min))\b"

SWAPS = (
    # ── 0xx ──
    Swap("keyword", "WRP009", DECLARED, rf"^({'|'.join(DECLARED)})\b", shorter),
    Swap("clause", "WRP009", ROUTES, r"[ {](when|fallback)\b", shorter),
    Swap("open string", "WRP002", ("policy", "pool", "model", "test"), r'"[^"\n]+(")(?=\s*$|  )', ""),
    Swap("open list", "WRP003", ("route", "guard", "let", "signal"), r"in \[[^\]\n]*(\])", ""),
    Swap("single equals", "WRP014", ("route", "guard", "assert", "let"), r" (==) ", "="),
    Swap("ampersands", "WRP014", ("route", "let"), r" (and) ", "&&"),
    Swap("value missing", "WRP001", ("pool", "model"), r"^  (?:context|trust|region)( \S+)$", ""),
    Swap("no tier", "WRP001", ("route",), r"^  tier( \d+)$", ""),
    Swap("no pool", "WRP001", ("route",), r"^  to( \w+)$", ""),
    Swap("brace", "WRP003", ("pool", "model", "signal"), r"^\w.*\w( \})$", ""),
    Swap("assigned", "WRP014", ("pool", "model"), r"\b(?:context|trust|region)( )", " = "),
    Swap("no comma", "WRP017", ("route", "guard", "let"), r"\[\w+(, )\w+", " "),
    Swap("dash", "WRP016", ("pool",), r"^pool (\w+)", "our-pool"),
    Swap("thousands", "WRP019", ("route", "guard", "let"), r"[<>]=? (\d+k)\b", lambda n: n[:-1] + ",000"),
    Swap("split unit", "WRP019", ROUTES, r"\btimeout \d+()s", " "),
    # ── 1xx ──
    Swap("pool typo", "WRP101", ROUTES, TO, lambda p: p + "x"),
    Swap("fallback typo", "WRP101", ROUTES, r"\bfallback (\w+)(?! others)", lambda p: p + "_2"),
    Swap("model typo", "WRP101", ("pool",), r"\bmodel (\w+)", lambda n: n + "s"),
    Swap("signal typo", "WRP101", ("route", "guard", "let"), r"\b(tokens|role|turns)\b(?= [<>=!i])", mistaken),
    Swap("attribute typo", "WRP110", ("pool", "model"), ATTRIBUTES, shorter),
    Swap("setting typo", "WRP110", ROUTES, r"\b(timeout|retries)(?= \d)", shorter),
    Swap("twice", "WRP111", ("pool",), r'(trust "\w+"|context [\d_]+k?)', lambda a: f"{a}  {a}"),
    Swap("string for number", "WRP112", ("pool", "model"), CONTEXT, '"large"'),
    Swap("word for number", "WRP112", ROUTES, r"\bretries (\d+)", "many"),
    Swap("number for string", "WRP112", ("pool",), r'\btrust ("\w+")', "7"),
    Swap("bytes for tokens", "WRP113", ("pool", "model"), CONTEXT, "16GiB"),
    Swap("seconds for tokens", "WRP113", ("route", "guard", "let"), r"\btokens [<>]=? (\w+)", "8s"),
    Swap("tokens for seconds", "WRP113", ROUTES, UNIT, "16k"),
    Swap("unit", "WRP114", ROUTES, UNIT, "30furlongs"),
    Swap("threshold", "WRP115", ("signal",), r"\bthreshold (0\.\d+)", "1.5"),
    Swap("share", "WRP115", ROUTES, r"\bmirror \w+ (\d+%)", "150%"),
    Swap("engine", "WRP118", ("pool",), r"\bengine (vllm)", "vlllm"),
    Swap("gpu", "WRP118", ("pool",), r"\bgpu (\w+)", lambda g: g + "x"),
    Swap("member", "WRP101", ("route", "guard"), r"\brole == (\w+)", mistaken),
    Swap("source", "WRP106", ("signal",), r"\bsource (prompt_tokens|total_tokens|turns|tools)\b", shorter),
    Swap("cause", "WRP106", ROUTES, r"\bon (timeout|overload)", shorter),
    Swap("bare score", "WRP121", ("route",), r"\bwhen (pii|law|maths|risk)\b", lambda s: f"{s} > 0.5"),
    Swap("is true", "WRP123", ("route", "let"), r"(?:when|and) (batch|code|hard|premium)\b", lambda s: f"{s} == true"),
    Swap("no action", "WRP130", ("route",), r"((?<=  )to \w+(?=  | \}|$))", "", head=True),
    Swap("two actions", "WRP131", ROUTES, r"((?<=  )to \w+(?=  | \}|$))", lambda a: a + '  deny "no"'),
    Swap("partial weights", "WRP132", ROUTES, r"\bto \w+ weight \d+, \w+( weight \d+)", ""),
    Swap("condition of a pool", "WRP110", ("pool",), r"^pool \w+ \{()", " when true "),
    Swap("default of a group", "WRP134", ("group",), r"\bdefault (\w+)", "turns"),
    Swap("import", "WRP140", ("import",), r'"([^"]+)"', "common/nowhere.wrp"),
    Swap("language", "WRP144", ("policy",), r"\blanguage (1)", "2"),
    Swap("a table over a number", "WRP108", ("table",), r"^table \w+ of (\w+)", "tokens", head=True),
    Swap("a short row", "WRP109", ("table",), r"\n  (?!otherwise)\w+ \{ \w+ \w+(  \w+ \w+) [^\n]*\}\n\}", ""),
    Swap("a misspelt key", "WRP187", ("table",), r"\n  (\w+) \{[^\n]*\}\n\}", mistaken, only=("failure_classes",)),
    Swap("another cell", "WRP147", ("table",), r"\n  \w+ \{ [^\n]*\b(true|false) \}\n\}", "12"),
    Swap("no such column", "WRP186", ("route", "guard"), r"\b(?:plan|contract|cure|rules)\.(\w+)", lambda c: c + "x"),
    Swap("empty list", "WRP125", ("route", "guard", "let"), r"in (\[[^\]]+\])", "[]"),
    Swap("arguments", "WRP116", ("let", "guard", "assert"), r"\bprefix\((\w+, \"[^\"]+\")\)", "tenant"),
    Swap("no others", "WRP136", ("route",), r"\bto \w+()(?=  | \}|$)", "  fallback others"),
    Swap("useless", "WRP135", ("signal",), r"\bsource (?:prompt_tokens|total_tokens|turns)()", "  on_error deny"),
    Swap("setting of a target", "WRP119", ("target",), r"\b(listen|trust_headers|image)\b", shorter),
    # ── 2xx ──
    Swap("no step", "WRP206", ("band",), r"\bmedium below (0\.6)", "0.3"),
    Swap("untiered", "WRP205", ("route",), r"\b(tier \d+)\b", "", head=True),
    # ── 3xx ──
    Swap("gap", "WRP305", ("route",), r"\btokens > (4k)", "5k", only=("lengths", "short_and_long")),
    # ── 4xx ──
    Swap("value of no pool", "WRP411", ("guard",), r'forbid destination\.\w+ == "(\w+)"', mistaken),
    Swap("claim about nobody", "WRP412", ("assert",), r'never destination\.\w+ == "(\w+)"', mistaken),
    Swap("another route", "WRP408", ("test",), r"\bexpect \{ route (?!default)(\w+)", "default", head=True),
    Swap("another reason", "WRP408", ("test",), r'\breason "([^"]+)"', "because", head=True),
    # ── 5xx ──
    Swap("same pool", "WRP503", ROUTES, r"(\bto (\w+))(?=  | \}|$)", lambda a: f"{a}  fallback {a.split()[1]}"),
    Swap("too many GPUs", "WRP508", ("pool",), r"\breplicas (\d+)", "90", head=True, only=("lengths",)),
    Swap("no end", "WRP510", ROUTES, r"\bretain \{ (ttl 3  )", ""),
    Swap("smaller context", "WRP506", ("route",), r"\b(fallback long on overload)", "fallback short on context",
         only=("lengths", "short_and_long")),
    Swap("refused elsewhere", "WRP507", ROUTES, r"\bfallback \w+( on timeout, overload)", "", only=("two_providers",)),
)  # fmt: skip


# ── Added declarations ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Added:
    """A declaration more, at the end. `{pool}`, `{number}` and `{route}` are names of the original."""

    name: str
    code: str
    text: str

    def __call__(self, o: Original) -> Iterator[Faulty]:
        names = {
            "pool": next(iter(o.policy.pools)),
            "route": next((r.name for r in o.policy.routes.values() if r.action.kind != "deny"), None),
            "number": next((s.name for s in o.policy.signals.values() if isinstance(s.type, m.Int)), None),
        }
        if all(names[n] for n in names if f"{{{n}}}" in self.text):
            text = self.text
            for name, found in names.items():
                text = text.replace(f"{{{name}}}", str(found))
            yield o.added(self.name, self.code, text)


ADDED = (
    Added("stray word", "WRP001", "pool extra { 8k context }"),
    Added("reserved word", "WRP103", "pool any { }"),
    Added("destination too early", "WRP104", 'guard early { deny "no" when destination.trust == "own" }'),
    Added("override of nothing", "WRP145", "override pool nowhere { replicas 2 }"),
    Added("circle", "WRP126", "let ring = not ring"),
    Added("product", "WRP124", "score big = {number} * {number}"),
    Added("bad regex", "WRP117", 'signal digits: bool { source pattern("(") }'),
    Added("second header", "WRP143", "policy other { }\npolicy another { }"),
    Added("pool of nobody", "WRP302", 'pool idle { description "nobody asks it" }'),
    Added("model of nobody", "WRP302", 'model idle { source "example/idle" }'),
    Added("unused let", "WRP901", "let nobody = {number} > 5"),
    Added("no source", "WRP902", "signal unknown: bool"),
    Added("unused group", "WRP901", "group idle exclusive { one, two }\nsignal one: bool\nsignal two: bool"),
    Added("false claim", "WRP401", "assert wrong { never route == {route} }"),
    Added("false claim of pools", "WRP401", "assert wrong { always destination.pool == nobody }\npool nobody { }"),
    Added("idle guard", "WRP411", 'guard idle { deny "no" when {number} < 0 }'),
    Added("asks nothing", "WRP412", "assert idle { always served when {number} < 0 }"),
    Added("unknown target", "WRP806", "target envoyy { }"),
)  # fmt: skip


# ── Faults that are made of what stands there ─────────────────────────────


def header(o: Original) -> Iterator[Faulty]:
    yield from (f for f in Added("second header", "WRP143", "policy other { }")(o) if o.policy.header is not None)


def copies(o: Original) -> Iterator[Faulty]:
    for block in o.of("pool", "route", "guard", "signal", "model", "test", "workload", "assert"):
        yield o.added("copy", "WRP102", block.text, block)


def routes(o: Original) -> Iterator[tuple[Block, m.Route]]:
    for block in o.of("route"):
        yield block, o.policy.routes[block.name]


def elsewhere(o: Original, block: Block, route: m.Route) -> str | None:
    """The text of a route, going to a pool that it does not name; only where it goes to one pool and nowhere else."""
    others = [p for p in o.policy.pools if not route.names(p)]
    if route.when is None or not others or len(m.plan(route.action)) != 1 or route.action.kind != "to":
        return None
    text = re.sub(r"\bto \w+", f"to {others[0]}", block.text)
    return text.replace(f"route {block.name} ", f"route {block.name}_too ", 1)


def twins(o: Original) -> Iterator[Faulty]:
    for block, route in routes(o):
        if text := elsewhere(o, block, route):
            yield o.added("twin", "WRP201", text, block, told=block)


def shadowed(o: Original) -> Iterator[Faulty]:
    for block, route in routes(o):
        if text := elsewhere(o, block, route):
            text = re.sub(r"\bpriority \S+ *", "", text)
            yield o.added("shadowed", "WRP202", text.replace("{", f"{{ priority {route.priority - 1} ", 1), block)


def number(o: Original, *conditions: Condition) -> str | None:
    """A number that a condition reads, so that no other signal comes in; its range begins at 0."""
    for name in sorted(reading.signals(o.policy, conditions)):
        kind = o.policy.signals[name].type
        if isinstance(kind, m.Int) and kind.low == 0:
            return name
    return None


def inner(span: Span, condition: Condition) -> str:
    return f"({span.text})" if isinstance(condition, All | Any) else span.text


def whens(o: Original, kind: str) -> Iterator[tuple[str, m.Route | m.Workload, Condition, Span, str]]:
    found: Iterable[m.Route | m.Workload] = (o.policy.routes if kind == "route" else o.policy.workloads).values()
    for thing in found:
        when = thing.when
        if when is not None and when.span is not None and (n := number(o, when)):
            yield n, thing, when, when.span, inner(when.span, when)


def never(o: Original) -> Iterator[Faulty]:
    for n, _, _, span, text in whens(o, "route"):
        yield o.span("never", "WRP203", span, f"{text} and {n} < 0")


def parts(o: Original) -> Iterator[Faulty]:
    for n, _, _, span, text in whens(o, "route"):
        yield o.span("always", "WRP211", span, f"{text} and {n} >= 0")
        yield o.span("or never", "WRP211", span, f"{text} or {n} < 0")
        yield o.span("said twice", "WRP211", span, f"{text} and {text}")


def unserved(o: Original) -> Iterator[Faulty]:
    for n, thing, _, span, text in whens(o, "workload"):
        yield o.span("nobody's", "WRP304", span, f"{text} and {n} < 0", o.block("workload", thing.name).start)


def overlapping(o: Original) -> Iterator[Faulty]:
    for block in o.of("workload"):
        yield o.added("counted twice", "WRP303", block.text.replace(block.name, block.name + "_too", 1), block)


def redundant(o: Original) -> Iterator[Faulty]:
    """A last route that does what the default does."""
    default = o.policy.default
    if default is None or default.action.kind == "deny" or o.name == "private":
        return
    block = next(o.of("default"))
    inside = block.text[block.text.index("{") + 1 : block.text.rindex("}")]
    tier = max((r.tier or 0 for r in o.policy.routes.values()), default=0)
    for name, signal in o.policy.signals.items():
        if isinstance(signal.type, m.Int):
            head = f"route last {{ {f'tier {tier + 1}' if tier else 'priority -9'}  when {name} > 7 "
            yield o.added("same as the default", "WRP204", head + inside.strip() + " }")


def untaken(o: Original) -> Iterator[Faulty]:
    if o.name == "private":
        return  # other routes take every request
    last = [*o.of("route")][-1]
    for block in o.of("default"):
        yield o.changed("no default", "WRP301", block.start, block.end, "", last.start)


def branches(o: Original) -> Iterator[Faulty]:
    for block in o.of("guard"):
        for rule in o.policy.guards[block.name].rules:
            if rule.when is None or rule.when.span is None:
                continue
            n = next((s.name for s in o.policy.signals.values() if isinstance(s.type, m.Int) and s.type.low == 0), None)
            if n and not o.policy.signals[n].can_fail:
                text = inner(rule.when.span, rule.when)
                yield o.span("branch", "WRP414", rule.when.span, f"{text} or {n} < 0")


def denials(o: Original) -> Iterator[Faulty]:
    for block in o.of("guard"):
        if all(isinstance(r, m.Denial) for r in o.policy.guards[block.name].rules):
            text = block.text.replace(f"guard {block.name}", f"guard {block.name}_too", 1)
            yield o.added("denied already", "WRP413", text, block)


def open_guards(o: Original) -> Iterator[Faulty]:
    """A failure that let the guard act means that nothing is there."""
    for block in o.of("signal"):
        at = block.text.find("on_error fires")
        if at < 0:
            continue
        for guard in o.policy.guards.values():
            whens = [r.when for r in guard.rules if r.when is not None]
            if block.name in reading.signals(o.policy, whens) and not guard.accepts_failure:
                start = block.start + at
                told = o.block("guard", guard.name).start
                yield o.changed("open", "WRP410", start, start + len("on_error fires"), "on_error silent", told)


def empty(o: Original) -> Iterator[Faulty]:
    """Every destination is forbidden."""
    for block in o.of("guard"):
        for match in re.finditer(r'destination\.\w+ ([=!]=) ("\w+")', block.text):
            start = block.start + match.start(1)
            yield o.changed("nothing left", "WRP406", start, block.start + match.end(2), '!= "mars"', block.start)


def edges(o: Original) -> Iterator[Faulty]:
    """A fallback to where a guard never lets it."""
    known = {"private": ("private", "cloud"), "private_stays_home": ("private", "frontier"), "first_": ("", "")}
    if o.name in known and known[o.name][0] in o.policy.routes:
        name, pool = known[o.name]
        block = o.block("route", name)
        to = re.search(r"\bto \w+()", block.text)
        assert to is not None
        at = block.start + to.start(1)
        yield o.changed("forbidden fallback", "WRP402", at, at, f"  fallback {pool} on timeout")


def weakened(o: Original) -> Iterator[Faulty]:
    """An environment in which a sealed guard never acts."""
    for guard in o.policy.guards.values():
        if guard.sealed and guard.span.source is o.policy.sources[0]:
            rules = "  ".join(re.sub(r" when .*", " when false", r.span.text, flags=re.DOTALL) for r in guard.rules)
            text = f"# staging\noverride guard {guard.name} {{ {rules} }}\n"
            yield Faulty(o.name, "weakened", o.text, "WRP404", 2, "staging.wrp", {"staging.wrp": text})


def tests(o: Original) -> Iterator[Faulty]:
    for block in o.of("test"):
        for match in re.finditer(r"\bpool (\w+) \}", block.text):
            other = next((p for p in o.policy.pools if p != match[1]), None)
            if other:
                start = block.start + match.start(1)
                yield o.changed("another pool", "WRP408", start, block.start + match.end(1), other, block.start)


def by_failure(o: Original) -> Iterator[Faulty]:
    if o.name == "private":
        text = o.text.replace("  on_unknown fires", "")
        new = "route unknown { tier 4  when tokens >= 1  to own  retries 3 }"
        at = text.index("default {")
        yield Faulty(
            o.name, "reached by failure", text[:at] + new + "\n" + text[at:], "WRP210", text[:at].count("\n") + 1
        )


def late(o: Original) -> Iterator[Faulty]:
    if o.name == "private":
        cheap = "route cheap { tier 0  when tokens < 4k  to cloud  fallback own on overload }"
        yield o.added("cheap first", "WRP212", cheap)


def cached(o: Original) -> Iterator[Faulty]:
    if o.name == "triage":
        block = o.block("route", "careful")
        at = block.end - 2
        yield o.changed("one cache", "WRP415", at, at, "  cache { similarity 95%  ttl 10min }")


def stranded(o: Original) -> Iterator[Faulty]:
    if o.name == "roles":
        block = o.block("signal", "role")
        guard = 'guard nothing { forbid destination.isolation in ["sandbox", "shared"] when role == guest }'
        yield o.added("stranded", "WRP306", guard, told=block)


def short_context(o: Original) -> Iterator[Faulty]:
    if o.name in ("lengths", "short_and_long"):
        pool = o.block("pool", "short")
        match = re.search(r"context (4_096)", pool.text)
        assert match is not None
        start = pool.start + match.start(1)
        yield o.changed("short context", "WRP501", start, pool.start + match.end(1), "1_024", pool.start)


def undeclared(o: Original) -> Iterator[Faulty]:
    """A pool without what a guard asks of it."""
    if o.name == "private":
        pool = o.block("pool", "cloud")
        at = pool.start + pool.text.index('  region "us"')
        yield o.changed("undeclared", "WRP405", at, at + len('  region "us"'), "")


def by_failure_alone(o: Original) -> Iterator[Faulty]:
    """A sealed guard whose signal may be unknown: the routes keep it only while nothing fails."""
    if o.name == "private":
        block, guard = o.block("signal", "pii"), o.block("guard", "home")
        at = block.start + block.text.index("  on_error fires")
        yield o.changed("unknown", "WRP403", at, at + len("  on_error fires"), "", guard.start)


def in_neither(o: Original) -> Iterator[Faulty]:
    """A length that two routes leave out; it is told where the second begins."""
    for first, second in (("short", "mid"), ("mid", "long")):
        if o.name == "lengths":
            block = o.block("route", first)
            at = block.start + block.text.index("<=")
            yield o.changed("length in neither", "WRP305", at, at + 2, "<", o.block("route", second).start)


def same_model(o: Original) -> Iterator[Faulty]:
    if o.name == "topics":
        pool = o.block("pool", "b")
        at = pool.start + pool.text.index("middle")
        yield o.changed("same model", "WRP509", at, at + len("middle"), "tiny", o.block("route", "medium").start)


MADE: tuple[Operator, ...] = (
    copies, twins, shadowed, never, parts, unserved, overlapping, redundant, untaken, branches, denials, open_guards,
    empty, edges, weakened, tests, by_failure, late, cached, stranded, short_context, undeclared, by_failure_alone,
    in_neither, same_model,
)  # fmt: skip
OPERATORS: tuple[Operator, ...] = (*SWAPS, *(a for a in ADDED if a.name != "second header"), header, *MADE)
