"""Test policies that carry their own expectations.

A case file is a policy with marks. A mark under a line has carets below what a finding points at; a mark behind a line
says only that a finding starts there. No mark means no finding.

    # case: too far        flags: --env prod.wrp
    route huge { when tokens > 200k  to big }
    #                 ^^^^^^^^^^^^^ WRP203 no request satisfies
    pool idle { model m }            # WRP302
    # file: common.wrp

`# case:` begins a case of its own with a main file; `# file:` adds a file to it. The text of a mark is a part of the
message. A span of several lines is marked on its first. `pytest --update` rewrites the marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wrpc.diagnostics import Diagnostic

MAIN = "policy.wrp"

# Notes that nearly every small policy gets: compared only in cases that mark them.
QUIET = ("WRP901", "WRP902")

_CASE = re.compile(r"#\s*case:\s*(.*?)(?:\s+flags:\s*(.*))?\s*$")
_FILE = re.compile(r"#\s*file:\s*(\S+)\s*$")
_CARETS = re.compile(r"#( *)(\^+)\s+(WRP\d{3})(?: (.*))?$")
_BEHIND = re.compile(r"^(.*\S)\s+#\s*((?:WRP\d{3}[ ,]*)+)$")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is expected: columns are None where only the line counts."""

    file: str
    line: int
    code: str
    columns: tuple[int, int] | None = None
    text: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        if self.columns:
            where += f":{self.columns[0]}-{self.columns[1]}"
        return f"{where} {self.code} {self.text}".rstrip()


@dataclass(frozen=True, slots=True)
class Case:
    title: str
    flags: tuple[str, ...]
    files: Mapping[str, str]
    """Without the marks that stand on lines of their own, which count in `lines`."""
    marks: tuple[Mark, ...]
    text: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def main(self) -> str:
        return self.files[MAIN]

    @property
    def env(self) -> tuple[str, ...]:
        """The override files that the flags name."""
        return tuple(b for a, b in zip(self.flags, self.flags[1:], strict=False) if a == "--env")


Check = Callable[[Case], Iterable[Diagnostic]]


def cases(path: Path) -> list[Case]:
    """The cases of a file; without a `# case:` line it is one."""
    return read(path.read_text(encoding="utf-8"), path.stem)


def read(text: str, title: str = "case") -> list[Case]:
    found: list[tuple[str, tuple[str, ...], dict[str, list[str]]]] = []
    current: list[str] | None = None
    for line in text.splitlines():
        begins, names = _CASE.match(line), _FILE.match(line)
        if begins:
            current = []
            found.append((begins[1], tuple((begins[2] or "").split()), {MAIN: current}))
        elif names:
            if not found:
                found.append((title, (), {MAIN: []}))
            current = found[-1][2].setdefault(names[1], [])
        else:
            if current is None:
                current = []
                found.append((title, (), {MAIN: current}))
            current.append(line)
    return [_case(*one) for one in found]


def _case(title: str, flags: tuple[str, ...], files: Mapping[str, list[str]]) -> Case:
    marks: list[Mark] = []
    for name, lines in files.items():
        policy = 0
        for number, line in enumerate(lines, 1):
            carets, behind = _CARETS.match(line), _BEHIND.match(line)
            if carets:
                first = len(carets[1]) + 2
                marks.append(Mark(name, policy, carets[3], (first, first + len(carets[2])), (carets[4] or "").strip()))
                continue
            policy = number
            if behind:
                marks += [Mark(name, number, code) for code in re.findall(r"WRP\d{3}", behind[2])]
    # A line of carets is a comment of the language, so that the text goes to the parser as it is.
    texts = {name: "\n".join(lines) + "\n" for name, lines in files.items()}
    return Case(title, flags, texts, tuple(marks), {name: tuple(lines) for name, lines in files.items()})


def found(diagnostics: Iterable[Diagnostic], case: Case) -> list[Mark]:
    """Findings as marks, without the quiet ones that the case does not speak of."""
    spoken = {m.code for m in case.marks}
    made: list[Mark] = []
    for d in diagnostics:
        if d.code.id in QUIET and d.code.id not in spoken:
            continue
        line, column = d.span.source.position(d.span.start)
        end = d.span.end_column if d.span.end_line == line else len(d.span.source.line(line)) + 1
        made.append(Mark(d.span.file, line, d.code.id, (column, max(end, column + 1)), d.message))
    return made


def differences(case: Case, diagnostics: Iterable[Diagnostic]) -> list[str]:
    """What was expected and did not come, and what came unexpected."""
    left = found(diagnostics, case)
    problems: list[str] = []
    for mark in case.marks:
        match = next((m for m in left if _agrees(mark, m)), None)
        if match is None:
            problems.append(f"expected: {mark}")
        else:
            left.remove(match)
    return problems + [f"unexpected: {m}" for m in left]


def _agrees(mark: Mark, made: Mark) -> bool:
    same = (mark.file, mark.line, mark.code) == (made.file, made.line, made.code)
    return same and mark.columns in (None, made.columns) and mark.text in made.text


def check(path: Path, case: Case, run: Check, *, update: bool = False) -> None:
    """Compares one case with what `run` finds, or rewrites its marks in the file."""
    diagnostics = list(run(case))
    problems = differences(case, diagnostics)
    if problems and update:
        rewrite(path, case, found(diagnostics, case))
        return
    assert not problems, f"{path.name}, case `{case.title}`:\n  " + "\n  ".join(problems)


def rewrite(path: Path, case: Case, marks: list[Mark]) -> None:
    """Puts the marks that hold in the place of those that stood there."""
    text = path.read_text(encoding="utf-8")
    for name, lines in case.text.items():
        kept: list[str] = []
        for number, line in enumerate(lines, 1):
            if _CARETS.match(line):
                continue
            kept.append(_BEHIND.sub(r"\1", line) if _BEHIND.match(line) else line)
            here = [m for m in marks if m.file == name and m.line == number]
            # In the first column stands the sign of the comment.
            behind = " ".join(m.code for m in here if m.columns is not None and m.columns[0] < 2)
            kept[-1] += f"  # {behind}" if behind else ""
            kept += [_line(m) for m in here if m.columns is not None and m.columns[0] > 1]
        text = text.replace("\n".join(lines), "\n".join(kept), 1)
    path.write_text(text, encoding="utf-8")


def _line(mark: Mark) -> str:
    assert mark.columns is not None
    first, end = mark.columns
    return "#" + " " * (first - 2) + "^" * (end - first) + f" {mark.code} {mark.text}"
