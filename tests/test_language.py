"""The language as it is told: what its page spells, and the document that defines it where that is at hand, can be
written, and what they name is known.

The document is not part of the repository. Each piece of code in it is put into a policy in which it can stand; each
attribute of its tables is one of the vocabulary, each code has its page and its severity.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wrpc.policy import vocabulary as v
from wrpc.policy.load import from_text
from wrpc.report.catalogue import entries

WHERE = Path("../shared/design/LANGUAGE.md")
SCENE = """
signal tokens: int(0..1M) { source prompt_tokens }
signal answer: int(0..100k) { source max_tokens }
signal tenant: string { source claim("tenant") }
signal s: string { source header("x-s") }
signal user: string { source header("x-user") }
signal model: string { source model }
signal colour: one_of(red, blue) { source header("x-colour") }
signal tools: any_of(search, sql, shell) { source tools }
signal x: score { source classifier("x")  threshold 0.5 }
signal pii: score { source classifier("pii")  threshold 0.85 }
signal flag: bool { source has_tools }
score risk = 0.5 * pii + 0.5 * flag
table plan of tenant {
  acme { tier gold  limit 10k  tools [search, sql]  home "eu"  attr 1 }
  otherwise { tier bronze  limit 1k  tools []  home "us"  attr 2 }
}
site north { region "eu"  gpus { h100 32 }  price { h100 4USD/h }  labels { floor 1 } }
model m { context 200k  max_output 1k }
pool a { trust "own"  region "eu"  model m  price { input 1USD/Mtok  output 2USD/Mtok }  labels { x "y"  speed 2 } }
pool b { trust "cloud"  region "us"  model m  price { input 1USD/Mtok  output 2USD/Mtok } }
pool c { trust "cloud"  region "us" }
pool p { trust "cloud"  region "us" }
pool dc1 { trust "own" }
pool dc2 { trust "own" }
pool small { trust "own" }
pool large { trust "own" }
pool cheap { trust "own" }
workload busy { rate 1/s  lengths [[512, 40%], [8_192, 100%]] }
route early { tier 1  when tenant == "early"  to c }
"""
TAKEN = 'when tenant == "t"'
# Where a piece of code can stand. A route has what the piece leaves open.
FRAMES = (
    "{} default { to c }",
    "{}",
    "{} { }",
    "route r { tier 2 " + TAKEN + " to a, b {} }",
    "route r { tier 2 " + TAKEN + " {} }",
    "route r { tier 2 to a {} }",
    "route r { {} " + TAKEN + " to a }",
    "route r { tier 2 to a budget 20k/min {} }",
    "route r { tier 2 to a budget {} }",
    "route r { tier 2 to a limit {} }",
    "route r { tier 2 when {} to a }",
    "route r { tier 2 when tools {} to a }",
    "route r { tier 2 when tools {} [search] to a }",
    "route r { tier 2 when tokens > 2 {} to a }",
    "route r { tier 2 cascade small -> large {} flag }",
    "route r { tier 2 cascade small -> large escalate when {} }",
    "route r { tier 2 " + TAKEN + " to a cache { similarity 92%  ttl 10min  {} } }",
    "guard g { {} }",
    "guard g { forbid {} }",
    "guard g { forbid {} in [c] }",
    'guard g { forbid {} == "y" }',
    "guard g { forbid {} > 2 }",
    "guard g { forbid destination.trust {} }",
    'guard g { forbid destination.trust == "own" when flag {} }',
    "assert g { {} }",
    "assert g { always {} }",
    "place g { {} }",
    'place g { require {} == "y" }',
    "place g { prefer {} }",
    "place g { require {} }",
    "pool q { kv_cache {} }",
    "pool q { kv_cache { cpu 2GiB  {} } }",
    "workload w { {} }",
    "pool q { {} }",
    "site q { {} }",
    "model q { {} }",
    "pool q { price { input {} } }",
    "pool q { startup {} }",
    "pool q { auth {} }",
    "site q { price { h100 {} } }",
    'signal q: score { source classifier("z") {} }',
    'signal q: bool { source header("z") {} }',
    "signal q: bool { source {} }",
    "signal q: score { threshold 0.5  source {} }",
    "signal q: {}",
    "policy q { {} }",
    "policy q { resolve {} }",
)
# What stands for something in the document, and what to write for it.
FOR = (
    ("NAME of SCORE", "n of risk"),
    ("NAME of SIGNAL", "n of tenant"),
    ("KEY { attribute value … } …", "k { at 1 }"),
    ("otherwise { … }", "otherwise { at 2 }"),
    ("KIND NAME { … }", "pool a { replicas 2 }"),
    ("NAME: TYPE { source … }", "n: bool { source has_tools }"),
    ("NAME = EXPR", "n = tokens"),
    ("exclusive { a, b } default b", "exclusive { x, pii } default pii"),
    ("{ target, target, … }", "{ envoy, vllm }"),
    ("when …, rate, lengths, slo", "when flag, rate 1/s, lengths azure, slo { ttft_p99 1s }"),
    ("given … expect …", 'given { tenant "early" } expect { route early }'),
    ("route NAME { … }", "route n { tier 2 to a }"),
    ("guard NAME { … }", "guard n { forbid flag }"),
    ("assert NAME { … }", "assert n { always flag }"),
    ("default { … }", "default { to c }"),
    ("prefill { … }", "gpu h100  prefill { replicas 1 }"),
    ("decode { … }", "decode { replicas 1 }"),
    ("NAME { … }", "n { }"),
    ("NAME.attribute", "plan.attr > 1"),
    ("t.attr", "plan.attr > 1"),
    ("NAME", "n"),
    ("EXPR", "flag"),
    ("AMOUNT", "20k/min"),
    ("COUNT", "60/min"),
    ("SIGNAL", "tenant"),
    ("POOL", "a"),
    ("VALUE", "true"),
    (" N", " 3"),
    ("[then …]", "then cheap"),
    ("[for 30min]", "for 30min"),
    ("hard…", '"hard"'),
    ("easy…", '"easy"'),
    ("[...]", '["it"]'),
    ("timeout, …", "timeout"),
    ('"…", …', '"it"'),
    ("…", "similarity 92%"),
    ("cause in", "timeout in"),
    ("WORKLOAD", "busy"),
    ("route == a", "route == early"),
)
# Code that is no policy: files, options, JSON, names of causes in a clash, shapes of names, a regular expression.
NO_POLICY = re.compile(
    r"[\w/.]+/[\w.]+|--.*|\"others\": .*|\[\"any\"\]|[a-z0-9 ]+ of (pool|site|place) [a-z]+|\\[dw]|assume EXPR|"
    r"no budget is used up|wrp-manifest.json|unreachable to POOL|destination\.(x|\*)|(pool|site)\.x|name value|[#.]|"
    r"import .*|wrpc .*"
)
# Blocks told by the names of what they hold.
HELD = {"input": "1USD/Mtok", "output": "1USD/Mtok", "tier": "cpu", "size": "2GiB", "share": "lmcache"}
LISTED = re.compile(r"(\w+) \{ ([a-z_0-9]+(?:, [a-z_0-9]+)*) \}")


@pytest.fixture(scope="module")
def document(request: pytest.FixtureRequest) -> str:
    place = request.config.rootpath / WHERE
    if not place.is_file():
        pytest.skip(f"the document that defines the language is not here: {place}")
    return place.read_text(encoding="utf-8")


def meaning(document: str) -> str:
    """What it says of the language itself; verdicts and codes follow."""
    return document.partition("## Verdicts")[0]


def pieces(text: str) -> list[str]:
    found = re.findall(r"``\s?(.+?)\s?``|(?<!`)`([^`\n]+)`", text)
    return list(dict.fromkeys(one or other for one, other in found))


def written(piece: str) -> str:
    if (listed := LISTED.fullmatch(piece)) is not None:
        held = "  ".join(f"{name} {HELD.get(name, '1s')}" for name in listed[2].split(", "))
        return f"{listed[1]} {{ {held} }}"
    for mark, text in FOR:
        piece = piece.replace(mark, text)
    return piece


def stands(piece: str) -> bool:
    text = written(piece)
    for frame in FRAMES:
        policy, findings = from_text(SCENE + frame.replace("{}", text) + "\n")
        if policy is not None and not findings.errors:
            return True
    return False


def held(text: str, least: int) -> None:
    """Each piece of code of a text can be written."""
    found = [p for p in pieces(text) if not re.fullmatch(r"[\w.]*\w", p) and NO_POLICY.fullmatch(p) is None]
    signs = {p for p in found if re.fullmatch(r"[-+*=!<>/]+|not in|not within|escalate when", p)}
    assert len(found) > least
    assert [p for p in found if p not in signs and not stands(p)] == []
    for sign in sorted(signs - {"escalate when", "not in", "not within", "*", "/"}):
        left, right = ("tokens", "5") if sign in {"==", "!=", "<", "<=", ">", ">="} else ("tokens", "answer > 5")
        assert from_text(f"{SCENE}route r {{ tier 2  when {left} {sign} {right}  to a }}")[0] is not None, sign


def test_every_piece_of_code_can_be_written(document: str) -> None:
    held(meaning(document), 100)


def test_every_piece_of_code_of_the_page_can_be_written(root: Path) -> None:
    page = meaning((root / "docs/language.md").read_text(encoding="utf-8"))
    held(re.sub(r"```.*?```", "", page, flags=re.DOTALL), 100)


def test_what_blocks_hold_is_the_vocabulary(document: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", document.partition("| block | attributes |")[2], re.MULTILINE)
    assert {name for name, _ in rows} >= {"workload", "model", "site", "pool", "place"}
    inside = {name for own in v.BLOCKS.values() for name in own}
    told = 0
    for block, row in rows:
        own = {*v.BLOCKS.get(block, ()), *v.CLAUSES.get(block, ()), "prefill"}
        for piece in pieces(re.sub(r"\(.*?\)", "", row)):
            word = re.match(r"[a-z]\w*", piece)
            if block != "target" and word is not None:
                assert word[0] in own | (inside if word[0] in ("prompt_share", "phase") else set()), (block, piece)
                told += 1
    assert told > 45


def test_every_code_has_its_page_and_its_severity(document: str) -> None:
    rows = re.findall(r"^\| (WRP\d{3}) \| (.*) \|$", document, re.MULTILINE)
    assert len(rows) >= 25
    pages = {e.code.id: e.code for e in entries()}
    # Sizing and measured signals are told by packages of their own.
    missing = [code for code, _ in rows if code not in pages]
    assert set(missing) <= {"WRP601", "WRP701"}
    for code, says in rows:
        if code in pages and says.rstrip(")").endswith("(warning"):
            assert pages[code].severity == "warning", code
