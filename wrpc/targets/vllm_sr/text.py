"""YAML as people write it: block style, exact decimals, text in quotes where a reader could take it for more."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any


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

    Dumper.add_representer(Fraction, fraction)
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
