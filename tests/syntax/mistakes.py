"""What people type who know other languages: each mistake, the line it is on, and what they have to be told.

A row is one mistake in an otherwise clean policy. Its text stands behind `FRAME`, and `line` is counted in the text.
`says` are pieces of what is told (message and help). `fixed`: a repair is offered. A repair that is offered always has
to leave a clean policy. `by`: the command that tells it.
"""

from __future__ import annotations

from typing import NamedTuple

FRAME = """\
policy newcomer { language 1 }
signal tokens: int(0..1M) { source prompt_tokens }
signal domain: one_of(code, law, other) { source classifier("domain")  on_error deny }
signal pii: bool { source pattern("[0-9]{9}") }
signal brief: bool { source keywords("briefly") }
signal urgent: score { source keywords("now", "asap")  threshold 80% }
signal tools: any_of(search, sql, payments) { source tools }
signal tenant: string { source claim("tenant")  on_error deny }
model m { context 128k }
pool smart { model m  trust "own"  region "eu" }
pool frontier { model m  trust "cloud"  region "us" }
pool small { model m  trust "own"  region "eu" }
"""


BARE = FRAME.partition("\n")[2]
"""Without a header, for mistakes in one."""

SMALL = """\
policy newcomer { language 1 }
signal tokens: int(0..1M) { source prompt_tokens }
pool smart { trust "own" }
pool small { trust "own" }
"""
"""Where nothing else is to be told by `check`."""


class Mistake(NamedTuple):
    kind: str
    text: str
    says: tuple[str, ...]
    line: int = 1
    fixed: bool | None = None
    by: str = "lint"
    frame: str = FRAME


def _of(kind: str, *rows: tuple[object, ...]) -> list[Mistake]:
    """Rows of one kind: text, says, and what else a row has by position."""
    made = []
    for text, says, *rest in rows:
        told = (says,) if isinstance(says, str) else says
        made.append(Mistake(kind, text, told, *rest))  # type: ignore[arg-type]
    return made


KEYWORD = _of(
    "keyword",
    ("route r { to smart\n  falback small on timeout\n}", ("no clause `falback`", "`fallback`"), 2, True),
    ("route r { whn pii  to smart }", ("no clause `whn`", "`when`"), 1, True),
    ("route r { If pii  to smart }", ("no clause `If`", "`when`")),
    ("route r { if pii and brief\n  to smart\n}", ("conditions begin with `when`",), 1, True),
    ("route r { where tokens > 8k  to smart }", ("conditions begin with `when`",), 1, True),
    ("route r { match tokens > 8k  to smart }", ("conditions begin with `when`",), 1, True),
    ("route r {\n  when pii\n  send to smart\n}", ("no clause `send`", "`to`"), 3),
    ("route r {\n  when pii\n  destination smart\n}", ("no clause `destination`", "`to`"), 3),
    ("route r {\n  when pii\n  pool smart\n}", ("no clause `pool`", "`to`"), 3),
    ("route r {\n  when pii\n  target smart\n}", ("no clause `target`", "`to`"), 3),
    ("route r {\n  when pii\n  too smart\n}", ("no clause `too`", "`to`"), 3, True),
    ("route r {\n  when pii\n  to smart\n} else {\n  to small\n}", ("`else`", "default"), 4),
    ("route r { when pii  to smart  otherwise small }", ("`otherwise`", "default")),
    ("route r { when pii  to smart  else small }", ("`else`", "default")),
    ("rout r { when pii  to smart }", ("`rout`", "`route`"), 1, True),
    ("routes r { when pii  to smart }", ("`routes`", "`route`"), 1, True),
    ("pools p { model m }", ("`pools`", "`pool`"), 1, True),
    ("signals s: bool { source has_tools }", ("`signals`", "`signal`"), 1, True),
    ('rule r { deny "no" when pii }', ("`rule`", "`guard`")),
    ('gaurd g { deny "no" when pii }', ("`gaurd`", "`guard`"), 1, True),
    ('forbid destination.trust == "cloud" when pii', ("`forbid`", "guard")),
    ('deny "no" when pii', ("`deny`", "guard")),
    ("when pii { to smart }", ("`when`", "route")),
    ("if pii { to smart }", ("`if`", "route")),
    ("backend b { model m }", ("`backend`", "`pool`")),
    ("resource pool p { model m }", ("`resource`", "declarations are")),
    ("def f = tokens > 8k", ("`def`", "`let`")),
    ("var big = tokens > 8k", ("`var`", "`let`")),
    ("const big = tokens > 8k", ("`const`", "`let`")),
    ('include "other.wrp"', ("`include`", "`import`")),
    ('guard g { allow destination.trust == "own" when pii }', ("no clause `allow`", "`forbid ")),
    ('guard g { block destination.trust == "cloud" when pii }', ("no clause `block`", "`forbid`")),
    ('guard g { reject "no" when pii }', ("no clause `reject`", "`deny`")),
    ('guard g { forbids destination.trust == "cloud" when pii }', ("no clause `forbids`", "`forbid`"), 1, True),
    ("assert a { ensure served when pii }", ("no clause `ensure`", "`always`")),
    ("assert a { served when pii }", ("`always` or `never`",)),
    ("assert a { allways served when pii }", ("no clause `allways`", "`always`"), 1, True),
    ("assert a { never serve when pii }", ("`served`",), 1, True),
    ("assert a { never deny when brief }", ("`denied`",), 1, True),
    ("route r { when pii  to smart  timout 30s }", ("`timout`", "`timeout`"), 1, True),
    ("route r { when pii  to smart  retry 2 }", ("`retry`", "`retries`"), 1, True),
    ("route r { when pii  to smart weigth 90, small weight 10 }", ("`weigth`", "`weight`"), 1, True),
    ("route r { when pii  to smart weights 90, small weight 10 }", ("`weights`", "`weight`"), 1, True),
    ('signal n: int(0..9) { from header("x-n")  on_error deny }', ("`from`", "`source`")),
    ("assert a { never served when pii and }", ("expected an expression",)),
    ('test "t" { given { tokens 1k }  expects { pool small } }', ("`expects`", "`expect`"), 1, True),
    ('test "t" { input { tokens 1k }  expect { pool small } }', ("`input`", "`given`")),
)

