"""Words that begin no clause or declaration here, and the word that does; a condition where none stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from wrpc.diagnostics import Edit, Fix, did_you_mean, listing
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax.blocks import blocks
from wrpc.syntax.faults import Repair, Verdict, cut
from wrpc.syntax.habits.scene import Scene
from wrpc.syntax.words import DECLARATIONS

KNOWN: Mapping[str, tuple[str, ...]] = {kind: tuple(blocks()[kind]) for kind in ("route", "default", "guard", "assert")}
"""What may begin an item of a section."""

STRUCTURE = ("when", "to", "cascade", "deny", "fallback", "spill", "mirror", "budget", "limit", "sticky")
RULES = {"guard": ("deny", "forbid", "require"), "assert": ("always", "never")}

CONDITIONS = frozenset(("if", "where", "whenever", "match", "matches", "condition", "conditions", "filter", "case"))
OTHERWISE = frozenset(("else", "otherwise", "elif", "elsif", "elseif", "endif"))


def _all(words: str, meant: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), meant)


MEANT: Mapping[str, Mapping[str, str]] = {
    "route": {
        **_all("send destination destinations dest pool pools target targets goto go too then use using backend", "to"),
        **_all("backends upstream forward route serve action provider providers model models cluster", "to"),
        **_all("block reject refuse drop forbid", "deny"),
        **_all("failover backup or_else", "fallback"),
        **_all("shadow copy tee", "mirror"),
        **_all("overflow", "spill"),
    },
    "guard": {
        **_all("block disallow prohibit ban exclude never allow permit only", "forbid"),
        **_all("reject refuse drop", "deny"),
        **_all("must ensure enforce need needs always", "require"),
    },
    "assert": {
        **_all("ensure must should check verify require assert that", "always"),
        **_all("forbid deny mustnt disallow", "never"),
    },
}
MEANT = {**MEANT, "default": MEANT["route"]}
"""Words of other languages, and the clause that does the same."""

ITEMS = frozenset((*CONDITIONS, *OTHERWISE, *(word for kind in KNOWN for word in (*KNOWN[kind], *MEANT[kind]))))
"""Every word that begins an item, or is meant to."""

TOP = {
    **_all("def var const set define fn func function variable", "let"),
    **_all("include use using require from load", "import"),
    **_all("backend backends cluster upstream provider server deployment", "pool"),
    **_all("rule rules", "guard"),
    **_all("feature attribute input param field", "signal"),
    **_all("check claim property invariant", "assert"),
}
PARTS = {
    **_all("source threshold on_error above", "signal"),
    **_all("endpoint trust region provider engine replicas", "pool"),
    **_all("given expect", "test"),
}
TOP_HELP = {
    "guard": "did you mean `guard` (what may never happen) or `route` (where requests go)?",
}


def clause(scene: Scene) -> Verdict | None:
    """An item that begins with no word of its section."""
    kind, known = scene.kind, KNOWN.get(scene.kind)
    if known is None or scene.brace < 0:
        return None
    if _unclaimed(scene):
        message = f"a claim begins with {listing(RULES[kind])}, found `{cut(scene.here.text)}`"
        return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(scene.at))
    for at in _items(scene):
        word = scene.words[at]
        text, low = word.text, word.text.lower()
        if text in known or word.kind != "NAME" or word.text[0] == "`":
            continue
        if kind in ("route", "default") and low in CONDITIONS:
            message = f"no clause `{text}`: conditions begin with `when`"
            return _meant(scene, at, "when", message)
        if kind in ("route", "default") and low in OTHERWISE:
            message = f"no clause `{text}`: what no route takes goes to the `default`"
            hint = "write `default { to POOL }` after the routes"
            return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(at), help=hint)
        if low in MEANT[kind]:
            return _meant(scene, at, MEANT[kind][low], f"no clause `{text}`")
        close = get_close_matches(low, known, 1, 0.7)
        if close and close[0] in STRUCTURE and kind not in RULES and len(low) > 1:
            return _meant(scene, at, close[0], f"no clause `{text}`")
        if kind in RULES:
            if close and close[0] in RULES[kind]:
                return _meant(scene, at, close[0], f"no clause `{text}`")
            if low in MEANT[kind]:
                return _meant(scene, at, MEANT[kind][low], f"no clause `{text}`")
            if scene.fault is not None and at == scene.brace + 1 and not close:
                words = listing(RULES[kind])
                what = "a claim" if kind == "assert" else "a rule"
                message = f"{what} begins with {words}, found `{cut(text)}`"
                return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(at))
    return None


def _unclaimed(scene: Scene) -> bool:
    """Whether an assert begins with something that is no claim."""
    return scene.kind == "assert" and scene.fault is not None and scene.at == scene.brace + 1 and scene.here.kind != "}"


def _items(scene: Scene) -> Iterator[int]:
    """Where an item begins that was taken for an attribute, and the one that is being read."""
    found = {*scene.attributes, scene.item}
    first = max(scene.brace + 1, scene.since)
    return (at for at in sorted(found) if first <= at < len(scene.words) and scene.depths[at] == 1)


def _meant(scene: Scene, at: int, keyword: str, message: str) -> Verdict:
    word = scene.words[at]
    fix = Fix(scene.span(at), keyword, f"write `{keyword}`")
    following = scene.word(at + 1).text
    if following == keyword:
        fix = Fix(scene.span(at, at + 1), keyword, f"write `{keyword}`")
    sound = keyword != "forbid" or word.text.lower() not in ("allow", "permit", "only")
    plain = scene.word(at + 1).kind in ("NAME", "STRING", "NUMBER", "(") or keyword in ("when", "always", "never")
    hint = f"did you mean `{keyword}`?" if keyword not in message.split("`") else fix.title
    if not sound:
        hint = 'a guard says what may not happen: `forbid destination.trust != "own" when …`'
    repair = scene.read_as(keyword) if at == scene.item and following != keyword else None
    fixes = fix if sound and plain and (keyword != "deny" or scene.word(at + 1).kind == "STRING") else None
    return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(at), help=hint, fix=fixes, repair=repair)


OPEN = frozenset(("and", "or", "not", "in", "==", "!=", "<", ">", "<=", ">="))
"""Signs and words of an expression that is not at its end."""


def behind(scene: Scene) -> Verdict | None:
    """`deny "no" if pii`, `deny "no", when pii`, `deny "no" unless pii`, `fallback small if timeout`."""
    if scene.brace < 0:
        return None
    for at in _items(scene):
        word, before = scene.words[at], scene.word(at - 1)
        if word.first or word.text not in (*CONDITIONS, "when", "unless", "for", "by"):
            continue
        if scene.kind in RULES and at > scene.brace + 1:
            if word.text == "when" and before.kind == ",":
                fix = Fix(scene.span(at - 1), "", "leave out the comma")
                message = "no comma stands between a rule and its `when`"
                return scene.says(codes.LIST_COMMA, message, scene.span(at - 1), help=fix.title, fix=fix)
            if before.kind != "," and word.text in CONDITIONS:
                fix = Fix(scene.span(at), "when", "write `when`")
                message = f"the condition of a rule begins with `when`, found `{word.text}`"
                return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(at), help="write `when`", fix=fix)
            if word.text == "unless":
                message = "the condition of a rule begins with `when`, found `unless`"
                return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(at), help="write `when not (…)`")
        if word.text in CONDITIONS and scene.kind in ("route", "default") and "fallback" in _line(scene, at):
            fix = Fix(scene.span(at), "on", "write `on`")
            message = f"a `fallback` names the failures that it is for with `on`, found `{word.text}`"
            return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(at), help="write `on`", fix=fix)
        if word.text in ("for", "by") and before.kind == "NUMBER" and scene.word(at - 2).text in ("budget", "limit"):
            fix = Fix(scene.span(at), "per", "write `per`")
            message = f"a `{scene.word(at - 2).text}` is counted `per` signal, found `{word.text}`"
            return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(at), help="write `per`", fix=fix)
    return None


def _line(scene: Scene, at: int) -> str:
    """The last clause before a place that begins on its line."""
    while at > 0 and not scene.words[at].first:
        at -= 1
        if scene.words[at].text in STRUCTURE:
            return scene.words[at].text
    return ""


def bare(scene: Scene) -> Verdict | None:
    """`route r { pii  to smart }`, `when pii and  to smart`: a condition that begins or ends with nothing."""
    if scene.kind not in ("route", "default") or scene.fault is None or scene.brace < 0:
        return None
    whens = any(word.text == "when" and scene.depths[at] == 1 for at, word in enumerate(scene.words))
    for at in () if whens else _items(scene):
        word, after = scene.words[at], scene.word(at + 1)
        begins = word.kind == "NAME" and (scene.word(at - 1).kind in ("{", ",") or word.first)
        if begins and word.text not in KNOWN["route"] and after.text in ("to", "deny", "cascade"):
            start = Span(scene.source, word.start, word.start)
            fix = Fix(start, "when ", "write `when` before it")
            message = f"conditions begin with `when`, found `{cut(word.text)}`"
            return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(at), help=fix.title, fix=fix)
    for at in range(max(scene.since, scene.brace) + 1, min(scene.at, len(scene.words))):
        word = scene.words[at]
        if scene.word(at + 1).text in STRUCTURE and word.text in (
            "and",
            "or",
            "not",
            "in",
            "==",
            "!=",
            "<",
            ">",
            "<=",
            ">=",
        ):
            message = f"something is missing after `{word.text}`"
            hint = f"`{scene.word(at + 1).text}` was read as a name"
            return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=hint)
    return None


def nameless(scene: Scene) -> Verdict | None:
    """`guard {`."""
    if (
        scene.fault is None
        or scene.at != 1
        or scene.here.kind not in ("{", ":", "=")
        or "NAME" not in scene.fault.expected
    ):
        return None
    if scene.kind == "default" or scene.kind not in DECLARATIONS:
        return None
    message = f"{scene.one} needs a name, found `{scene.here.kind}`"
    return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(1), help=f"write `{scene.kind} NAME …`")


def pool_of(scene: Scene) -> Verdict | None:
    """`forbid pool frontier`, `forbid to frontier`."""
    if scene.kind not in RULES or scene.brace < 0:
        return None
    for at in range(max(scene.since, scene.brace) + 1, min(scene.at + 1, len(scene.words))):
        before, kind, name = scene.word(at - 1).text, scene.words[at], scene.word(at + 1)
        if (
            before in ("forbid", "never", "always")
            and kind.text in ("to", "pool", "model", "using")
            and name.kind == "NAME"
        ):
            if name.text in ("when", "and", "or", "in", "not"):
                continue
            written = f"destination.{'model' if kind.text == 'model' else 'pool'} == {name.text}"
            message = f"`{before}` takes a condition, found `{scene.text(at, at + 1)}`"
            return scene.says(
                codes.UNEXPECTED_TEXT, message, scene.span(at, at + 1), help=f"write `{written}`",
                fix=Fix(scene.span(at, at + 1), written, f"write `{written}`"),
            )  # fmt: skip
    return None


def condition(scene: Scene) -> Verdict | None:
    """A `when` before the rule that it belongs to."""
    rules = RULES.get(scene.kind)
    if rules is None or scene.brace < 0:
        return None
    at = next((at for at in _items(scene) if scene.words[at].text in ("when", "if", "unless", "where")), -1)
    if at < 0:
        return None
    what = "a guard" if scene.kind == "guard" else "an assert"
    rule = scene.until(at + 1, rules)
    example = 'deny "why" when EXPR' if scene.kind == "guard" else "always EXPR when EXPR"
    fix = None
    if rule < len(scene.words) and scene.words[rule].text in rules:
        end = scene.until(rule + 1, (*rules, "critical", "sealed", "description", "labels", "accept_failure"))
        if all(word.text != "when" for word in scene.words[rule:end]) and scene.words[at].text != "unless":
            said = scene.text(at + 1, rule - 1).rstrip(",")
            start, close = scene.words[rule].start, scene.words[end - 1].end
            moved = Edit(Span(scene.source, close, close), f" when {said}")
            title = f"write the condition after the `{scene.words[rule].text}`"
            fix = Fix(Span(scene.source, scene.words[at].start, start), "", title, also=(moved,))
    return scene.says(
        codes.MISPLACED_CONDITION, f"in {what} the condition stands last", scene.span(at), fix=fix,
        help=f"write it such as `{example}`",
    )  # fmt: skip


def declaration(scene: Scene) -> Verdict | None:
    """A word that no declaration begins with."""
    fault = scene.fault
    if fault is None or not fault.top or scene.here.kind != "NAME":
        return None
    word = scene.here
    text, low = word.text, word.text.lower()
    message = f"no declaration begins with `{cut(text)}`"
    owner = next((kind for kind, rules in KNOWN.items() if low in rules and kind != "default"), None)
    if low in CONDITIONS or low == "when":
        hint: str | None = "a condition belongs in a route: `route NAME { when EXPR  to POOL }`"
    elif low in OTHERWISE:
        hint = "what no route takes goes to `default { to POOL }`"
    elif low in PARTS:
        hint = f"`{low}` belongs in a {PARTS[low]}: `{PARTS[low]} NAME {{ {low} … }}`".replace(
            "signal NAME", "signal NAME: TYPE"
        )
    elif owner and low not in TOP:
        kind = "guard" if low in ("deny", "forbid", "require") else owner
        hint = f"`{low}` belongs in a {kind}: `{kind} NAME {{ {low} … }}`"
    elif (after := scene.word(scene.at + 1)).text in DECLARATIONS and scene.word(scene.at + 2).kind == "{":
        hint = f"the kind comes before the name: `{after.text} {text}`"
    else:
        close = get_close_matches(low, sorted(DECLARATIONS), 1, 0.7)
        if low in TOP:
            hint = TOP_HELP.get(TOP[low], f"did you mean `{TOP[low]}`?")
        elif close:
            fix = Fix(scene.span(scene.at), close[0], f"write `{close[0]}`")
            repair = Repair(word.end, (close[0], word.start, word.end), keep=True)
            hint = did_you_mean(text, DECLARATIONS)
            if scene.word(scene.at + 1).kind in (":", "="):
                return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(scene.at), help=hint)
            return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(scene.at), help=hint, fix=fix, repair=repair)
        else:
            hint = "declarations are `signal`, `pool`, `route`, `guard`, `assert` and others"
    return scene.says(codes.UNKNOWN_KEYWORD, message, scene.span(scene.at), help=hint)


def part_of_test(scene: Scene) -> Verdict | None:
    """What stands where a test has `given` and `expect`."""
    if scene.fault is None or scene.kind != "test":
        return None
    if scene.before.text in ("given", "expect") and scene.here.kind != "{":
        hint = f"write `{scene.before.text} {{ … }}`"
        if scene.before.text == "expect" and scene.here.kind == "NAME":
            hint = "write `expect { pool POOL }`, `expect { route ROUTE }` or `expect { denied true }`"
        message = f"after `{scene.before.text}` come braces, found {scene.fault.found}"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(scene.at), help=hint)
    for wanted, words in (("given", "input request when with"), ("expect", "expects then should output result")):
        if wanted not in scene.fault.expected:
            continue
        word = scene.here
        if word.text == "expect":
            message = "in a test `given { … }` comes before `expect { … }`"
            return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(scene.at), help="`given { }` will do")
        if word.kind == "}" and wanted == "expect":
            hint = "write `expect { pool POOL }` or `expect { action deny }` after it"
            message = "a test needs `expect { … }` after `given { … }`"
            return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(scene.at), help=hint)
        if word.kind != "NAME" or not (
            word.text.lower() in words.split() or get_close_matches(word.text.lower(), (wanted,), 1, 0.6)
        ):
            continue
        fix = Fix(scene.span(scene.at), wanted, f"write `{wanted}`")
        repair = Repair(word.end, (wanted, word.start, word.end), keep=True)
        return scene.says(
            codes.UNKNOWN_KEYWORD, f"a test has no part `{word.text}`", scene.span(scene.at),
            help=f"did you mean `{wanted}`?", fix=fix, repair=repair,
        )  # fmt: skip
    return None


def flag(scene: Scene) -> Verdict | None:
    """`sealed true`."""
    for at in range(max(scene.brace, scene.since, 0), scene.at):
        word, value = scene.words[at], scene.word(at + 1)
        given = value.text in (":", "=") and scene.word(at + 2).text in ("true", "yes")
        if given and word.text in ("sealed", "critical"):
            alone = Fix(Span(scene.source, word.end, scene.word(at + 2).end), "", f"write `{word.text}` alone")
            message = f"`{word.text}` takes no value"
            return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at + 1, at + 2), help=alone.title, fix=alone)
        if word.text in ("sealed", "critical") and value.text in ("true", "false", "yes", "no"):
            if scene.depths[at] != 1:
                continue
            said = scene.source.text
            end = value.end
            while said[end : end + 1] == " " and said[end + 1 : end + 2] == " ":
                end += 1
            fix = None
            if value.text in ("true", "yes"):
                fix = Fix(Span(scene.source, word.end, end), "", f"write `{word.text}` alone")
            hint = f"write `{word.text}` alone" if fix else f"leave out `{word.text}`"
            return scene.says(
                codes.UNEXPECTED_TEXT, f"`{word.text}` takes no value", scene.span(at + 1), help=hint, fix=fix
            )
    return None


RULES_OF_CLAUSES = (flag, nameless, behind, bare, pool_of, condition, clause, declaration, part_of_test)
