"""A configuration as it is read: its files, its sections, what may come from elsewhere, and what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from wrpc.diagnostics import Code, Diagnostic, Fix, Related, Severity, finding
from wrpc.importers.document import Keys, Node, Pair, Scalar
from wrpc.importers.faults import Report, unknown_word, wrong_type
from wrpc.importers.litellm.facts import Facts
from wrpc.importers.nodes import keys_of
from wrpc.source import Source, Span

TOP = ""
ROUTER, SETTINGS, GENERAL = "router_settings", "litellm_settings", "general_settings"
ENVIRONMENT = "os.environ/"
SHUFFLE = ("simple-shuffle", "provider-budget-routing")

Effect = Literal["stops", "fails", "ignored", "otherwise", "note"]
# What the program does of a fault, and how much that weighs: it does not start or cannot answer; it ignores the fault
# or does something else than the file says; nobody can know.
EFFECTS: dict[Effect, Severity] = {
    "stops": "error",
    "fails": "error",
    "ignored": "warning",
    "otherwise": "warning",
    "note": "info",
}
ENDS: Mapping[Effect, str] = {
    "stops": "does not start",
    "fails": "fails every request",
    "ignored": "ignores it",
    "otherwise": "takes it otherwise than it reads",
}


@dataclass(slots=True)
class Config:
    """`root` is the whole: the file and what it includes. `files` are their mappings, each on its own.

    `open` is the reason why groups may come from outside, where there is one.
    """

    source: Source
    root: Keys
    facts: Facts
    report: Report
    files: list[Keys] = field(default_factory=list)
    open: str | None = None
    same: dict[tuple[str, str], list[Diagnostic]] = field(default_factory=dict)

    @property
    def program(self) -> str:
        return f"LiteLLM {self.facts.release}"

    @property
    def shuffled(self) -> bool:
        """Whether weights count: only the shuffle goes by them."""
        chosen = strategy(self)
        return chosen is None or chosen in SHUFFLE

    def section(self, name: str) -> Keys | None:
        return keys_of(self.root, name)

    def say(
        self,
        code: Code,
        message: str,
        at: Span,
        effect: Effect,
        *,
        help: str | None = None,
        related: Iterable[Related] = (),
        fixes: Iterable[Fix | None] = (),
        one: str | None = None,
    ) -> None:
        """`one` names what is wrong, where the same may be wrong in many places: they become one finding."""
        known = [fix for fix in fixes if fix is not None]
        self._add(finding(code, message, at, severity=EFFECTS[effect], help=help, related=related, fixes=known), one)

    def wrong(
        self,
        node: Node,
        expected: str,
        key: str,
        effect: Effect,
        *,
        end: str = "",
        called: str = "",
        fix: Fix | None = None,
        one: str | None = None,
    ) -> None:
        """A value of another type; `end` is what comes of it, where that is not what the effect says."""
        end = f"; {end or self.ends(effect)}"
        fixes = () if fix is None else (fix,)
        self._add(wrong_type(node, expected, key, severity=EFFECTS[effect], end=end, called=called, fixes=fixes), one)

    def unknown_word(
        self, node: Node, key: str, known: Collection[str], effect: Effect, end: str, *, most: int | None = None
    ) -> None:
        self.report.add(unknown_word(node, key, known, severity=EFFECTS[effect], end=end, most=most))

    def ends(self, effect: Effect) -> str:
        """What the program does, as the end of a message."""
        return f"{self.program} {ENDS[effect]}"

    def _add(self, made: Diagnostic, one: str | None) -> None:
        if one is None:
            self.report.add(made)
        else:
            self.same.setdefault((made.code.id, one), []).append(made)

    def gather(self) -> None:
        """What is the same in many places, told at the first of the worst, with the other places."""
        for each in self.same.values():
            each.sort(key=lambda d: (d.severity != "error", d.severity == "info", d.key()))
            others = [Related(d.span, "here too") for d in each[1:] if d.span.key() != each[0].span.key()]
            self.report.add(replace(each[0], related=(*each[0].related, *others)))
        self.same.clear()

    def setting(self, key: str, *sections: str) -> Pair | None:
        """A setting from the first of these sections that has it; one that is empty does not count."""
        for name in sections:
            section = self.section(name)
            if section is not None and section.get(key) is not None:
                return section.pairs[key]
        return None


def variable(node: object) -> str | None:
    """The name behind `os.environ/`."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value.startswith(ENVIRONMENT):
        return node.value.removeprefix(ENVIRONMENT) or None
    return None


def strategy(config: Config) -> str | None:
    """How the router chooses in a group, where the file says it."""
    pair = config.setting("routing_strategy", ROUTER)
    return pair.value.text if pair is not None and isinstance(pair.value, Scalar) else None
