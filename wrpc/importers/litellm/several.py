"""What only several deployments have wrong together: twins, ids and orders; and the credentials that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from wrpc.diagnostics import Related, did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Items, Keys, Node, Scalar, kind
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import Config, Effect
from wrpc.importers.litellm.deployments import Deployment
from wrpc.importers.nodes import items_of, line, place, text_of
from wrpc.source import Span

# What makes two deployments one: everything but how much they take.
LIMITS = frozenset(
    ("weight", "rpm", "tpm", "order", "max_parallel_requests", "timeout", "stream_timeout", "num_retries")
)


def read(config: Config, deployments: list[Deployment]) -> list[Deployment]:
    """The deployments as they are beside each other."""
    _credentials(config, deployments)
    _twice(config, deployments)
    return _orders(config, _ids(config, deployments))


# ── Credentials ───────────────────────────────────────────────────────────


def _credentials(config: Config, deployments: Sequence[Deployment]) -> None:
    """Names of `credential_list`, and its entries that stop the start."""
    entries = [e for e in items_of(config.root, "credential_list") if isinstance(e, Keys)]
    first: dict[str, Span] = {}
    for entry in entries:
        for key in ("credential_name", "credential_values", "credential_info"):
            if entry.get(key) is None:
                message = f"an entry of `credential_list` has no `{key}`; {config.program} does not start"
                config.say(shared.MISSING_KEY, message, line(entry.span), "stops")
        values = entry.get("credential_values")
        if isinstance(values, Scalar) and values.value is not None:
            config.wrong(values, "a mapping", "credential_values", "stops")
        name = text_of(entry, "credential_name")
        if name is not None and name in first:
            message = f"two credentials are called `{name}`; the first one counts"
            related = [Related(first[name], "this one counts")]
            config.say(shared.DUPLICATE_NAME, message, place(entry, "credential_name"), "ignored", related=related)
        elif name is not None:
            first[name] = place(entry, "credential_name")
    for deployment in deployments:
        wanted = text_of(deployment.params, "litellm_credential_name")
        if wanted is None or wanted in first:
            continue
        at = place(deployment.params, "litellm_credential_name")
        message = f"`{wanted}` stands in no `credential_list`"
        if config.open is not None or not entries:
            # A file without a list is often included by one that has it.
            where = f" and may come from {config.open}" if config.open is not None else ""
            said = f"{message} of this file{where}; a deployment without it has the key of the environment"
            config.say(shared.DANGLING, said, at, "note", one=wanted)
        else:
            said = f"{message}; the deployment has the key of the environment, if there is one"
            config.say(shared.DANGLING, said, at, "otherwise", help=did_you_mean(wanted, first), one=wanted)


# ── Twins ─────────────────────────────────────────────────────────────────


def _twice(config: Config, deployments: list[Deployment]) -> None:
    seen: dict[tuple[object, ...], Deployment] = {}
    for deployment in deployments:
        key = (deployment.group, deployment.id, _plain(deployment.params, LIMITS), _tags(deployment))
        first = seen.setdefault(key, deployment)
        if first is deployment:
            continue
        exact = _plain(first.entry) == _plain(deployment.entry)
        where = config.root["model_list"]
        fix = None
        if exact and isinstance(where, Items) and where.span.source is deployment.entry.span.source:
            fix = edits.remove_item(where, deployment.index, "delete the second one")
            # Beside others the two have had twice the traffic.
            if fix is not None and sum(d.group == deployment.group for d in deployments) > 2:
                fix = replace(fix, safe=False)
        message = f"this deployment of `{deployment.group}` stands in the file already"
        related = [Related(first.at, "the first one")]
        config.say(codes.SAME_DEPLOYMENT, message, deployment.at, "otherwise", related=related, fixes=[fix])


def _tags(deployment: Deployment) -> object:
    return None if deployment.info is None else _plain(deployment.info, frozenset(("id",)))


def _plain(node: Node, without: frozenset[str] = frozenset()) -> object:
    match node:
        case Keys():
            return tuple(sorted((k, _plain(p.value)) for k, p in node.pairs.items() if k not in without))
        case Items():
            return tuple(_plain(item) for item in node.items)
        case Scalar():
            return (type(node.value).__name__, node.text if not isinstance(node.value, Fraction) else str(node.value))


def _ids(config: Config, deployments: list[Deployment]) -> list[Deployment]:
    """A `model_info.id` that several deployments share names the last of them."""
    last = {d.id: d for d in deployments if d.id is not None}
    first: dict[str, Span] = {}
    kept: list[Deployment] = []
    for deployment in deployments:
        if deployment.id is not None and deployment.info is not None:
            at = place(deployment.info, "id")
            if deployment.id in first:
                message = f"two deployments have the id `{deployment.id}`; a request for it goes to the last"
                related = [Related(first[deployment.id], "the first one")]
                config.say(shared.DUPLICATE_NAME, message, at, "otherwise", related=related)
            first.setdefault(deployment.id, at)
        lost = deployment.id is not None and last[deployment.id] is not deployment
        kept.append(replace(deployment, id=None) if lost else deployment)
    return kept


def _orders(config: Config, deployments: list[Deployment]) -> list[Deployment]:
    """Orders that are text are compared as text, and beside numbers not at all."""
    texts = {d.index: node for d in deployments if (node := _order_text(d)) is not None}
    if not texts:
        return deployments
    groups = {d.group for d in deployments if d.index in texts}
    mixed = {d.group for d in deployments if d.group in groups and d.order is not None}
    ranks = {text: Fraction(rank) for rank, text in enumerate(sorted({node.text for node in texts.values()}))}
    found: list[Deployment] = []
    for deployment in deployments:
        node = texts.get(deployment.index)
        if node is not None:
            torn = deployment.group in mixed
            own = [texts[d.index].text for d in deployments if d.index in texts and d.group == deployment.group]
            effect: Effect = "fails" if torn else "note" if _alike(own) else "otherwise"
            end = f"every request to `{deployment.group}` fails" if torn else "it is compared as text, 10 before 9"
            message = f"`order` is {kind(node)}, where a number is expected; {end}"
            config.say(shared.WRONG_TYPE, message, line(node.span), effect)
            deployment = replace(deployment, order=ranks[node.text])
        found.append(replace(deployment, unsortable=True) if deployment.group in mixed else deployment)
    return found


def _alike(texts: list[str]) -> bool:
    """Sorted as text these come as they would as numbers."""
    numbers = [int(text) if text.isdecimal() else None for text in sorted(texts)]
    return numbers == sorted(numbers, key=lambda n: n or 0)


def _order_text(deployment: Deployment) -> Scalar | None:
    node = deployment.params.get("order")
    if node is None and deployment.info is not None:
        node = deployment.info.get("order")
    return node if isinstance(node, Scalar) and isinstance(node.value, str) else None
