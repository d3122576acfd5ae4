# ruff: noqa: INP001  a folder of pages
"""The pages that the program can say better than a writer: codes, targets, commands, the words of the language. And
the parser's table, which Lark makes of the grammar.

`python docs/generate.py` writes them; a test holds that they are up to date.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import click

from wrpc.cli.app import app
from wrpc.cli.commands import COMMANDS
from wrpc.policy import kinds as k
from wrpc.policy import units
from wrpc.policy import vocabulary as v
from wrpc.policy.sources import SOURCES
from wrpc.report.catalogue import FAMILIES, Entry, entries
from wrpc.report.schemas import SCHEMAS
from wrpc.report.targets import KIND, said, versions
from wrpc.report.units import decimal
from wrpc.syntax import tabulate
from wrpc.syntax.blocks import BLOCKS
from wrpc.targets import TARGETS, named
from wrpc.targets.settings import COMMON, KINDS, spelled
from wrpc.targets.target import CONSTRUCTS

HERE = Path(__file__).resolve().parent
NOTE = "<!-- Written by docs/generate.py. -->\n"
INTRODUCTIONS = {
    "codes": """\
# Codes

Every finding has a code; `wrpc rule WRP201` shows its page. A code is never reused.
""",
    "targets": """\
# Targets

Which parts of a policy each program carries. A part that it does not carry is always reported (WRP801), and so is a
part that it carries only approximately (WRP802). The manifest lists both. `wrpc targets NAME` shows the same.
""",
    "commands": """\
# Commands

Exit code 0: no error found. 1: errors, or warnings under `--fail-on warning`. 2: bad usage, or an input that cannot be
read. `--format json` prints one object, whose keys are a contract ([schemas](schemas)); numbers in it are in base
units.
""",
    "words": """\
# The words of the language

What each block holds, from the tables that the compiler itself goes by. [language.md](language.md) says what it means,
[wrp.lark](../grammar/wrp.lark) how it is written.

