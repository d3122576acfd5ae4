"""Another system's file: its configurations, wherever they live in it, read by their importers and told of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wrpc.diagnostics import Diagnostic, Findings, Related, finding
from wrpc.importers import IMPORTERS, codes, importer
from wrpc.importers.excerpt import Excerpt
from wrpc.importers.homes import Found, Home, find
from wrpc.importers.importer import ImportedPolicy, Importer
from wrpc.policy.load import collecting_later
from wrpc.source import Source

if TYPE_CHECKING:
    from wrpc.policy.model import Policy

AUTO = "auto"


class UnknownRelease(ValueError):
    """A release that an importer does not know."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One configuration of a file. `where` says in words which one, and is empty where the whole file is it.

    `findings` are what its reading found. They point into the file, `policies` into `source`.
    """

    importer: str
    title: str
    release: str
    where: str
    policies: tuple[ImportedPolicy, ...]
    findings: Findings
    source: Source
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a file holds. `findings` are all of its reading: of its configurations, of what was skipped, of the file."""

    source: Source
    configurations: tuple[Configuration, ...]
    findings: Findings

    @property
    def policies(self) -> tuple[ImportedPolicy, ...]:
        return tuple(policy for each in self.configurations for policy in each.policies)


@dataclass(frozen=True, slots=True)
class Examined:
    """A policy of a foreign file, None where it contradicts itself, and what was found of it. `name` is for people."""

    policy: Policy | None
    name: str
    findings: Findings


Release = str | Mapping[str, str] | None
"""A release for every importer, or by importer."""


@collecting_later()
def read(source: Source, kind: str = AUTO, release: Release = None, *, optional: bool = False) -> Foreign:
    """The configurations of a text. `kind` is an importer's name or `auto`; `optional`: it may as well be none.

    Raises KeyError for an unknown importer, UnknownRelease for a release that the importer does not know.
    """
    importers = {name: importer(name) for name in (IMPORTERS if kind == AUTO else (kind,))}
    found = find(source, importers)
    if not found.homes and kind != AUTO and not optional:
        found = _insisted(source, kind, found)
    homes = found.homes
    made = tuple(_read(home, importers[home.importer], release, kind, several=len(homes) > 1) for home in homes)
    skipped = found.skipped
    if made or optional:
        skipped = [replace(d, severity="info") for d in skipped]
    of_all = (d for each in made for d in each.findings.diagnostics)
    return Foreign(source, made, Findings.of([*found.notes, *skipped, *of_all]))


def examined(foreign: Foreign, examine: Callable[[Policy], Findings]) -> Iterator[Examined]:
    """Each policy of each configuration with what `examine` finds of it; spans point into the file."""
    from wrpc.policy.load import from_tree

    several = len(foreign.configurations) > 1
    for each in foreign.configurations:
        for made in each.policies:
            # The importer's tree is for printing, and its file is the one that it will be; here it is the foreign one.
            policy, found = from_tree(replace(made.tree, source=each.source, comments=()))
            if policy is not None:
                found += _of_one_cause(examine(policy))
            news = [d for d in found.diagnostics if not d.subjects or not made.told.issuperset(d.subjects)]
            news = [d for d in news if d.code.id not in VOUCHED]
            found = replace(found, diagnostics=tuple(news))
            if each.excerpt is not None:
                found = each.excerpt.bring_all(found)
            where = f" {each.where}" if each.where else ""
            name = f"policy {made.name}  {foreign.source.name}{where}"
            yield Examined(policy, name, _told_of(found, each.where) if several else found)


# Words that a policy's author may have misspelt; an importer says itself what its program does not know.
VOUCHED = frozenset(("WRP118",))
# What one setting of a file causes at each of its edges: told once, with the other places.
ONE_CAUSE = frozenset(("WRP507",))


