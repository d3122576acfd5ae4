"""Two JSON Schemas of one program made into shapes: the router's own, and that of the command line's models.

Both judge a file, one after the other, so that a type is what both take: keys and kinds are the router's, what has to
be there and within which bounds is either's. Where the command line has no model the router's alone counts; only there
may a number or a bool come from the environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
FEW = 3
# Words that hardly belong to a name of ours.
EXTRA = re.compile("^Canonical|(Config|Rule|Signal)$")


def snake(name: str) -> str:
    """`CanonicalKBSignalRule` becomes `kb_signal`."""
    short = EXTRA.sub("", EXTRA.sub("", name)) or name
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", short).lower()


@dataclass
class Shapes:
    """`models` has the command line's schema of a plugin's configuration, by the router's name of it."""

    router: Json
    line: Json
    models: Mapping[str, Json] = field(default_factory=dict)
    shapes: dict[str, Any] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    given: dict[tuple[str, str], str] = field(default_factory=dict)

    def type(self, router: Json | bool, line: Json | None, key: str, shape: str = "") -> str:
        if isinstance(router, bool):
            return "any"
        name = router.get("$ref", "").rpartition("/")[2]
        router = self.router["$defs"][name] if name else router
        line = self._plain(line)
        if name in self.models and line is None:
            line = self._plain(self.models[name])
        if "oneOf" in router:
            return "|".join(
                self.type(each, line if each["type"] != "string" else None, key, shape) for each in router["oneOf"]
            )
        if "const" in router:
            return f"={router['const']}"
        match router.get("type"):
            case "object" if "properties" in router:
                return self._shape(name or key, router, line)
            case "object":
                inner = router.get("additionalProperties")
                values = (line or {}).get("additionalProperties")
                each = (
                    self.type(inner, values if isinstance(values, dict) else None, key, shape)
                    if inner is not None
                    else "any"
                )
                return f"{{{each}}}"
            case "array":
                items = (line or {}).get("items")
                each = self.type(router.get("items", True), items if isinstance(items, dict) else None, key, shape)
                return f"[{each}]"
            case "string":
                return self._text(router, line, f"{shape}.{key}")
            case "integer" | "number":
                number = self._number(router, line or {})
                return number if line is not None else f"{number}|variable"
            case "boolean":
                return "bool" if line is not None else "bool|variable"
            case _:
                return "any"

    def _plain(self, line: Json | None) -> Json | None:
        """What a model's schema says of a value that is there; None where it says nothing."""
        while line is not None:
            if "$ref" in line:
                line = self.line["$defs"][line["$ref"].rpartition("/")[2]] | {"$name": line["$ref"].rpartition("/")[2]}
            elif "anyOf" in line:
                others = [each for each in line["anyOf"] if each.get("type") != "null"]
                if len(others) != 1:
                    # Such as a number or `auto`: the parts are looked at, each by its kind.
                    return {k: v for each in others for k, v in each.items() if k not in ("const", "type")}
                line = others[0]
            elif "allOf" in line and len(line["allOf"]) == 1:
                line = line["allOf"][0]
            else:
                return line or None
        return None

    def _shape(self, name: str, router: Json, line: Json | None) -> str:
        of = (name, (line or {}).get("$name", (line or {}).get("title", "")))
        if of in self.given:
            return self.given[of]
        called = snake(name)
        if called in self.shapes:
            called = f"{called}_{snake(of[1]) if of[1] else 'global'}"
        self.given[of] = called
        keys: dict[str, str] = {}
        shape: dict[str, Any] = {"keys": keys}
        self.shapes[called] = shape
        values = (line or {}).get("properties", {})
        required = {*router.get("required", ()), *(line or {}).get("required", ())}
        for key, each in router["properties"].items():
            keys[key] = self.type(each, values.get(key), key, called) + ("!" if key in required else "")
        switched = {
            each["if"]["properties"]["type"]["const"]: self.type(
                each["then"]["properties"]["configuration"], None, "configuration"
            )
            for each in router.get("allOf", ())
            if "type" in each["if"]["properties"]
        }
        if switched:
            shape["switch"] = {"key": "configuration", "on": "type", "shapes": switched}
        return called

    def _text(self, router: Json, line: Json | None, key: str) -> str:
        line = line or {}
        one = [line["const"]] if "const" in line else None
        words = [each for each in (router.get("enum"), line.get("enum"), one) if each is not None]
        if words:
            both = [word for word in words[0] if all(word in each for each in words)]
            if len(both) <= FEW:
                return "|".join(f"={word}" for word in both)
            called = next((name for name, words in self.words.items() if words == both), key)
            self.words[called] = both
            return called
        if "pattern" in line:
            pattern = line["pattern"].removeprefix("^").removesuffix("$")
            called = next((name for name, each in self.patterns.items() if each == pattern), key)
            self.patterns[called] = pattern
            return called
        least = max(router.get("minLength", 0), line.get("minLength", 0))
        return f"text[{least},]" if least else "text"

    def _number(self, router: Json, line: Json) -> str:
        low = max((each["minimum"] for each in (router, line) if "minimum" in each), default=None)
        high = min((each["maximum"] for each in (router, line) if "maximum" in each), default=None)
        above, below = line.get("exclusiveMinimum"), line.get("exclusiveMaximum")
        name = "int" if "integer" in (router["type"], line.get("type")) else "number"
        opens, closes = "([", ")]"
        low_open = above is not None and (low is None or above >= low)
        high_open = below is not None and (high is None or below <= high)
        low, high = above if low_open else low, below if high_open else high
        if low is None and high is None:
            return name
        ends = ["" if end is None else f"{end:g}" if isinstance(end, float) else str(end) for end in (low, high)]
        return f"{name}{opens[not low_open]}{ends[0]},{ends[1]}{closes[not high_open]}"