BRACE = _of(
    "brace",
    ("route r {\n  when pii\n  to smart\n\nroute s { to small }", ("expected `}`", "route s"), 5),
    ("route r { when pii  to smart }\n}", ("`}` closes nothing",), 2),
    ("route r when pii to smart", ("`{`",)),
    ("route r:\n  when pii\n  to smart", ("{ }", "route r")),
    ("route r ( when pii  to smart )", ("`{`",)),
    ('guard g { deny "no" when (pii or brief }', ("expected `)`",)),
    ("route r { when pii or (brief and tokens > 8k  to smart }", ("`)`", "found `to`")),
    ("route r { when tokens > 8k)  to smart }", ("`)` closes nothing",)),
    ("route r { when domain in (code, law)  to smart }", ("square brackets",), 1, True),
    ("route r { when domain in {code, law}  to smart }", ("square brackets",), 1, True),
    ('signal s: one_of[a, b] { source header("x")  on_error deny }', ("`(`", "one_of"), 1, True),
    ("signal s: int[0..9] { source turns }", ("`(`", "int"), 1, True),
    ("signal s: int { source turns }", ("int(", "range")),
    ("pool p { model m  price input 1USD/Mtok output 2USD/Mtok }", ("price {",)),
    ("pool p { model m  labels [team] }", ("`labels` takes a block", "{ team red }")),
    ("route r { when pii  to [smart, small] }", ("without brackets",), 1, True),
    ("route r { when pii  to (smart, small) }", ("without brackets",), 1, True),
    ("route r { when pii  to { smart 90, small 10 } }", ("without brackets",), 1),
    ("assume a tokens < 5k", ("`{`",)),
    ("group g exclusive pii, brief", ("`{`",)),
    ('import { "x.wrp" }', ("double quotes",)),
)