## Blocks
""",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(_cell(c) for c in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


# ── Codes ─────────────────────────────────────────────────────────────────


def codes() -> str:
    parts = [NOTE, INTRODUCTIONS["codes"]]
    for family, title in FAMILIES.items():
        own = [e for e in entries() if e.family == family]
        if own:
            parts.append(f"\n## {family}xx {title}\n\n")
            rows = [(f"[{e.code.id}](#{_anchor(e)})", e.code.name, e.code.severity, e.code.summary) for e in own]
            parts.append(table(("code", "name", "severity", "means"), rows))
    parts += [f"\n### {e.code.id} {e.code.name}\n\n{e.code.page.strip()}\n" for e in entries()]
    return "".join(parts)


def _anchor(entry: Entry) -> str:
    return f"{entry.code.id.lower()}-{entry.code.name}"


# ── Targets ───────────────────────────────────────────────────────────────


def targets() -> str:
    parts = [NOTE, INTRODUCTIONS["targets"]]
    for name in TARGETS:
        target = named(name)
        parts.append(f"\n## {name}\n\n{target.title}, {versions(target)}.\n\n")
        rows = [(str(c), KIND[type(row := target.carries[c])], said(row)) for c in CONSTRUCTS]
        order = {title: i for i, title in enumerate(KIND.values())}
        parts.append(table(("part of a policy", "", "where, or why not"), sorted(rows, key=lambda r: order[r[1]])))
        parts.append(f"\nSettings of `target {spelled(name)} {{ … }}`:\n\n")
        settings = {**target.settings, **COMMON}
        parts.append(table(("setting", "takes", ""), [(f"`{n}`", KINDS[s.kind], s.doc) for n, s in settings.items()]))
    return "".join(parts)


# ── Commands ──────────────────────────────────────────────────────────────


def commands() -> str:
    parts = [NOTE, INTRODUCTIONS["commands"]]
    width = 100
    context = click.Context(app, info_name="wrpc", terminal_width=width, help_option_names=["-h", "--help"])
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context, terminal_width=width)
        parts.append(f"\n## {name}\n\n```\n{command.get_help(inner)}\n```\n")
    return "".join(parts)


# ── The words of the language ─────────────────────────────────────────────


def words() -> str:
    parts = [NOTE, INTRODUCTIONS["words"]]
    for block, attributes in v.ROWS.items():
        clauses = v.CLAUSES.get(block, ())
        noted = set(v.NOTES) <= set(attributes)
        own = [row for n, row in attributes.items() if not noted or n not in v.NOTES]
        parts.append(f"\n### {block}\n\n")
        if clauses:
            parts.append("Clauses: " + ", ".join(f"`{c}`" for c in clauses) + ".\n\n")
        if own:
            parts.append(table(("attribute", "takes", ""), [(f"`{r.name}`", takes(r.kind), r.doc) for r in own]))
        if noted:
            parts.append("\nAnd `description` and `labels`.\n" if own else "`description` and `labels`.\n")
    parts.append("\n## Sources of signals\n\nA source that can fail makes its signal one that can.\n\n")
    rows = [(f"`{n}`", _count(s.least, s.most), "yes" if s.fallible else "no") for n, s in SOURCES.items()]
    parts.append(table(("source", "arguments", "can fail"), rows))
    parts.append("\n## Closed lists\n\n")
    parts.append(
        table(
            ("where", "words"),
            [
                ("`fallback … on`", _words(v.CAUSES)),
                ("`select`", _words(k.SELECTIONS)),
                ("`resolve`", _words(k.RESOLVE_KEYS)),
                ("`on_error`", _words(k.ON_ERROR)),
                ("`on_unknown`", _words(k.ON_UNKNOWN)),
                ("`role`", _words(k.ROLES)),
                ("`destination.`", _words((*v.DESTINATION, *v.PLACE)) + ", or a label"),
                ("of claims", _words(v.CLAIM_WORDS)),
                ("`expect`", _words(v.EXPECTATIONS)),
                ("`expect { action … }`", _words(v.ACTIONS)),
                ("reserved", _words(sorted(v.RESERVED))),
            ],
        )
    )
    parts.append("\n## Units\n\n")
    parts.append(_units())
    return "".join(parts)


def takes(kind: k.Kind) -> str:
    """A type of attribute in words."""
    match kind:
        case k.Quantity():
            what = units.title(kind.dimension)
            if not kind.dimension:
                what = "a whole number" if kind.whole else "a number"
            return what + _bounds(kind.low, kind.high, kind.low_open)
        case k.Phrase():
            return "a string, or one word"
        case k.Familiar(of):
            article = "an" if of[0] in "aeiou" else "a"
            return f"a string, or one word: {article} {of}"
        case k.Worded():
            return "a word, a string, a list or a block"
        case k.Distribution():
            return 'points, or `cdf("…")`'
        case k.Quoted():
            return "a string"
        case k.Words(words):
            return _words(words)
        case k.Identifier():
            return "a word"
        case k.Reference(of):
            return f"the name of a {of}"
        case k.Several(of):
            return f"a list: {takes(of)}"
        case k.Between():
            return "a whole number, or a range of them"
        case k.Table(of):
            return f"a block of names, each with {takes(of)}"
        case k.Rest(of):
            return f"each name of one's own: {takes(of)}"
        case k.Nested(block):
            return f"a block, see [{block}](#{block})"
        case k.Address():
            return 'a string, or `env("NAME")`'
        case k.Secret():
            return 'the name of a variable, `env("NAME")`'
        case k.Waivers():
            return "a block of codes, each with a block of `owner`, `until` and `reason`"
        case k.Labels():
            return "a block of names of one's own"
        case k.Either(options):
            return ", or ".join(takes(o) for o in options)
        case _:
            return "a value that its reader knows"


def _bounds(low: Fraction | None, high: Fraction | None, low_open: bool) -> str:
    if low is not None and high is not None:
        return f" from {decimal(low)} to {decimal(high)}"
    if low is None:
        return ""
    return f" above {decimal(low)}" if low_open else f", {decimal(low)} or more"


def _count(least: int, most: int | None) -> str:
    if most == least:
        return str(least) if least else ""
    return f"{least} or more" if most is None else f"{least} to {most}"


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{w}`" for w in words)


def _units() -> str:
    """The units by what they measure, each dimension with an example."""
    found: dict[str, list[str]] = {}
    for name in units.UNITS:
        unit = units.unit(name)
        assert unit is not None, name
        found.setdefault(unit.dimension, []).append(name)
    rows = [(units.title(d), _words(names), f"`{units.example(d)}`") for d, names in found.items() if d in units.TITLES]
    return table(("dimension", "units", "example"), rows)


PAGES: dict[str, Callable[[], str]] = {
    "codes.md": codes,
    "targets.md": targets,
    "commands.md": commands,
    "words.md": words,
}


def blocks() -> str:
    """What may stand in each block, for the parser, whose room comes before the one that knows it."""
    held = {
        block: {**dict.fromkeys(v.CLAUSES.get(block, ()), "clause"), **{n: _form(k) for n, k in attributes.items()}}
        for block, attributes in v.BLOCKS.items()
        if block not in v.INNER
    }
    taken = {name: form for name, form in held["route"].items() if name not in v.NOT_OF_DEFAULT and name != "when"}
    return json.dumps({**held, "default": taken}, indent=1) + "\n"


def _form(kind: k.Kind) -> str:
    match kind:
        case k.Nested() | k.Table() | k.Labels():
            return "block"
        case k.Several():
            return "list"
        case _:
            return "value"


def schemas() -> dict[str, str]:
    """The JSON that programs read, as JSON Schema."""
    found = {name: json.dumps(model.model_json_schema(), indent=2) + "\n" for name, model in SCHEMAS.items()}
    return {f"{name}.schema.json": text for name, text in found.items()}


def main() -> int:
    (HERE / "schemas").mkdir(exist_ok=True)
    for name, text in schemas().items():
        (HERE / "schemas" / name).write_text(text, encoding="utf-8", newline="\n")
    tabulate.main()
    BLOCKS.write_text(blocks(), encoding="utf-8", newline="\n")
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
