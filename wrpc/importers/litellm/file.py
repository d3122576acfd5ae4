"""A whole configuration: read, looked over section by section, and made into one policy."""

from __future__ import annotations

from dataclasses import replace

from wrpc.diagnostics import Diagnostic, finding
from wrpc.importers import codes as shared
from wrpc.importers import document
from wrpc.importers.document import Items, Keys, Scalar
from wrpc.importers.edits import mended
from wrpc.importers.faults import Report, in_order
from wrpc.importers.importer import Imported, ImportedPolicy
from wrpc.importers.litellm import (
    aliases,
    budgets,
    caching,
    chains,
    codes,
    deployments,
    entries,
    geography,
    guardrails,
    includes,
    notes,
    references,
    secrets,
    sections,
    settings,
    several,
    shrinking,
    strategies,
    tags,
)
from wrpc.importers.litellm.config import ROUTER, SETTINGS, Config
from wrpc.importers.litellm.facts import Facts
from wrpc.importers.litellm.gateway import MAX_FALLBACKS, Gateway
from wrpc.importers.litellm.plans import plans
from wrpc.importers.litellm.policy import policy
from wrpc.source import Source


def read(source: Source, facts: Facts) -> Imported:
    root, found = mended(source, document.PYYAML)
    if root is None and found:
        secrets.cover(source)
        return Imported((), tuple(found))
    known = facts.known("")
    if not isinstance(root, Keys) or not any(key in known for key in root):
        what = "empty" if root is None or document.is_null(root) else document.kind(root)
        message = f"the file is {what}, where a configuration with `model_list` or one of its sections is expected"
        return Imported((), (*found, finding(shared.NOT_A_CONFIGURATION, message, source.span(0, 0))))
    config = Config(source, root, facts, Report(found), [root])
    includes.read(config)
    sections.read(config)
    settings.read(config)
    caching.read(config)
    guardrails.read(config)
    entries.read(config)
    strategies.read(config)
    secrets.read(config)
    made = _policy(config)
    notes.read(config)
    config.gather()
    return Imported(made, in_order(_veiled(config, d) for d in config.report.found))


def _policy(config: Config) -> tuple[ImportedPolicy, ...]:
    """A file without any deployment says nothing about who answers, and becomes no policy."""
    found = several.read(config, deployments.read(config))
    budgets.read(config, found)
    tags.read(config, found)
    names, recognised = aliases.read(config)
    lists, first = chains.read(config), config.facts.first_decides
    gateway = Gateway(config.facts, found, names, recognised, lists, _most(config), config.shuffled, first)
    references.read(config, gateway)
    if not found and "model_list" in config.root and config.open is None:
        node = config.root["model_list"]
        if document.is_null(node) or (isinstance(node, Items) and not node.items):
            message = "`model_list` holds no deployment, so every request is refused"
            config.say(codes.NO_DEPLOYMENTS, message, config.root.key("model_list"), "otherwise")
    if not any(d.alive and not d.router for d in found):
        return ()
    made = plans(gateway)
    geography.read(config, gateway, made)
    shrinking.read(config, gateway, made)
    return (policy(config, gateway, made),)


def _most(config: Config) -> int:
    pair = config.setting("max_fallbacks", ROUTER, SETTINGS)
    value = pair.value.value if pair is not None and isinstance(pair.value, Scalar) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else MAX_FALLBACKS


def _veiled(config: Config, diagnostic: Diagnostic) -> Diagnostic:
    """No text of a finding repeats a secret; a repair that would is left out."""
    sources = {root.span.source for root in config.files}
    if not any(source.hidden for source in sources):
        return diagnostic

    def veiled(text: str) -> str:
        for source in sources:
            text = source.veiled(text)
        return text

    parts = [(fix, " ".join((fix.title, *(edit.text for edit in fix.edits)))) for fix in diagnostic.fixes]
    return replace(
        diagnostic,
        message=veiled(diagnostic.message),
        help=None if diagnostic.help is None else veiled(diagnostic.help),
        related=tuple(replace(r, label=veiled(r.label)) for r in diagnostic.related),
        fixes=tuple(fix for fix, text in parts if veiled(text) == text),
    )
