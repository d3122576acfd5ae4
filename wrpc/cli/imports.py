"""`wrpc import`."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.importers import IMPORTERS

if TYPE_CHECKING:
    from wrpc.importers.importer import Imported, ImportedPolicy, Importer
    from wrpc.source import Source


@click.command(cls=Command)
@click.argument("kind", metavar="KIND", type=click.Choice([*IMPORTERS, "auto"]))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--out", metavar="FILE|DIR", help="Where the policies go; a name that ends in / is a folder.")
@options.release
@options.output
@options.fail_on
@options.notes
def command(kind: str, file: Path, out: str | None, release: str | None, format: str, fail_on: str, notes: bool) -> int:
    """Another system's configuration FILE into a policy, and what is wrong with it.

    KIND is one of the importers' names, or `auto`. A file that holds several policies becomes several, in a folder.
    What has no place in a policy, and what is wrong, is listed with its line.
    """
    from wrpc.cli.files import write
    from wrpc.cli.show import show
    from wrpc.diagnostics import Findings
    from wrpc.syntax.format import format_file

    _, imported = read(kind, file, release)
    texts = {p.name: format_file(p.tree) for p in imported.policies}
    found = Findings.of(imported.diagnostics)
    if out is not None:
        for path, text in zip(places(out, imported.policies), texts.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, text)
        return show(found, format=format, fail_on=fail_on, notes=notes)
    if format != "text":
        return show(found, format=format, fail_on=fail_on, notes=notes)
    if len(texts) > 1:
        raise click.UsageError(f"{file} holds {len(texts)} policies ({', '.join(texts)}): -o DIR says where they go")
    sys.stdout.writelines(texts.values())
    return show(found, format=format, fail_on=fail_on, notes=notes, stream=sys.stderr)


def read(kind: str, path: Path, release: str | None = None) -> tuple[Source, Imported]:
    """A file, and what an importer makes of it; of `auto` a note says which importer that was.

    Raises Refusal where the file cannot be read, UsageError for a release that the importer does not know.
    """
    from wrpc.diagnostics import finding
    from wrpc.importers import codes
    from wrpc.importers.importer import Imported
    from wrpc.syntax.read import read as read_source

    source = read_source(path)
    name, reader = reading(kind, source, release)
    imported = reader.read(source, release)
    if kind == "auto":
        message = f"taken for a {reader.title}, as release {release or reader.releases[0]} reads it (`--from {name}`)"
        note = finding(codes.TAKEN_AS, message, source.span(0, 0))
        imported = Imported(imported.policies, (note, *imported.diagnostics))
    return source, imported


def nobodys(kind: str, source: Source) -> bool:
    """Whether `auto` finds no importer for a file; among several files it is passed over."""
    from wrpc.importers import importer

    return kind == "auto" and not any(importer(name).recognises(source) for name in IMPORTERS)


def reading(kind: str, source: Source, release: str | None) -> tuple[str, Importer]:
    """The importer that a kind means, and its name; `auto` takes the first that recognises the file. Raises UsageError
    where none does, and for a release that it does not know."""
    from wrpc.importers import importer

    names = IMPORTERS if kind == "auto" else (kind,)
    for name in names:
        reader = importer(name)
        if kind == "auto" and not reader.recognises(source):
            continue
        if release is not None and release not in reader.releases:
            raise click.UsageError(f"`{name}` is known in release {', '.join(reader.releases)}, not `{release}`")
        return name, reader
    raise click.UsageError(f"{source.name} is none of the configurations that wrpc reads: {', '.join(IMPORTERS)}")


def places(name: str, policies: tuple[ImportedPolicy, ...]) -> list[Path]:
    """One file for one policy, unless a folder is meant; else a file each, named for the policy, in a folder."""
    out = Path(name)
    if len(policies) == 1 and not out.is_dir() and not name.endswith(("/", os.sep)):
        return [out]
    if out.is_file() and policies:
        raise click.UsageError(f"{out} is a file, and the {len(policies)} policies need a folder")
    taken: set[str] = set()
    found = []
    for policy in policies:
        stem = plain = re.sub(r"[^A-Za-z0-9._-]+", "_", policy.name).strip("._") or "policy"
        number = 2
        while stem.lower() in taken:
            stem, number = f"{plain}_{number}", number + 1
        taken.add(stem.lower())
        found.append(out / f"{stem}.wrp")
    return found
