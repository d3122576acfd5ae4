"""Values for attributes, by the type that an attribute's row gives it: one more attribute is drawn without more ado."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.laws.dice import Dice
from wrpc.policy import familiar
from wrpc.policy import kinds as k
from wrpc.policy.vocabulary import ROWS

UNITS: Mapping[str, Sequence[str]] = {
    "": ("1", "2", "0.5"),
    "B": ("64GiB", "2TiB", "128KiB"),
    "s": ("90s", "500ms", "30min"),
    "W": ("700W", "12kW"),
    "1/s": ("5/s", "60/min"),
    "USD/s": ("4.02USD/h", "1USD/h"),
    "USD/tok": ("1USD/Mtok", "0USD/Mtok"),
}
SHARES = ("30%", "0.5", "92%")
WHOLE = ("1", "2", "8")
WORDS: Mapping[str, Sequence[str]] = {
    "GPU": ("h100", "a100"),
    "engine": ("vllm", "sglang"),
    "provider": ('"openai"', '"anthropic/large"', "azure"),
    "KV tier": ("cpu", "disk", "remote"),
}


class Values:
    """`names`: of each kind of declaration, what has been declared."""

    def __init__(self, dice: Dice, names: Mapping[str, Sequence[str]]) -> None:
        self.dice = dice
        self.names = names

    def block(self, name: str, of_ten: int, but: Sequence[str] = ()) -> str:
        """A block of its attributes, each in so many cases of ten; without those that it leaves no value for."""
        return "{ " + "  ".join(self.attributes(name, of_ten, but)) + " }"

    def attributes(self, name: str, of_ten: int, but: Sequence[str] = ()) -> list[str]:
        found = []
        for row in ROWS[name].values():
            if row.name in but or not self.dice.chance(of_ten):
                continue
            if isinstance(row.kind, k.Rest):
                found += [f"{n} {self.of(row.kind.of)}" for n in self.dice.some(WORDS[row.kind.names], 1, 2)]
            elif (text := self.of(row.kind)) is not None:
                found.append(f"{row.name} {text}")
        return found

    def of(self, kind: k.Kind) -> str | None:
        """None where nothing of that kind is declared."""
        dice = self.dice
        match kind:
            case k.Quantity(dimension, whole, _, high):
                return dice.one(WHOLE if whole else SHARES if high == 1 else UNITS[dimension])
            case k.Phrase():
                return dice.one(['"eu"', "us", '"a phrase"'])
            case k.Familiar(of):
                return dice.one(WORDS[of])
            case k.Quoted():
                return dice.one(['"a text"', '"another"'])
            case k.Words(words):
                return dice.one(words)
            case k.Identifier():
                return dice.one(["alike", "apart"])
            case k.Reference(of):
                return dice.one(self.names[of]) if self.names.get(of) else None
            case k.Several(of) if of is k.RATE:  # one for each hour
                return f"[{', '.join(dice.one(UNITS['1/s']) for _ in range(24))}]"
            case k.Several(of):
                items = [i for _ in range(dice.number(1, 2)) if (i := self.of(of)) is not None]
                return f"[{', '.join(dict.fromkeys(items))}]" if items else None
            case k.Between():
                return dice.one(["1", "2", "2..6"])
            case k.Table(of, names):
                some = dice.some(WORDS[names] if names else ("one", "two"), 1)
                return "{ " + "  ".join(f"{word} {self.of(of)}" for word in some) + " }"
            case k.Nested(block):
                return self.nested(block)
            case k.Address():
                return dice.one(['"127.0.0.1:9000"', 'env("WHERE")'])
            case k.Secret():
                return 'env("KEY")'
            case k.Either(options):
                return self.of(dice.one(options))
            case k.Worded():
                return dice.one(["none", '"auto"', "[shell]"])
            case k.Distribution():
                return "[[20, 40%], [2000, 100%]]"
            case k.Waivers():
                return '{ WRP402 { owner "me"  until "2999-01-01"  reason "a law" } }'
            case k.Labels():
                return '{ note "of a law" }'
            case k.Rest() | k.Free() | k.Elsewhere():
                raise NotImplementedError(kind)

    def nested(self, block: str) -> str:
        if block == "kv_cache":  # of two forms, which do not mix
            return self.block(block, 6, self.dice.one([("tiers",), ("tier", "size")]))
        return self.block(block, 7)


assert {*WORDS} <= {*familiar.KNOWN}, "kinds of words that are known"
