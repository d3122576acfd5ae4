"""How every target writes: YAML, JSON and comments in which a policy's names and texts are read as what they are.

YAML has two versions with other ideas of which plain words are numbers, truths, dates or nothing. A string that a
reader of either could take for something else stands in quotes, and so does whatever only looks like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from wrpc.letters import in_json, plain, quoted, visible

if TYPE_CHECKING:
    from yaml import SafeDumper

# Truths and nothings of YAML 1.1 (`y`, `on`), of 1.2, and of readers that know others (`NaN` without its dot).
WORDS = frozenset({
    "", "~", "null", "nil", "none", "y", "n", "yes", "no", "on", "off", "true", "false", "inf", "infinity", "nan",
    "=", "<<",
})  # fmt: skip
# Numbers of every base and of sixties, dates: what begins as a number and has no other letters than one. Four numbers
# with dots are an address to everybody.
_NUMBER = re.compile(r"(?!\d+(?:\.\d+){3}\Z)[-+.]*[0-9.][0-9a-fA-F_.:,+\-xXoOtTzZ ]*|[-+]?\.(?i:inf|nan)")


def yaml(content: object, comment: Iterable[str] = (), *, indented: bool = False) -> str:
    """Block style, in the order given, nothing shared, no line folded; `comment` are the lines of a head. `indented`:
    lists stand further in than their key."""
    from wrpc.targets.lines import written

    body = written(content, _spelled, WORDS, indented=indented)
    return comments(comment) + (body if body is not None else dumped(content, indented=indented))


def dumped(content: object, *, indented: bool = False) -> str:
    """The body as the library writes it, which is the meaning of `yaml`."""
    from yaml import dump

    body: str = dump(content, Dumper=_dumper(indented), sort_keys=False, allow_unicode=True, width=float("inf"))
    return body


def _spelled(scalar: object) -> str:
    return dumped([scalar])[2:-1]


def comments(lines: Iterable[str]) -> str:
    """Each line as one line of a comment, whatever it holds."""
    return "".join(f"# {visible(line)}".rstrip() + "\n" for line in lines)


def json(content: object, *, indent: int | None = 1) -> str:
    """The content alone, without a line break at its end."""
    from json import dumps

    return in_json(dumps(content, ensure_ascii=False, indent=indent))


@cache
def _dumper(indented: bool) -> type[SafeDumper]:
    from yaml import SafeDumper
    from yaml.nodes import ScalarNode

    class Dumper(SafeDumper):
        def ignore_aliases(self, _data: object) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, indentless and not indented)

        def write_double_quoted(self, text: str, _split: bool = True) -> None:
            # The library leaves marks of direction as they are.
            self.write_indicator(quoted(text), True)

    def text(dumper: SafeDumper, value: str) -> ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style(value))

    def number(dumper: SafeDumper, value: Fraction) -> ScalarNode:
        if value.denominator == 1:
            return dumper.represent_scalar("tag:yaml.org,2002:int", str(value.numerator))
        return dumper.represent_scalar("tag:yaml.org,2002:float", decimal(value))

    Dumper.add_representer(str, text)
    Dumper.add_representer(Fraction, number)
    return Dumper


def style(value: str) -> str | None:
    """The quotes of a string; None where the library finds out whether it needs any."""
    if not plain(value):
        return '"'
    return "'" if value.lower() in WORDS or _NUMBER.fullmatch(value) else None


def decimal(value: Fraction) -> str:
    """All digits of a number that has finitely many; 17 significant ones of another, which is what a float keeps."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return repr(float(value))
    places = 1
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