UNIT = _of(
    "unit",
    ("route r { when tokens > 100,000  to smart }", ("`100k`", "`100_000`"), 1, True),
    ("route r { when tokens > 1,500  to smart }", ("`1_500`",), 1, True),
    ("route r { when tokens > 8K  to smart }", ("`8k`",), 1, True),
    ("route r { when tokens > 8 k  to smart }", ("`8k`", "touches"), 1, True),
    ("route r { when tokens > 8kb  to smart }", ("`8k`",)),
    ("route r { when tokens > 8k tokens  to smart }", ("tokens",), 1),
    ("route r { when pii  to smart  timeout 30 }", ("`30s`",)),
    ("route r { when pii  to smart  timeout 30 s }", ("`30s`", "touches"), 1, True),
    ("route r { when pii  to smart  timeout 30sec }", ("`30s`",), 1, True),
    ("route r { when pii  to smart  timeout 5m }", ("`5min`",)),
    ("route r { when pii  to smart  timeout 5 minutes }", ("`5min`", "touches"), 1, True),
    ("route r { when pii  to smart  timeout 500 ms }", ("`500ms`", "touches"), 1, True),
    ('route r { when pii  to smart  timeout "30s" }', ("without quotes", "`30s`"), 1, True),
    ("route r { when pii  to smart  budget 20k per minute per tenant }", ("`20k/min`",)),
    ("route r { when pii  to smart  budget 20k }", ("`20k/min`",)),
    ("route r { when pii  to smart  spill small above 80 }", ("`80%`",)),
    ("route r { when pii  to smart  spill small above 80 % }", ("`80%`", "touches"), 1, True),
    ("route r { when pii  to smart  mirror small 5 }", ("`5%`",)),
    ("model n { context 128 k }", ("`128k`", "touches"), 1, True),
    ("model n { weights 70GB }", ("`GB`", "`70GiB`"), 1, True),
    ("model n { weights 70G }", ("bytes", "`70GiB`")),
    ("model n { weights 70 }", ("bytes", "`70GiB`")),
    ('signal conf: score { source classifier("x")  threshold 85  on_error deny }', ("`85%`",)),
    ("pool p { model m  price { input 3$/Mtok  output 15USD/Mtok } }", ("USD",)),
    ("pool p { model m  price { input $3  output 15USD/Mtok } }", ("USD",)),
    ("pool p { model m  price { input 3USD  output 15USD/Mtok } }", ("USD/Mtok",)),
    ("workload w { rate 40 }", ("`40/s`",)),
    ("workload w { rate 40rps }", ("`40/s`",)),
    ("workload w { rate 40 per second }", ("`40/s`",)),
    ("route r { when tokens > .5k  to smart }", ("zero",), 1, True),
    ("route r { when tokens > 1.k  to smart }", ("digit",)),
    ('policy q { language "1" }', ("`1`", "without quotes"), 1, True, "lint", BARE),
)

NAME = _of(
    "name",
    ("pool azure-private { model m }", ("`-`", "backticks", "`azure-private`"), 1, True),
    ("pool gpt-4o { model m }", ("backticks", "`gpt-4o`"), 1, True),
    ("pool gpt4.1 { model m }", ("backticks", "`gpt4.1`"), 1, True),
    ("pool cloud/frontier { model m }", ("backticks", "`cloud/frontier`"), 1, True),
    ("pool my pool { model m }", ("backticks", "`my pool`"), 1, True),
    ("pool 4o { model m }", ("backticks", "`4o`"), 1, True),
    ("route long-context { when tokens > 8k  to smart }", ("backticks", "`long-context`"), 1, True),
    ('signal has-code: bool { source keywords("code") }', ("backticks", "`has-code`"), 1, True),
    ('signal user.tier: bool { source keywords("code") }', ("backticks", "`user.tier`"), 1, True),
    ('guard no-cloud { deny "no" when pii }', ("backticks", "`no-cloud`"), 1, True),
    ("model meta-llama/Llama-3.1-8B { context 8k }", ("backticks", "`meta-llama/Llama-3.1-8B`"), 1, True),
    ("model `gpt-4o` { context 8k }\npool p { model gpt-4o }", ("backticks", "`gpt-4o`"), 2, True),
    (
        "pool `azure-private` { model m }\nroute r { when pii  to azure-private }",
        ("backticks", "`azure-private`"),
        2,
        True,
    ),
    ("pool `gpt-4o` { model m }\nroute r { when pii  to smart, gpt-4o }", ("backticks", "`gpt-4o`"), 2, True),
    ('pool "azure" { model m }', ("without quotes",), 1, True),
    ("pool 'azure' { model m }", ("quotes",), 1, True),
    ('route "r" { to smart }', ("without quotes",), 1, True),
    ('route r { when pii  to "smart" }', ("without quotes",), 1, True),
    ('route r { when domain == "code"  to smart }', ("without quotes", "`code`"), 1, True),
    ("route r { when pii  to smrt }", ("`smrt`", "`smart`"), 1, True),
    ("route r { when pii  to large }", ("no pool", "`large`")),
    ("route r { when tokns > 8k  to smart }", ("`tokns`", "`tokens`"), 1, True),
    ("route r { when premium  to smart }", ("`premium`", "signal")),
    ("route r { when domain == coding  to smart }", ("`coding`", "`code`"), 1),
    ("route r { when request.tokens > 8k  to smart }", ("`request`", "`tokens`")),
    ('guard g { forbid destination.trsut == "cloud" when pii }', ("`trsut`", "`trust`"), 1, True),
    ('guard g { forbid dest.trust == "cloud" when pii }', ("`destination.trust`",), 1, True),
    ('guard g { forbid pool.trust == "cloud" when pii }', ("`destination",), 1, True),
    ('guard g { forbid trust == "cloud" when pii }', ("`destination.trust`",), 1, True),
    ("guard g { forbid frontier when pii }", ("destination.pool",), 1, True),
    ("guard g { forbid destination == frontier when pii }", ("destination.pool",), 1, True),
    ("route default { to smart }", ("`default`",), 1, True),
    ("default d { to smart }", ("`default` has no name",), 1, True),
    ("pool p { modle m }", ("`modle`", "`model`"), 1, True),
    ("pool p { model m  colour red }", ("`colour`", "labels")),
    ("target envoi { }", ("`envoi`", "`envoy`")),
    ("signal n: int(0..9) { source header(x-n)  on_error deny }", ("double quotes",), 1, True),
    ("signal größe: bool { source has_tools }", ("letters", "`größe`"), 1, True),
)

