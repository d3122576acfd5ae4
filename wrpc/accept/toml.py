"""One file of settings, read whole or refused with everything that is wrong with it.

The library for TOML keeps no places, so that the line of a key is looked for in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from wrpc.accept import codes, limits
from wrpc.accept.settings import FAIL_ON, Rule, Settings
from wrpc.diagnostics import Code, Diagnostic, Refusal, did_you_mean, finding, listing
from wrpc.reading import noticed
from wrpc.source import Source, Span

SHARED, TABLE = "pyproject.toml", "tool.wrpc"
KEYS = {
    "select": 'a list of codes or families, such as `["WRP2", "WRP401"]`',
    "ignore": 'a list of codes or families, such as `["WRP9"]`',
    "per-file-ignores": 'a table of globs, each with a list of codes: `"legacy/*.wrp" = ["WRP204"]`',
    "fail-under": "a whole number from 0 to 100: the least share of the cases that `wrpc test` finds tried, in percent",
    "fail-on": "one of `note`, `warning`, `error`",
    "baseline": "the path of a baseline, from the folder of this file",
    "release": 'a table of importers, each with a release: `litellm = "1.93"`',
}


def read(path: Path) -> Settings:
    """The settings of one file, which in a `pyproject.toml` are its `[tool.wrpc]`.

    Raises Refusal with everything that is wrong with them.
    """
    import tomllib

    name = _shown(path)
    noticed(path)
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        raise _refused(
            codes.UNREADABLE_SETTINGS, f"the settings cannot be read: {reason}", Source(name, "").span()
        ) from None
    source = Source(name, text, path)
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _refused(
            codes.UNREADABLE_SETTINGS, f"this is not TOML: {_said(error)}", _at(source, str(error))
        ) from None
    shared = path.name == SHARED
    table: object = document
    if shared:
        tools = document.get("tool")
        table = tools.get("wrpc") if isinstance(tools, dict) else None
        if table is None:
            return Settings()
    reader = _Reader(source, TABLE if shared else "", path.parent)
    if not isinstance(table, dict):
        reader.wrong("wrpc", "`[tool.wrpc]` takes a table", table, None)
        raise Refusal(reader.found)
    made = reader.settings(table)
    if reader.found:
        raise Refusal(reader.found)
    return replace(made, path=path)


def _refused(code: Code, message: str, span: Span) -> Refusal:
    return Refusal([finding(code, message, span, help="correct it, or pass it by with `--no-config`")])


def _said(error: Exception) -> str:
    said = re.sub(r"\s*\(at .*\)$", "", str(error)) or "it nests too deep"
    return said[:1].lower() + said[1:]


def _at(source: Source, said: str) -> Span:
    place = re.search(r"at line (\d+), column (\d+)", said)
    end = len(source.text)
    offset = source.offset(int(place[1]), int(place[2])) if place else end if "end of document" in said else 0
    return source.span(min(offset, end))


def _shown(path: Path) -> str:
    """As seen from here, where it lies here or above in the same tree; else whole."""
    import os

    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:
        return path.as_posix()


class _Reader:
    def __init__(self, source: Source, table: str, folder: Path) -> None:
        self.source = source
        self.table = table
        self.folder = folder
        self.found: list[Diagnostic] = []

    def settings(self, given: Mapping[str, object]) -> Settings:
        made = Settings(folder=self.folder)
        for key, value in given.items():
            match key:
                case "select":
                    made = replace(made, select=self._codes(key, value))
                case "ignore":
                    own = self._codes(key, value)
                    made = replace(made, ignore=(Rule("*", own, self.span(key)),) if own else ())
                case "per-file-ignores":
                    made = replace(made, per_file=tuple(self._rules(key, value)))
                case "fail-on":
                    if value in FAIL_ON:
                        made = replace(made, fail_on=next(f for f in FAIL_ON if f == value))
                    else:
                        self.wrong(key, f"`{key}` takes {KEYS[key]}", value, _near(value, FAIL_ON))
                case "fail-under":
                    if type(value) is int and 0 <= value <= 100:
                        made = replace(made, fail_under=value)
                    else:
                        self.wrong(key, f"`{key}` takes {KEYS[key]}", value, None)
                case "baseline":
                    if isinstance(value, str) and value.strip() and "\0" not in value:
                        made = replace(made, baseline=self.folder / value)
                    else:
                        self.wrong(key, f"`{key}` takes {KEYS[key]}", value, None)
                case "release":
                    made = replace(made, release=self._releases(key, value))
                case _:
                    span = self.span(key)
                    where = f" in `[{self.table}]`" if self.table else ""
                    message = f"there is no setting `{key}`{where}"
                    near = did_you_mean(key, KEYS) or "the settings are " + ", ".join(f"`{k}`" for k in KEYS)
                    self.found.append(finding(codes.UNKNOWN_SETTING, message, span, help=near))
        return made

    def wrong(self, key: str, message: str, value: object, help: str | None, within: str = "") -> None:
        said = f"{message}, found {_described(value)}"
        self.found.append(finding(codes.WRONG_SETTING, said, self.span(key, within), help=help))

    def _codes(self, key: str, value: object, within: str = "") -> tuple[str, ...]:
        name = f"{within}.{key}" if within else key
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, f"`{name}` takes a list of codes or families", value, KEYS.get(key), within)
            return ()
        made = []
        for item in value:
            code = limits.spelled(item)
            if code is None:
                message = f"`{name}` holds codes such as WRP201 and families such as WRP2"
                self.wrong(key, message, item, None, within)
            elif near := limits.unknown(code):
                message = f"there is no code `{code}`, which `{name}` names"
                self.found.append(finding(codes.WRONG_SETTING, message, self.span(key, within, item), help=near))
            else:
                made.append(code)
        return tuple(made)

    def _rules(self, key: str, value: object) -> Iterator[Rule]:
        if not isinstance(value, dict):
            self.wrong(key, f"`{key}` takes {KEYS[key]}", value, None)
            return
        for glob, given in value.items():
            own = self._codes(glob, given, key)
            if own:
                yield Rule(glob, own, self.span(glob, key))

    def _releases(self, key: str, value: object) -> Mapping[str, str]:
        from wrpc.importers import IMPORTERS, importer

        if not isinstance(value, dict):
            self.wrong(key, f"`{key}` takes {KEYS[key]}", value, None)
            return {}
        made = {}
        for kind, release in value.items():
            if kind not in IMPORTERS:
                message = f"there is no importer `{kind}`"
                near = did_you_mean(kind, IMPORTERS)
                self.found.append(finding(codes.UNKNOWN_SETTING, message, self.span(kind, key), help=near))
            elif not isinstance(release, str):
                self.wrong(kind, f"`{key}.{kind}` takes a release as a string", release, KEYS[key], key)
            elif release not in importer(kind).releases:
                known = listing(importer(kind).releases, "and")
                self.wrong(kind, f"`{kind}` is known in release {known}", release, None, key)
            else:
                made[kind] = release
        return made

    # ── Places ────────────────────────────────────────────────────────────

    def span(self, key: str, within: str = "", value: str = "") -> Span:
        """Where a key is written, or a value of it. What cannot be found so is the whole file's."""
        text = self.source.text
        start = 0
        for part in (self.table, within):
            header = _header(part, text, start) if part else None
            start = header.end() if header else start
        written = rf"(?:\"{re.escape(key)}\"|'{re.escape(key)}'|{re.escape(key)})"
        found = re.compile(rf"(?:^|[.{{,\[])[ \t]*({written})[ \t]*(?:[=.\]])", re.MULTILINE).search(text, start)
        if found is None:
            return self.source.span(0, 0)
        if value:
            at = text.find(f'"{value}"', found.end())
            at = at if at >= 0 else text.find(f"'{value}'", found.end())
            if at >= 0:
                return self.source.span(at + 1, at + 1 + len(value))
        return self.source.span(found.start(1), found.end(1))


def _header(name: str, text: str, start: int) -> re.Match[str] | None:
    words = r"\s*\.\s*".join(rf"[\"']?{re.escape(word)}[\"']?" for word in name.split("."))
    return re.compile(rf"^[ \t]*\[.*?{words}|^[ \t]*{words}[ \t]*[.=]", re.MULTILINE).search(text, start)


def _near(value: object, known: Iterable[str]) -> str | None:
    return did_you_mean(value, known) if isinstance(value, str) else None


def _described(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f'"{value}"'
        case int() | float():
            return f"`{value}`"
        case list():
            return "a list" if all(isinstance(v, str) for v in value) else "a list that holds more than strings"
        case dict():
            return "a table"
        case _:
            return f"`{value}`"