def _of_one_cause(found: Findings) -> Findings:
    kept: list[Diagnostic] = []
    first: dict[str, int] = {}
    for each in found.diagnostics:
        if each.code.id not in ONE_CAUSE:
            kept.append(each)
        elif each.code.id in first:
            at = first[each.code.id]
            kept[at] = replace(kept[at], related=(*kept[at].related, Related(each.span, "here too")))
        else:
            first[each.code.id] = len(kept)
            kept.append(each)
    return replace(found, diagnostics=tuple(kept))


def without_import_notes(found: Findings) -> Findings:
    """The findings for somebody who imports nothing: that a setting has no place in a policy is no news to them."""
    kept = (d for d in found.diagnostics if not (d.code.id == codes.NOT_IMPORTED.id and d.severity == "info"))
    return replace(found, diagnostics=tuple(kept))


def _read(home: Home, reader: Importer, releases: Release, kind: str, *, several: bool) -> Configuration:
    release = releases.get(home.importer) if isinstance(releases, Mapping) else releases
    if release is not None and release not in reader.releases:
        known = ", ".join(reader.releases)
        raise UnknownRelease(f"`{home.importer}` is known in release {known}, not `{release}`")
    imported = reader.read(home.source, release)
    as_release = release or imported.release or reader.releases[0]
    found = Findings.of(d for d in imported.diagnostics if kind != AUTO or d.code.id != codes.TAKEN_AS.id)
    if home.excerpt is not None:
        home.excerpt.hide()
        found = home.excerpt.bring_all(found)
    if several:
        found = _told_of(found, home.where)
    notes = list(home.found)
    if kind == AUTO:
        notes.append(_taken(home, reader, as_release))
    found = Findings.of([*notes, *found.diagnostics])
    policies, own = imported.policies, home.source
    return Configuration(home.importer, reader.title, as_release, home.where, policies, found, own, home.excerpt)


def _taken(home: Home, reader: Importer, release: str) -> Diagnostic:
    what = f"{home.where} {'are' if ' and ' in home.where else 'is'} " if home.where else ""
    message = f"{what}taken for a {reader.title}, as release {release} reads it (`--from {home.importer}`)"
    at = home.source.span(0, 0)
    return finding(codes.TAKEN_AS, message, at if home.excerpt is None else home.excerpt.span(at))


def _told_of(found: Findings, where: str) -> Findings:
    """Findings that say which of several configurations they are of."""
    if not where:
        return found
    told = (replace(d, message=f"{d.message} (in {where})") for d in found.diagnostics)
    return Findings.of(told, found.proofs, tests=found.tests, suppressed=found.suppressed)


def _insisted(source: Source, kind: str, found: Found) -> Found:
    """A file that shall be one kind and does not look like it: it is told what it is, or read all the same."""
    others = {name: importer(name) for name in IMPORTERS if name != kind}
    other = find(source, others).homes
    if other:
        title, mine = others[other[0].importer].title, importer(kind).title
        message = f"skipped: not a {mine} (it looks like a {title})"
        advice = f"`--from {other[0].importer}` reads it"
        at = source.span(0, 0) if other[0].excerpt is None else other[0].excerpt.span(other[0].source.span(0, 0))
        return Found(notes=found.notes, skipped=[finding(codes.ANOTHER_SYSTEM, message, at, help=advice)])
    if found.named:
        return found
    return Found([Home(kind, source)])


def outputs(policies: Iterable[ImportedPolicy]) -> dict[str, str]:
    """A file a policy, named for it: its name, and the text."""
    import re

    from wrpc.syntax.format import format_file

    texts: dict[str, str] = {}
    taken: set[str] = set()
    for policy in policies:
        stem = plain = re.sub(r"[^A-Za-z0-9._-]+", "_", policy.name).strip("._") or "policy"
        number = 2
        while stem.lower() in taken:
            stem, number = f"{plain}_{number}", number + 1
        taken.add(stem.lower())
        texts[f"{stem}.wrp"] = format_file(policy.tree)
    return texts
