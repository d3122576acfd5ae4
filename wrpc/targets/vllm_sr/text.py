"""YAML as people write it: block style, exact decimals, text in quotes where a reader could take it for more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

# Numbers of YAML 1.2 that PyYAML, which goes by 1.1, takes for text (`1e3`, `0o17`).
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")


def dump(content: Mapping[str, object]) -> str:
    import yaml

    return str(yaml.dump(content, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=100))


def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  what is shared is written out
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
            return super().increase_indent(flow, False)

    def fraction(dumper: Any, value: Fraction) -> Any:
        if value.denominator == 1:
            return dumper.represent_scalar("tag:yaml.org,2002:int", str(value.numerator))
        return dumper.represent_scalar("tag:yaml.org,2002:float", decimal(value))

    def text(dumper: Any, value: str) -> Any:
        style = "'" if NUMBER.match(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(Fraction, fraction)
    Dumper.add_representer(str, text)
    return Dumper


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
