"""Settings with a meaning of their own: the master key, callbacks, what two sections have, what needs a licence."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.diagnostics import Fix, Related, did_you_mean, nearest
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Items, Scalar, is_null
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.chains import DEFAULT, KINDS
from wrpc.importers.litellm.config import GENERAL, ROUTER, SETTINGS, Config, Effect, variable
from wrpc.importers.nodes import bool_of, keys_of, line

CALLBACKS: Mapping[str, str] = {
    "callbacks": "callbacks",
    "success_callback": "success_callback",
    "failure_callback": "success_callback",
}
PERMIT = "dangerously_permit_weak_or_unset_master_key"
KNOWN_KEY = "sk-1234"
OPEN = {"store_model_in_db": "the database may add groups and settings"}


def read(config: Config) -> None:
    _master_key(config)
    _double(config)
    _callbacks(config)
    _licensed(config)
    _truth(config)
    _open(config)


def alone(config: Config, key: str) -> None:
    """What one key alone may have wrong."""
    if key == "master_key":
        _master_key(config)
    elif key in CALLBACKS:
        _callbacks(config)


def _master_key(config: Config) -> None:
    """Releases that look at the key have a setting that permits any."""
    general = config.section(GENERAL)
    if PERMIT not in config.facts.known(GENERAL) or (general is not None and bool_of(general, PERMIT) is True):
        return
    pair = general.pairs.get("master_key") if general is not None else None
    if pair is None:
        message = f"there is no `master_key`; {config.program} starts only with `LITELLM_MASTER_KEY` in its environment"
        config.say(codes.UNSAFE_MASTER_KEY, message, config.root.span.source.span(config.root.span.start), "note")
        return
    if is_null(pair.value):
        message = f"`master_key` is empty; {config.program} does not start"
        config.say(codes.UNSAFE_MASTER_KEY, message, pair.key.span, "stops")
        return
    value = pair.value.value if isinstance(pair.value, Scalar) else None
    if isinstance(value, str):
        if value.strip() in ("", KNOWN_KEY):
            what = "the key of every example" if value.strip() else "empty"
            message = f"`master_key` is {what}; {config.program} does not start"
            config.say(codes.UNSAFE_MASTER_KEY, message, line(pair.value.span), "stops")
    else:
        config.wrong(pair.value, "text", "master_key", "stops")


def _double(config: Config) -> None:
    """A setting that both the router's section and the module's have; lists of fallbacks are read elsewhere."""
    for key in sorted(config.facts.overriding - {*KINDS, DEFAULT}):
        first, second = config.setting(key, ROUTER), config.setting(key, SETTINGS)
        if first is not None and second is not None:
            message = f"`{key}` is in `{ROUTER}` too, so {config.program} ignores it here"
            related = [Related(first.key.span, "this one counts")]
            config.say(codes.SETTING_TWICE, message, second.key.span, "ignored", related=related)


def _callbacks(config: Config) -> None:
    """An unknown word in `callbacks` is taken for a module, which stops the start; elsewhere it is ignored."""
    settings = config.section(SETTINGS)
    own = keys_of(config.root, "callback_settings") or ()
    for key, named in CALLBACKS.items():
        known = config.facts.words[named]
        node = settings.get(key) if settings is not None else None
        for each in node.items if isinstance(node, Items) else (node,) if key == "callbacks" else ():
            if not isinstance(each, Scalar) or not isinstance(each.value, str) or "." in each.value:
                continue
            if each.value in own or variable(each) is not None or (each.value in known and node is not each):
                continue
            stops = key == "callbacks"
            close = nearest(each.value, known)
            end = f"{config.program} does not start" if stops else f"{config.program} never calls it"
            message = f"`{each.value}` is not a callback of `{key}`; {end}"
            if node is each:
                message = f"`{key}` is text, which is taken for a module of Python; {end}"
            effect: Effect = "stops" if stops else "ignored" if close else "note"
            code = shared.WRONG_TYPE if node is each else shared.UNKNOWN_WORD
            fix = edits.wrap(each, f"put `{each.value}` into a list") if node is each and each.value in known else None
            config.say(code, message, each.span, effect, help=did_you_mean(each.value, known), fixes=[fix])


def _licensed(config: Config) -> None:
    """What ends the start of a program without a licence, whatever its value."""
    general = config.section(GENERAL)
    for key in general or ():
        if general is not None and key in config.facts.licensed and not is_null(general[key]):
            message = f"`{key}` stops {config.program} where it has no licence (`LITELLM_LICENSE`)"
            config.say(codes.NEEDS_LICENCE, message, general.key(key), "note")


def _truth(config: Config) -> None:
    """Text in the place of a yes or no, of which only is asked whether it is empty."""
    general = config.section(GENERAL)
    node = general.get("enforce_user_param") if general is not None else None
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value.lower() in ("false", "no", "off", "0"):
        message = f"`enforce_user_param` is the text `{node.value}`, which counts as true: requests without `user` fail"
        fix = Fix(node.span, "false", "write `false`") if node.quoted else None
        config.say(shared.WRONG_TYPE, message, node.span, "otherwise", fixes=[fix])


def _open(config: Config) -> None:
    general = config.section(GENERAL)
    for key, why in OPEN.items():
        node = general.get(key) if general is not None else None
        if isinstance(node, Scalar) and node.value is True and general is not None:
            config.open = f"`{key}`"
            config.say(codes.OPEN_ELSEWHERE, f"`{key}`: {why}, which cannot be checked here", general.key(key), "note")