TYPE = _of(
    "type",
    ('route r { when tokens > "8k"  to smart }', ("number", "`8k`"), 1, True),
    ("route r { when tokens == code  to smart }", ("`code`",)),
    ("route r { when tokens  to smart }", ("condition", "compare")),
    ("route r { when domain  to smart }", ("condition", "compare")),
    ("route r { when urgent > 0.8  to smart }", ("confidence(urgent)",), 1, True),
    ("route r { when urgent == true  to smart }", ("`urgent`",), 1, True),
    ("route r { when pii == true  to smart }", ("`pii`",), 1, True),
    ("route r { when pii == false  to smart }", ("`not pii`",), 1, True),
    ("route r { when pii == 1  to smart }", ("`pii`",), 1),
    ('route r { when pii == "true"  to smart }', ("`pii`",), 1),
    ("route r { when pii is true  to smart }", ("`pii`",), 1, True),
    ("route r { when domain in code  to smart }", ("list", "`domain == code`"), 1, True),
    ("route r { when tools == search  to smart }", ("`search in tools`",), 1, True),
    ("route r { when tools in payments  to smart }", ("`payments in tools`",), 1, True),
    ("route r { when tools in [payments, sql]  to smart }", ("in tools",), 1),
    ("route r { when tenant == acme  to smart }", ('"acme"',), 1, True),
    ("route r { priority high  when pii  to smart }", ("`priority`", "number")),
    ("route r { tier gold  when pii  to smart }", ("`tier`", "number")),
    ('route r { priority "10"  when pii  to smart }', ("`priority`", "`10`"), 1, True),
    ("route r { priority 1.5  when pii  to smart }", ("`priority`", "whole")),
    ("signal s: boolean { source has_tools }", ("`boolean`", "`bool`"), 1, True),
    ('signal s: str { source header("x")  on_error deny }', ("`str`", "`string`"), 1, True),
    ("signal s: integer(0..9) { source turns }", ("`integer`", "`int`"), 1, True),
    ('signal s: float(0..1) { source header("x")  on_error deny }', ("`float`", "`real`"), 1),
    ('signal s: enum(a, b) { source header("x")  on_error deny }', ("`enum`", "`one_of`"), 1),
    ('signal s: one_of("a", "b") { source header("x")  on_error deny }', ("without quotes",), 1, True),
    ("signal s = bool { source has_tools }", ("`:`",), 1, True),
    ("signal s { source has_tools }", ("type",), 1),
    ("signal bool s { source has_tools }", ("type", "`s: bool`"), 1),
    ("signal s: int(0-9) { source turns }", ("`int(0..9)`",), 1, True),
    ("signal s: int(0, 9) { source turns }", ("`int(0..9)`",), 1, True),
    ("signal s: int(0...9) { source turns }", ("two points",), 1, True),
    ("model n { context large }", ("`context`", "number")),
    ("pool p { model m  replicas many }", ("`replicas`", "number")),
    ("route r { when pii  to smart  retries true }", ("`retries`", "number")),
    ('guard g { sealed true  deny "no" when pii }', ("`sealed`", "no value"), 1, True),
    ("let big = 8k\nroute r { when big  to smart }", ("condition", "compare"), 2),
)

