"""A whole configuration: what its recipes share, and each of them in turn."""

from __future__ import annotations

from pathlib import PurePath

from wrpc.diagnostics import Diagnostic, finding
from wrpc.importers import codes, document
from wrpc.importers.document import Keys
from wrpc.importers.edits import mended
from wrpc.importers.faults import Report, in_order, unique
from wrpc.importers.importer import Imported, ImportedPolicy
from wrpc.importers.nodes import entries_of, keys_of, line, named, place, text_of
from wrpc.importers.vllm_sr import recipe
from wrpc.importers.vllm_sr.catalog import Catalog
from wrpc.importers.vllm_sr.conform import fitted, release_of, say
from wrpc.importers.vllm_sr.contracts import judge, older
from wrpc.importers.vllm_sr.contracts.judged import Judged
from wrpc.importers.vllm_sr.facts import NEWEST, OLDEST, facts
from wrpc.source import Source

# What the router needs to run and a policy does not say.
NOTED = ("listeners", "evaluation", "global")
NAMELESS = ("config", "values", "router-config")


def read(source: Source, release: str | None = None) -> Imported:
    root, found = mended(source, document.PYYAML)
    if root is None and found:
        return Imported((), tuple(found))
    if not isinstance(root, Keys) or not any(key in root for key in ("routing", "recipes")):
        what = "empty" if root is None or document.is_null(root) else document.kind(root)
        message = f"the file is {what}, where a configuration with `routing` or `recipes` is expected"
        return Imported((), (*found, finding(codes.NOT_A_CONFIGURATION, message, source.span(0, 0))))
    report = Report(found)
    fits, misfits = fitted(root, release)
    meant = release or release_of(misfits)
    judged, told = older.unfit(root, report) if release == OLDEST else (fits, [])
    say(misfits, meant, report, stated=release is not None, told=told)
    if release is None and meant != NEWEST:
        report.add(finding(codes.TAKEN_AS, _meant(meant), line(fits.key("version"))))
    if meant == NEWEST:
        judge(Judged(fits, facts(), report))
    policies = _policies(source, fits, report.found, meant)
    if release == OLDEST:
        report.found.extend(_refused(judged, report.found))
    return Imported(tuple(policies), in_order(report.found), meant)


def _refused(judged: Keys, found: list[Diagnostic]) -> list[Diagnostic]:
    """What that release refuses of keys beside each other, but where another error stands already."""
    wrong = {each.span for each in found if each.severity == "error"}
    report = Report()
    older.judge(Judged(judged, facts(), report))
    return [each for each in report.found if each.span not in wrong]


def _meant(release: str) -> str:
    newest = f"the newest that has all of its keys; {NEWEST} refuses some of them"
    return f"read as vLLM Semantic Router {release} reads it, {newest} (`--release` names another)"


def _policies(source: Source, root: Keys, found: list[Diagnostic], release: str) -> list[ImportedPolicy]:
    routing = keys_of(root, "routing")
    file = recipe.File(
        source, keys_of(root, "providers"), routing, keys_of(root, "global"), release, keys_of(root, "evaluation")
    )
    shared = Catalog(report=Report(found))
    recipes = unique(entries_of(root, "recipes"), "recipes", shared.report)
    made: list[ImportedPolicy] = []
    if routing is not None and (not recipes or any(k in routing for k in ("decisions", "signals", "projections"))):
        _add(made, _name(source), None, routing, file, found)
    for entry in recipes:
        own, inner = text_of(entry, "name") or "", keys_of(entry, "routing")
        if inner is None:
            message = f"recipe `{own}` has no `routing`"
            shared.report.add(finding(codes.MISSING_KEY, message, named(entry)))
            continue
        _add(made, own, text_of(entry, "description"), inner, file, found)
    for key in NOTED:
        if root.get(key) is not None:
            shared.report.omit(f"`{key}`", root.key(key), severity="info", why="a policy does not hold it")
    for entry in entries_of(root, "entrypoints"):
        target = text_of(entry, "recipe")
        if release != NEWEST and target not in (None, "default", *(text_of(r, "name") for r in recipes)):
            message = f"an entrypoint names the recipe `{target}`, which is not declared"
            shared.report.add(finding(codes.DANGLING, message, place(entry, "recipe")))
        shared.report.omit("an entrypoint", place(entry, "recipe"), severity="info", why="each recipe is a policy here")
    return made


def _add(
    made: list[ImportedPolicy],
    own: str,
    description: str | None,
    routing: Keys,
    file: recipe.File,
    found: list[Diagnostic],
) -> None:
    policy, more = recipe.read(own, description, routing, file)
    made.append(policy)
    found.extend(more)


def _name(source: Source) -> str:
    """The file's own name, or its folder's where the file is called as all are."""
    path = PurePath(source.name)
    parent = path.parent.name
    return parent if path.stem in NAMELESS and parent else path.stem or "policy"
