"""`wrpc import`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Unpack

import click

from wrpc.cli import accepting, options
from wrpc.cli.app import Command
from wrpc.importers import IMPORTERS


@click.command(cls=Command)
@click.argument("kind", metavar="KIND", type=click.Choice([*IMPORTERS, "auto"]))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--out", metavar="FILE|DIR", help="Where to write the policies; a name that ends in / is a folder.")
@options.release
@accepting.project
@accepting.baseline
@options.output
@options.notes
def command(
    kind: str,
    file: Path,
    out: str | None,
    release: str | None,
    format: str,
    notes: bool,
    baseline: Path | None,
    **wanted: Unpack[accepting.Project],
) -> int:
    """Convert another system's configuration FILE to a policy, and list what is wrong with it.

    KIND is one of the importers' names, or `auto`. A file that holds several policies becomes several, in a folder.
    What a policy cannot express, and what is wrong, is listed with its line. What is in a baseline, which
    `wrpc check --from` writes, is marked.
    """
    import wrpc
    from wrpc.accept.comments import ignored
    from wrpc.cli.policies import STDIN, known_release, stdin
    from wrpc.cli.show import show
    from wrpc.importers.foreign import outputs

    accept = accepting.settled([file], wanted)
    known = accept.settings.baseline if baseline is None else baseline
    with known_release():
        where = stdin() if file == STDIN else file
        foreign = wrpc.read_foreign(where, kind=kind, release=release or accept.release)
    if not foreign.configurations and format == "text":
        raise click.ClickException("\n".join(f"{file}: {d.message}" for d in foreign.findings.diagnostics))
    # What only a check looks for is not judged here, and so no comment is called unused.
    texts, found = outputs(foreign.policies), accept.settings.ignored(ignored(foreign.findings, [foreign.source]))
    if known is not None:
        from wrpc.accept.baseline import read

        found = read(known).marked(found)
    if out is not None:
        save(out, texts)
    elif format == "text":
        if len(texts) > 1:
            names = ", ".join(policy.name for policy in foreign.policies)
            raise click.UsageError(f"{file} holds {len(texts)} policies ({names}): -o DIR says where they go")
        sys.stdout.writelines(texts.values())
        return show(
            found, format=format, fail_on=accept.fail_on, notes=notes, baseline=known is not None, stream=sys.stderr
        )
    return show(found, format=format, fail_on=accept.fail_on, notes=notes, baseline=known is not None)


def save(name: str, texts: Mapping[str, str]) -> None:
    """One file for one policy, unless a folder is meant; else a file each, in a folder."""
    from wrpc.placing import write

    out = Path(name)
    if len(texts) == 1 and not out.is_dir() and not name.endswith(("/", os.sep)):
        paths = [out]
    elif out.is_file() and texts:
        raise click.UsageError(f"{out} is a file, and the {len(texts)} policies need a folder")
    else:
        paths = [out / own for own in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text)