ORDER = _of(
    "order",
    ('guard g { when pii  deny "no" }', ("condition stands last",), 1, True),
    ('guard g { when pii  forbid destination.trust == "cloud" }', ("condition stands last",), 1, True),
    ('guard g { when tokens > 8k  deny "no" }', ("condition stands last",), 1, True),
    ("assert a { when pii  never served }", ("condition stands last",), 1, True),
    ("route r { when pii  smart weight 90, small weight 10 }", ("`to`",)),
    ("route r { when pii  to 90 smart, 10 small }", ("`smart weight 90`",)),
    ("route r { when pii  to 90% smart, 10% small }", ("`smart weight 90",)),
    ("route r { when pii  to smart 90, small 10 }", ("`weight`",), 1),
    ("route r { when pii  to smart on timeout fallback small }", ("fallback small on timeout",)),
    ("route r { when pii  to smart  fallback on timeout small }", ("fallback", "on timeout"), 1),
    ("route r { when pii  to smart  spill above 80% small }", ("spill", "above 80%")),
    ("route r { when pii  to smart  mirror 5% small }", ("`mirror small 5%`",), 1, True),
    ("route { name r  to smart }", ("name",)),
    ("smart pool { model m }", ("`pool smart`",), 1),
    ('guard g { deny when pii "no" }', ("double quotes", "deny"), 1),
    ("guard g { deny when pii }", ("double quotes",), 1),
    ("guard g { deny pii }", ("double quotes", "when"), 1),
    ('test "t" { expect { pool small }  given { tokens 1k } }', ("`given {", "before")),
    ("let tokens > 8k = big", ("`let NAME = EXPR`",)),
    ("band b of urgent { below 0.3 low, otherwise high }", ("`NAME below BOUND`",)),
)

DUPLICATE = _of(
    "duplicate",
    ("pool smart { model m }", ("pool `smart`", "twice")),
    ("route r { when pii  to smart }\nroute r { when brief  to small }", ("route `r`", "twice"), 2),
    ("signal tokens: int(0..9) { source turns }", ("signal `tokens`", "twice")),
    ("let tokens = 3", ("`tokens`", "signal")),
    ("route r {\n  when pii\n  when brief\n  to smart\n}", ("`when`", "`and`"), 3),
    ("route r { when pii  to smart  to small }", ("`to`", "comma")),
    ('route r { when pii  to smart  deny "no" }', ("`deny`",)),
    ("route r { when pii  to smart  timeout 3s  timeout 5s }", ("`timeout`", "twice")),
    ("pool p { model m  model n }\nmodel n { context 8k }", ("`model`", "twice")),
    ("default { to smart }\ndefault { to small }", ("`default`", "twice"), 2),
    ("policy second { language 1 }", ("policy",)),
    ("route r { priority 1  priority 2  when pii  to smart }", ("`priority`", "twice")),
    ('guard g { deny "no" when pii }\nguard g { deny "no" when brief }', ("guard `g`", "twice"), 2),
    ('signal s: one_of(a, b, a) { source header("x")  on_error deny }', ("`a`", "twice")),
    ("route r { when tokens > 8k  to smart, smart }", ("`smart`", "twice"), 1, None, "check", SMALL),
)

