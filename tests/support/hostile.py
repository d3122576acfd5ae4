"""Names and texts that readers of files take for something else, and a policy that has them in every place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

WORDS = [
    *("n", "y", "N", "Y", "no", "No", "NO", "yes", "Yes"),
    *("on", "On", "off", "OFF", "True", "FALSE", "null", "Null"),
    *("NULL", "~", "nan", ".nan", ".NaN", ".inf", "-.INF", "+.inf"),
    *("=", "<<", "0", "-1", "+1", "007", "0o7", "0x1F", "0b1"),
    *("1_000", "1e3", "1E+3", "1.", ".5", "1.5e3"),
    *("-0.0", "1:30", "190:20:30", "1:30.5", "2001-12-14", "12e03", "0.1.2"),
    "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43",
]  # fmt: skip
MARKS = [
    *("&a", "*a", "!t", "!!int 5", "---", "--- x", "...", "%YAML 1.1"),
    *("@a", "a: b", "a:", ": a", "a #b", "#a", "- a", "-"),
    *("? a", "?", "[a]", "{a: b}", "a, b", ",", "|", ">"),
    *(">-", "'a'", '"a"', "it's", 'say "x"', "\\", "a\\", "`", "``a"),
    *(" a", "a ", " ", "  a  b  ", "\ta", "a\tb", "\u00a0a"),
]  # fmt: skip
LETTERS = [
    *("a\rb: c", "a\x0bb", "a\x0cb", "a\x1bb[31m", "a\x1cb", "a\x1eb", "a\x7fb", "a\x85b: c", "a\x9bb"),
    *("a\u2028b: c", "a\u2029b: c", "x\u2028injected: true #"),
    *("a\u202eb", "a\u2066b\u2069", "\ufeffa", "a\u200bb"),
    *("a\ufffeb", "a\U000e0041b", "ä", "日本語", "\U0001f600", "\ue000"),
]  # fmt: skip
PROGRAMS = [
    *("$(touch x)", "`id`", "${HOME}", "$x", "; rm -rf x", "a && b"),
    *("a | b", "a > b", "'; id; '", "%(x)s", "{x}", "{{x}}"),
    *("%s", "%41", "%", "%%", "%REQ(x)%", "a+b", "a.*b", "("),
    *("[", "a|b", "^$", "\\d", "(?i)x", "a/b", "../x", "/etc", "~1"),
    *("a~0b", "con", "__import__", "a;pool=b", "a, b;pool=c", "</script>", "::error::x"),
]  # fmt: skip
LONG = ["long " * 20_000, "x" * 100_000]

NAMES = list(dict.fromkeys([*WORDS, *MARKS, *LETTERS, *PROGRAMS, *LONG]))
TEXTS = [*NAMES, "a\nb: c", "\n", "a\n---\nb", "a\r\nb", ""]


def name(text: str) -> str:
    return "`" + text.replace("`", "``") + "`"


def text(value: str) -> str:
    written = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{written}"'


# `‹p1›` is a name, `‹"owner"›` a text.
ROUTED = """
policy ‹policy› { language 1  owner ‹"owner"›  description ‹"description"› }
signal ‹s1›: bool { source keywords(‹"keyword"›) }
signal ‹s2›: bool { source keywords("other") }
pool ‹p1› { endpoint "127.0.0.1:9"  trust ‹"trust"›  labels { team ‹"label"› } }
pool ‹p2› { endpoint "127.0.0.1:8" }
pool ‹p3› { endpoint "127.0.0.1:7" }
route ‹r1› { priority 3  when ‹s1›  to ‹p1› weight 3, ‹p2› weight 1  fallback ‹p3› }
route ‹r2› { priority 2  when ‹s2›  deny ‹"reason"› }
route ‹r3› { priority 1  when ‹s2› or ‹s1›  to ‹p3› }
default { to ‹p2› }
guard ‹g1› { deny ‹"denial"› when ‹s1› and ‹s2› }
guard ‹g2› { forbid destination.pool == ‹p2› when ‹s2› }
assert ‹a1› { never destination.pool == ‹p2› when ‹s2› }
test ‹"test"› { given { ‹s1› true }  expect { pool ‹p1› } }
"""
ENVOY = """
signal ‹e1›: one_of(‹m1›, ‹m2›) { source header("x-kind")  on_error deny }
signal ‹e2›: string { source header("x-tenant") }
route ‹r4› { priority 9  when ‹e1› == ‹m1›  to ‹p3› }
route ‹r5› { priority 8  when ‹e2› == ‹"tenant"›  to ‹p1› }
route ‹r6› { priority 7  when prefix(‹e2›, ‹"prefix"›)  to ‹p2› }
guard ‹g3› { require ‹ob›("all") when ‹s1› }
target envoy { obligations_by ‹"by"›  trust_headers true }
"""
ASKED = """
policy ‹policy› { language 1  owner ‹"owner"›  description ‹"description"› }
signal ‹s1›: string { source model }
pool ‹p1› { endpoint "127.0.0.1:9"  trust ‹"trust"›  labels { team ‹"label"› } }
pool ‹p2› { endpoint "127.0.0.1:8"  model ‹m1› }
pool ‹p3› { endpoint "127.0.0.1:7" }
model ‹m1› { context 8k }
route ‹r1› { priority 3  when ‹s1› == ‹"asked"›  to ‹p1› weight 3, ‹p2› weight 1  fallback ‹p3› }
route ‹r2› { priority 2  when ‹s1› == ‹"refused"›  deny ‹"reason"› }
route ‹r3› { priority 1  when prefix(‹s1›, ‹"beginning"›)  to ‹p3›  fallback ‹p1› on context }
default { to ‹p2› }
guard ‹g1› { deny ‹"denial"› when ‹s1› == ‹"denied"› }
guard ‹g2› { forbid destination.pool == ‹p2› when ‹s1› == ‹"forbidden"› }
"""
RUN = """
policy ‹policy› { language 1  owner ‹"owner"›  description ‹"description"› }
signal tokens: int(0..100k) { source total_tokens }
model ‹m1› { source ‹"source"›  context 8192 }
pool ‹p1› { model ‹m1›  gpu h100  replicas 2  endpoint "127.0.0.1:9" }
pool ‹p2› { model ‹m1›  gpu a100  replicas 1  prefill { replicas 1 } decode { replicas 1 } }
route ‹r1› { when tokens > 1000  to ‹p1›  fallback ‹p2› }
default { to ‹p2› }
workload ‹w1› { rate 5/s  lengths [[512, 40%], [8_000, 100%]] }
target vllm { image ‹"image"›  options { tokenizer ‹"tokenizer"›  chat_template ‹"template"› } }
"""


PLACE = re.compile(r'‹("?)([a-z0-9]+)"?›')


def places(template: str) -> dict[str, bool]:
    """The places of a template in their order, and whether each is one of a text."""
    return {place: quote != "" for quote, place in PLACE.findall(template)}


def filled(template: str, given: Mapping[str, str]) -> str:
    return PLACE.sub(lambda m: (text if m[1] else name)(given[m[2]]), template)


def turns(template: str, step: int = 1) -> Iterator[dict[str, str]]:
    """Every name in every place of a name, every text in every place of a text, one after the other."""
    every = {True: TEXTS, False: NAMES}
    for turn in range(0, max(len(TEXTS), len(NAMES)), step):
        # Neighbours in the lists are of a kind, so that a step of more than one mixes the kinds in a policy.
        given = {
            place: every[is_text][(turn + 7 * at) % len(every[is_text])]
            for at, (place, is_text) in enumerate(places(template).items())
        }
        # Every string begins with the empty one, so that nothing is asked.
        yield {place: word or "a" if place == "prefix" else word for place, word in given.items()}
