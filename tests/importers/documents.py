"""Random YAML documents as people write them: sections, comments everywhere, every layout of a value."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SECTIONS = ("general_settings", "router_settings", "litellm_settings", "model_list", "num_retries")
NAMES = ("num_retries", "timeout", "fallbacks", "cache", "'quoted'", '"two words"', "größe", "a.b/c-d")
WORDS = ("3", "true", "yes", "null", "~", "gpt-4o", "os.environ/KEY", "0x1F", "1e3", "a, b", "http://x:1/y", "私", "#x")


@dataclass
class Writer:
    """`plain`: nothing that ties one place to another, and no scalar that goes on over lines."""

    chance: Random
    plain: bool = False
    comments: int = 0
    anchors: int = 0

    def document(self) -> str:
        lines = self.some_comments(0)
        names = self.chance.sample(SECTIONS, self.chance.randint(1, len(SECTIONS)))
        for name in names:
            lines += self.between(0)
            step = self.chance.choice((1, 2, 2, 2, 4))
            match self.chance.choice(("mapping",) * 4 + ("any", "null")):
                case "mapping":
                    lines += [f"{name}:{self.on_the_line()}", *self.mapping(step, 2)]
                case "null":
                    lines += [f"{name}:{self.chance.choice(('', ' {}', ' null', ' ~'))}{self.on_the_line()}"]
                case _:
                    lines += self.entry(name, 0, 2)
        lines += self.between(0)
        return "\n".join(lines) + self.chance.choice(("\n", "\n", ""))

    def mapping(self, indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        for name in self.chance.sample(NAMES, self.chance.choice((1, 1, 2, 3))):
            entry = self.entry(name, indent, depth)
            lines += [*self.between(indent), *entry]
            if self.chance.random() < 0.05:
                lines += [*self.between(indent), *(self.other_comment(line) for line in entry)]
        return lines

    def entry(self, name: str, indent: int, depth: int) -> list[str]:
        pad, more = " " * indent, indent + self.chance.choice((1, 2, 2, 4))
        head = f"{pad}{name}:"
        kinds = ["scalar"] * 4 + ["flow", "null", "long quoted"] + ["mapping", "list"] * (depth > 0)
        if not self.plain:
            kinds += ["long plain", "block", "flow lines", "alias", "tag"]
        inner = " " * more
        match self.chance.choice(kinds):
            case "scalar":
                return [f"{head} {self.scalar()}{self.on_the_line()}"]
            case "flow":
                return [f"{head} {self.flow(2)}{self.on_the_line()}"]
            case "long quoted":
                return [f'{head} "one', "", f"{inner}# two", f'{pad}  three"{self.on_the_line()}']
            case "mapping":
                return [f"{head}{self.anchor()}{self.on_the_line()}", *self.mapping(more, depth - 1)]
            case "list":
                at = indent if self.chance.random() < 0.4 else more
                return [f"{head}{self.anchor()}{self.on_the_line()}", *self.items(at, depth - 1)]
            case "long plain":
                return [f"{head} one", f"{inner}two", "", f"{inner}three{self.on_the_line()}"]
            case "block":
                mark = self.chance.choice(("|", ">", "|-", ">-", "|+", "|", ">"))
                text = [
                    f"{inner}one",
                    f"{inner}  two",
                    *self.chance.choice(([], [""], [inner + "  "])),
                    f"{inner}# three",
                ]
                return [f"{head} {mark}{self.on_the_line()}", *text, *[""] * self.chance.choice((0, 0, 1, 2))]
            case "flow lines":
                return [f"{head} [a,{self.on_the_line()}", f"{inner}{{b: c}},", f"{pad}  ]"]
            case "alias" if self.anchors:
                return [f"{head} *a{self.chance.randint(1, self.anchors)}"]
            case "tag":
                return [f"{head} !!str {self.scalar()}"]
            case _:
                return [f"{head}{self.on_the_line()}"]

    def items(self, indent: int, depth: int) -> list[str]:
        pad = " " * indent
        lines: list[str] = []
        for _ in range(self.chance.randint(1, 3)):
            lines += self.between(indent)
            item = [f"{pad}- {self.scalar()}{self.on_the_line()}"]
            if depth > 0 and self.chance.random() < 0.5:
                item = self.mapping(indent + 2, depth - 1)
                first = next((n for n, line in enumerate(item) if line.strip() and line.lstrip()[0] != "#"), 0)
                item[first] = pad + "- " + item[first][indent + 2 :]
            lines += item
            if self.chance.random() < 0.2:
                lines += [self.other_comment(line) for line in item]
        return lines

    def scalar(self) -> str:
        word = self.chance.choice(WORDS)
        return word if self.chance.random() < 0.7 and word != "#x" else self.chance.choice((f'"{word}"', f"'{word}'"))

    def flow(self, depth: int) -> str:
        words = [w for w in WORDS if "," not in w and "#" not in w]
        if depth == 0 or self.chance.random() < 0.5:
            return self.chance.choice(words)
        inner = [self.flow(depth - 1) for _ in range(self.chance.randint(0, 3))]
        if self.chance.random() < 0.5:
            return "[" + ", ".join(inner) + "]"
        return "{" + ", ".join(f"k{n}: {value}" for n, value in enumerate(inner)) + "}"

    def anchor(self) -> str:
        if self.plain or self.chance.random() > 0.05:
            return ""
        self.anchors += 1
        return f" &a{self.anchors}"

    # ── Comments and blank lines ──────────────────────────────────────────

    def comment(self) -> str:
        self.comments += 1
        return f"# c{self.comments}_ é: [x"

    def other_comment(self, line: str) -> str:
        """A line again; what it says of itself is numbered anew, half of the time."""
        before, mark, _ = line.partition("# c")
        return before + self.comment() if mark and self.chance.random() < 0.5 else line

    def on_the_line(self) -> str:
        return f"{self.chance.choice((' ', '  '))}{self.comment()}" if self.chance.random() < 0.2 else ""

    def some_comments(self, indent: int) -> list[str]:
        return [" " * indent + self.comment() for _ in range(self.chance.choice((0, 0, 0, 1, 2)))]

    def between(self, indent: int) -> list[str]:
        lines = [""] * self.chance.choice((0, 0, 0, 1, 2))
        if self.chance.random() < 0.3:
            lines += self.some_comments(indent if self.plain else self.chance.choice((indent, 0, 2, indent + 2, 8)))
            lines += [""] * self.chance.choice((0, 0, 1))
        return lines + self.some_comments(indent)