QUOTE = _of(
    "quote",
    ("pool p { model m  endpoint a.b.svc:8000 }", ("double quotes", '"a.b.svc:8000"'), 1, True),
    ("pool p { model m  endpoint http://10.0.0.1:8000/v1 }", ("double quotes", '"http://10.0.0.1:8000/v1"'), 1, True),
    ("pool p { model m  endpoint 10.0.0.1:8000 }", ("double quotes", '"10.0.0.1:8000"'), 1, True),
    ("pool p { model m  region eu-central-1 }", ("double quotes", '"eu-central-1"'), 1, True),
    ("model n { source meta-llama/Llama-3.1-8B  context 8k }", ("double quotes",), 1, True),
    ("policy q { language 1  owner team@example.com }", ("double quotes", '"team@example.com"'), 1, True, "lint", BARE),
    ("pool p { model m  region 'eu' }", ("double quotes", '"eu"'), 1, True),
    ("pool p { model m  region “eu” }", ("double quotes", '"eu"'), 1, True),
    ('pool p { model m  region "eu }', ('no closing `"`',)),
    ("pool `p { model m }", ("closing backtick",)),
    ("signal s: bool { source keywords('a', 'b') }", ("double quotes",), 1, True),
    ('signal s: bool { source pattern("\\d+") }', ("backslash",), 1, True),
    ("signal s: bool { source pattern(/ab+/) }", ("double quotes",)),
    ("signal s: bool { source keywords(now) }", ("double quotes",), 1, True),
    ("signal s: bool { source header(x)  on_error deny }", ("double quotes",), 1, True),
    ("guard g { deny blocked when pii }", ("double quotes",), 1, True),
    ("guard g { deny no personal data when pii }", ("double quotes", '"no personal data"'), 1, True),
    ("import common.wrp", ("double quotes", '"common.wrp"')),
    ("test works { given { tokens 1k }  expect { pool small } }", ("double quotes",), 1),
    ("guard g { forbid destination.trust == cloud when pii }", ("double quotes",), 1, True),
    ('guard g { forbid destination.trust in [cloud, "other"] when pii }', ("double quotes",), 1, True),
    ("route r { when prefix(tenant, eu-)  to smart }", ("double quotes",), 1, True),
    ("route r { when tenant == 'acme'  to smart }", ("double quotes",), 1, True),
)

OPERATOR = _of(
    "operator",
    ("route r { when pii && brief  to smart }", ("`and`",), 1, True),
    ("route r { when pii || brief  to smart }", ("`or`",), 1, True),
    ("route r { when !pii  to smart }", ("`not`",), 1, True),
    ("route r { when pii AND brief  to smart }", ("`and`",), 1, True),
    ("route r { when pii OR brief  to smart }", ("`or`",), 1, True),
    ("route r { when NOT pii  to smart }", ("`not`",), 1, True),
    ("route r { when tokens = 8k  to smart }", ("`==`",), 1, True),
    ("route r { when tokens === 8k  to smart }", ("`==`",), 1, True),
    ("route r { when tokens <> 8k  to smart }", ("`!=`",), 1, True),
    ("route r { when tokens !== 8k  to smart }", ("`!=`",), 1, True),
    ("route r { when tokens => 8k  to smart }", ("`>=`",), 1, True),
    ("route r { when tokens =< 8k  to smart }", ("`<=`",), 1, True),
    ("route r { when tokens ≥ 8k  to smart }", ("`>=`",), 1, True),
    ("route r { when tokens ≠ 8k  to smart }", ("`!=`",), 1, True),
    ("route r { when 1k < tokens < 8k  to smart }", ("`a < b and b < c`",)),
    ("route r { when tokens gt 8k  to smart }", ("`gt`", "`>`")),
    ("route r { when tokens is 8k  to smart }", ("`is`", "`==`")),
    ("route r { when not domain in [code]  to small }", (), 0),
    ("route r { when domain not code  to smart }", ("`not in`",)),
    ("route r { when domain is not code  to smart }", ("`!=`",)),
    ('route r { when tenant ~ "eu-.*"  to smart }', ("`~`",)),
    ('route r { when tenant =~ "eu-.*"  to smart }', ("`=~`",)),
    ('route r { when tenant like "eu-%"  to smart }', ("`like`", "prefix")),
    ('route r { when tenant.startsWith("eu-")  to smart }', ("prefix",)),
    ("route r { when contains(tools, payments)  to smart }", ("in",)),
    ("route r { when tools contains payments  to smart }", ("`payments in tools`",)),
    ("route r { when tools has payments  to smart }", ("`payments in tools`",)),
    ("route r { when tokens / 2 > 8k  to smart }", ("not divided",)),
    ("route r { when tokens % 2 == 0  to smart }", ("`%`",)),
    ("route r { when tokens between 1k and 8k  to smart }", ("`between`",)),
    ("route r { when pii => smart }", ("`=>`", "`to`"), 1, True),
    ("route r { when pii -> smart }", ("`->`", "`to`"), 1, True),
    ("route r { when pii  to smart -> small }", ("`fallback small`",)),
    ("route r { when pii  to smart, fallback small }", ("comma",), 1, True),
    ("route r { when pii  to smart | small }", ("comma",)),
    ("route r { when pii  to smart and small }", ("comma",)),
    ("route r { when pii  to smart + small }", ("comma",)),
    ("route r { when pii ? smart : small }", ("`? :`",)),
    ("pool p { model: m }", ("`:`",), 1, True),
    ("pool p { model = m }", ("`=`",), 1, True),
    ("pool p { model := m }", ("`:=`",), 1, True),
    ("pool p = { model m }", ("`=`",), 1, True),
    ('pool p { model m; region "eu"; }', ("`;`",), 1, True),
    ("route r { when pii;  to smart }", ("`;`",), 1, True),
    ("route r { when: pii  to smart }", ("`:`",), 1, True),
    ("route r { when = pii  to smart }", ("`=`",), 1, True),
    ("route r { when pii  to: smart }", ("`:`",), 1, True),
    ("route r { when pii  to = smart }", ("`=`",), 1, True),
    ("route r { when pii  to smart weight: 90, small weight 10 }", ("`:`",), 1),
    ("let big: tokens > 8k", ("`=`",), 1, True),
    ("let big tokens > 8k", ("`let NAME = EXPR`",)),
    ("let big := tokens > 8k", ("`=`",), 1, True),
    ("let big == tokens > 8k", ("`=`",), 1, True),
    ("// a comment\nroute r { when pii  to smart }", ("comment begins with `#`",), 1, True),
    ("/* a comment */\nroute r { when pii  to smart }", ("comment begins with `#`",), 1, True),
    ("-- a comment\nroute r { when pii  to smart }", ("comment begins with `#`",), 1, True),
    ("route r { when pii  to smart } // last\n", ("comment begins with `#`",), 1, True),
    ("@annotated\nroute r { when pii  to smart }", ("`@`",)),
    ("route r { when $tokens > 8k  to smart }", ("`$`",), 1, True),
    ("route r { when ${tokens} > 8k  to smart }", ("`tokens`",), 1, True),
    ("route r { when {{tokens}} > 8k  to smart }", ("`tokens`",), 1, True),
)

