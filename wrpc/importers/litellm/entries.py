"""Entries of the file besides its deployments: endpoints, servers, stores, prompts, routing groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wrpc.diagnostics import Related, did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null, kind
from wrpc.importers.faults import ALIKE
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import GENERAL, ROUTER, SETTINGS, TOP, Config, variable
from wrpc.importers.litellm.values import wrong
from wrpc.importers.nodes import bool_of, keys_of, line, place, text_of
from wrpc.source import Span


@dataclass(frozen=True, slots=True)
class Kind:
    """The entries of one list: what they are called, and the keys without which the program does not start. A key with
    a dot stands below another one."""

    section: str
    key: str
    called: str
    needs: tuple[str, ...] = ()
    words: Mapping[str, str] | None = None
    """Keys that take one of some words, else the program does not start; by the name of the words."""


LISTS = (
    Kind(GENERAL, "pass_through_endpoints", "a pass-through endpoint", ("path",)),
    Kind(GENERAL, "role_permissions", "a role's permissions", (), {"role": "role_permissions.role"}),
    Kind(SETTINGS, "default_team_settings", "a team's settings", ("team_id",)),
    Kind(SETTINGS, "custom_provider_map", "a provider of one's own", ("provider", "custom_handler")),
    Kind(TOP, "vector_store_registry", "a vector store",
         ("litellm_params.vector_store_id", "litellm_params.custom_llm_provider")),
    Kind(TOP, "prompts", "a prompt", ("prompt_id", "litellm_params", "litellm_params.prompt_integration"),
         {"litellm_params.prompt_integration": "prompt_integration"}),
    Kind(ROUTER, "routing_groups", "a routing group", ("group_name", "models", "routing_strategy"),
         {"routing_strategy": "routing_strategy"}),
)  # fmt: skip
HEADERS = "headers"
RESERVED = "default"


def read(config: Config) -> None:
    for each in LISTS:
        _list(config, each)
    _endpoints(config)
    _servers(config)
    _routing_groups(config)
    _assistants(config)
    _tokens(config)


def _pair(config: Config, section: str, key: str) -> Pair | None:
    owner = config.section(section) if section else config.root
    return owner.pairs.get(key) if owner is not None else None


def _list(config: Config, one: Kind) -> None:
    pair = _pair(config, one.section, one.key)
    for entry in pair.value.items if pair is not None and isinstance(pair.value, Items) else ():
        if not isinstance(entry, Keys):
            if one.section != ROUTER or not is_null(entry):
                config.wrong(entry, "a mapping", one.key, "stops", called=one.called)
            continue
        for path in one.needs:
            head = path.partition(".")[0]
            if _below(entry, path) is None and (head == path or head not in one.needs or head in entry):
                message = f"{one.called} has no `{path.rpartition('.')[2]}`; {config.program} does not start"
                near = did_you_mean(path, [key for key in entry if key not in one.needs], ALIKE)
                config.say(shared.MISSING_KEY, message, line(entry.span), "stops", help=near)
        for path, words in (one.words or {}).items():
            _word(config, path, _below(entry, path), words)


def _below(entry: Keys, path: str) -> Node | None:
    head, dot, rest = path.partition(".")
    if not dot:
        return entry.get(head)
    inner = keys_of(entry, head)
    return None if inner is None else _below(inner, rest)


def _word(config: Config, path: str, node: Node | None, words: str) -> None:
    known = config.facts.words[words]
    if isinstance(node, Scalar) and not is_null(node) and variable(node) is None and node.text not in known:
        config.unknown_word(node, path.rpartition(".")[2], known, "stops", f"; {config.ends('stops')}")


# ── Pass-through endpoints ────────────────────────────────────────────────


def _endpoints(config: Config) -> None:
    pair = _pair(config, GENERAL, "pass_through_endpoints")
    first: dict[str, Span] = {}
    for entry in pair.value.items if pair is not None and isinstance(pair.value, Items) else ():
        if not isinstance(entry, Keys):
            continue
        headers, path = entry.get(HEADERS), text_of(entry, "path")
        if headers is not None and not is_null(headers) and not isinstance(headers, Keys):
            config.wrong(headers, "a mapping", HEADERS, "stops")
        if path is None:
            continue
        if entry.get("target") is None:
            message = f"the endpoint `{path}` has no `target`, so {config.program} makes none"
            config.say(shared.MISSING_KEY, message, line(entry.key("path")), "ignored")
        elif isinstance(headers, Keys) and headers.pairs and bool_of(entry, "auth") is not True and _loaded(headers):
            message = (
                f"anybody may call `{path}` without a key, and {config.program} adds the credential of its headers"
            )
            config.say(
                codes.OPEN_ENDPOINT, message, place(entry, "path"), "otherwise", help="write `auth: true` beside it"
            )
        if path in first:
            related = [Related(first[path], "the first one")]
            message = f"two endpoints have the path `{path}`; the first one answers"
            config.say(shared.DUPLICATE_NAME, message, place(entry, "path"), "ignored", related=related)
        first.setdefault(path, place(entry, "path"))


def _loaded(headers: Keys) -> bool:
    return any(key.lower() in ("authorization", "x-api-key", "api-key") for key in headers)


# ── Servers of tools ──────────────────────────────────────────────────────


def _servers(config: Config) -> None:
    servers = keys_of(config.root, "mcp_servers")
    for name, pair in servers.pairs.items() if servers is not None else ():
        if "-" in name:
            message = f"the name of the server `{name}` has a `-`; {config.program} does not start"
            config.say(shared.UNKNOWN_WORD, message, pair.key.span, "stops", help="write `_`")
        if not isinstance(pair.value, Keys):
            what = "empty" if is_null(pair.value) else kind(pair.value)
            node = pair.key if is_null(pair.value) else pair.value
            wrong(config, f"the server `{name}` is {what}, where a mapping is expected", node, "stops")
            continue
        _word(config, "transport", pair.value.get("transport"), "mcp_transport")
        _word(config, "auth_type", pair.value.get("auth_type"), "mcp_auth_type")


# ── Routing groups ────────────────────────────────────────────────────────


def _groups(config: Config) -> Iterator[Keys]:
    pair = _pair(config, ROUTER, "routing_groups")
    for entry in pair.value.items if pair is not None and isinstance(pair.value, Items) else ():
        if isinstance(entry, Keys):
            yield entry


def _routing_groups(config: Config) -> None:
    names: dict[str, Span] = {}
    models: dict[str, Scalar] = {}
    for entry in _groups(config):
        name = text_of(entry, "group_name")
        if name == RESERVED:
            message = f"`{RESERVED}` is the group of all that stand in no other; {config.program} does not start"
            config.say(shared.DUPLICATE_NAME, message, place(entry, "group_name"), "stops")
        elif name is not None and name in names:
            message = f"two routing groups are called `{name}`; {config.program} does not start"
            related = [Related(names[name], "the first one")]
            config.say(shared.DUPLICATE_NAME, message, place(entry, "group_name"), "stops", related=related)
        elif name is not None:
            names[name] = place(entry, "group_name")
        listed = entry.get("models")
        for model in listed.items if isinstance(listed, Items) else ():
            if isinstance(model, Scalar) and model.text in models:
                message = f"`{model.text}` stands in two routing groups; {config.program} does not start"
                related = [Related(models[model.text].span, "the first one")]
                config.say(shared.DUPLICATE_NAME, message, model.span, "stops", related=related)
            elif isinstance(model, Scalar):
                models[model.text] = model


def models_of_routing_groups(config: Config) -> Iterator[Scalar]:
    for entry in _groups(config):
        listed = entry.get("models")
        yield from (each for each in (listed.items if isinstance(listed, Items) else ()) if isinstance(each, Scalar))


# ── Others ────────────────────────────────────────────────────────────────


def _assistants(config: Config) -> None:
    pair = _pair(config, TOP, "assistant_settings")
    if (
        pair is not None
        and isinstance(pair.value, Keys)
        and pair.value.pairs
        and pair.value.get("litellm_params") is None
    ):
        message = f"`assistant_settings` has no `litellm_params`; {config.program} does not start"
        config.say(shared.MISSING_KEY, message, pair.key.span, "stops")


def _tokens(config: Config) -> None:
    """Keys of the reading of tokens, of which an unknown one stops the start."""
    general = config.section(GENERAL)
    own = keys_of(general, "litellm_jwtauth")
    known = config.facts.known("litellm_jwtauth")
    if general is None or own is None or bool_of(general, "enable_jwt_auth") is not True:
        return
    for key, pair in own.pairs.items():
        if key not in known:
            message = f"`{key}` is not a key of `litellm_jwtauth`; {config.program} does not start"
            config.say(shared.UNKNOWN_KEY, message, pair.key.span, "stops", help=did_you_mean(key, known, ALIKE))