LIST = _of(
    "list",
    ("route r {\n  when pii\n  to smart weight 30,\n  fallback small\n}", ("comma", "continues the list"), 3, True),
    ("route r {\n  when pii\n  to smart,\n  timeout 3s\n}", ("comma", "continues the list"), 3, True),
    ('signal s: bool { source keywords("a" "b") }', ("comma between",), 1, True),
    ("place here { pools [smart frontier] }", ("comma between the members",), 1, True),
    ("route r { when domain in [code law]  to smart }", ("comma between",), 1, True),
    ("route r { when domain in code, law  to smart }", ("square brackets",), 1),
    ("route r { when domain in [code, law  to smart }", ("`]`",)),
    ("route r { when domain in [code; law]  to smart }", ("`;`", "comma"), 1, True),
    ("route r { when domain == [code, law]  to smart }", ("`in`",), 1, True),
    ("route r { when domain == code or law  to smart }", ("`law`", "`domain"), 1),
    ("route r { when domain in []  to smart }", ("empty",), 1),
    ("route r { when pii  to smart small }", ("comma between",), 1, True),
    ("route r { when pii  to smart weight 90 small weight 10 }", ("comma between",), 1, True),
    ("route r { when pii  to smart weight 90, small }", ("`small` has no weight",)),
    ("route r { when pii  to smart\n  fallback small frontier }", ("comma between",), 2, True),
    ("group g exclusive [pii, brief]", ("{ }",), 1, True),
    ('signal s: one_of(a b) { source header("x")  on_error deny }', ("comma between",), 1, True),
    ("policy q { language 1  resolve priority name }", ("`[`",), 1, None, "lint", BARE),
    ('test "t" { given { tools search, sql }  expect { pool small } }', ("`[`",), 1),
    ("route r { when pii  to smart  fallback small on [timeout, overload] }", ("without brackets",), 1, True),
)

HOLLOW = _of(
    "hollow rule",
    ("guard g { }", ("guard `g`",)),
    ("guard g { sealed }", ("guard `g`",)),
    ("assert a { }", ("assert a", "claims nothing")),
    ("assert a { critical }", ("assert a", "claims nothing")),
    ("route r { when pii }", ("route `r`", "`to POOL`")),
    ("route r { }", ("route `r`", "`to POOL`")),
    ('test "t" { given { tokens 1k } }', ("`expect {",)),
    ('test "t" { expect { pool small } }', ("`given {",)),
    ("route r { when tokens > 2M  to smart }\ndefault { to smart, small }", ("no request",), 1, None, "check", SMALL),
    (
        "route r { when tokens > 8k and tokens < 4k  to smart }\ndefault { to smart, small }",
        ("no request",),
        1,
        None,
        "check",
        SMALL,
    ),
    ("default { when pii  to smart }", ("`default`", "`when`")),
    ("default { }", ("default", "`to POOL`")),
)

SILENT = _of(
    "silent loss",
    ("route r { when pii  to smart }", ("`tokens`",), 0),
    ('signal s: bool { source header("x") }\nroute r { when s  to smart }', (), 0),
    ("route r { on_unknown always  when pii  to smart }", ("`always`", "`on_unknown`")),
    ("signal s: int(0..9) { source turns  on_error silent }", ("on_error silent", "`bool`")),
    ("policy q { language 2 }", ("version 2",), 1, None, "lint", BARE),
    ("policy q { version 1 }", ("`version`", "`language`"), 1, None, "lint", BARE),
    ("policy q { language 1  resolve [priorty] }", ("`priorty`", "`priority`"), 1, None, "lint", BARE),
    ("route r { when pii  to smart  fallback small on timeouts }", ("`timeouts`", "`timeout`"), 1, True),
    ("route r { when pii  to smart  fallback small on 5xx }", ("5xx",)),
    ("route r { when pii  to smart  fallback small on 429 }", ("429",)),
    ("route r { when pii  to smart  select cheapest }", ("`cheapest`",)),
    ("assert a { never served when pii and tokens }", ("condition",)),
    ("route r { tier 1  when pii  to smart }\nroute s { when brief  to small }", ("tier",), 2, None, "lint"),
    ("override pool smrt { replicas 2 }", ("`smrt`", "`smart`")),
    ("override smart { replicas 2 }", ("override", "pool")),
    ('test "t" { given { tokns 1k }  expect { pool small } }', ("`tokns`", "`tokens`"), 1, True),
    ('test "t" { given { tokens 2M }  expect { pool small } }', ("2M",)),
    ('test "t" { given { pii yes }  expect { pool small } }', ("`true`",)),
    ('test "t" { given { pii True }  expect { pool small } }', ("`true`",), 1, True),
    ('test "t" { given { tokens: 1k }  expect { pool small } }', ("`:`",), 1, True),
    ('test "t" { given { tokens = 1k }  expect { pool small } }', ("`=`",), 1, True),
    ('test "t" { given { tokens 1k }  expect { pool smol } }', ("`smol`", "`small`"), 1, True),
    ('test "t" { given { tokens 1k }  expect small }', ("expect {",)),
)

LETTER = _of(
    "letter",
    ("route r {\u00a0when pii\u00a0to smart }", (), 0),
    ("route r { when\u200b pii  to smart }", ("U+200B",), 1, True),
    ("route r { when pii — brief  to smart }", ("`—`",)),
    ("route r { when tokens － 1k > 8k  to smart }", ("`－`", "`-`"), 1, True),
    ("route r ｛ when pii  to smart }", ("`｛`", "`{`"), 1, True),
    ("route r { when pii  to smart，small }", ("`，`",), 1, True),
    ("pool p { model m  region ‘eu’ }", ("double quotes",), 1, True),
    ("route r { when pii  to smart … }", ("`…`",)),
    ("...\nroute r { when pii  to smart }", ("`..`",)),
    ("---\nroute r { when pii  to smart }", ("`---`",), 1, True),
    ("\ufeffroute r { when pii  to smart }", ("U+FEFF",), 1, True),
    ("```\nroute r { when pii  to smart }", ("backtick",)),
    ("[pools]\n", ("`[`",)),
    ("route r {\n\twhen pii\n\tto smart\n}\r\n", (), 0),
)

MISTAKES = [
    *KEYWORD, *BRACE, *UNIT, *NAME, *TYPE, *ORDER, *DUPLICATE, *QUOTE, *OPERATOR, *LIST, *HOLLOW, *SILENT, *LETTER,
]  # fmt: skip
