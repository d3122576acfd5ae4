"""What a deployment is asked for and where: addresses that lead elsewhere, stars, names of nothing, made-up answers."""

from __future__ import annotations

from wrpc.importers.document import Keys, Scalar, is_null
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import Config
from wrpc.importers.nodes import place, text_of

KEYS = ("api_base", "base_url")
# Providers of OpenAI's interface at an address of one's own, where the client adds the operation.
ADDED = frozenset(("openai", "hosted_vllm"))
OPERATIONS = ("/chat/completions", "/completions", "/embeddings")
# Of these the client has no address by itself, and takes OpenAI's.
OWN = frozenset(("hosted_vllm",))
STAR = "*"


def read(config: Config, group: str, model: str, provider: str, params: Keys) -> None:
    _address(config, provider, params)
    for key, pair in params.pairs.items():
        if provider not in config.facts.providers or config.facts.reads(provider, key) or is_null(pair.value):
            continue
        message = f"`{key}` counts for nothing at `{provider}`, which does not read it"
        owners = config.facts.data["owners"][key]
        config.say(
            codes.WITHOUT_EFFECT,
            message,
            pair.key.span,
            "ignored",
            help=f"`{owners[0]}` reads it",
            one=f"{key} {provider}",
        )
    at = place(params, "model")
    if STAR in model and STAR not in group:
        message = f"nothing fills in the `*` of `{model}`, for `{group}` has none; the provider is asked for it"
        config.say(codes.STAR_SENT, message, at, "fails")
    if model == f"{provider}/" and provider in ADDED:  # Azure's may be named by the address
        message = f"`{model}` names no model after its provider"
        config.say(codes.UNKNOWN_MODEL, message, at, "fails")
    if params.get("mock_response") is not None:
        message = f"this deployment of `{group}` answers every request with its `mock_response`, and asks no model"
        config.say(codes.MADE_UP_ANSWERS, message, params.key("mock_response"), "otherwise", one="mock")


def _address(config: Config, provider: str, params: Keys) -> None:
    key = next((each for each in KEYS if params.get(each) is not None), None)
    if key is None:
        if provider in OWN and params.get("litellm_credential_name") is None:
            message = f"a deployment of `{provider}` has no `api_base`; without an address in the environment its "
            message += "requests go to api.openai.com"
            config.say(codes.STRAY_REQUESTS, message, place(params, "model"), "otherwise", one=provider)
        return
    node, text = params[key], text_of(params, key)
    if (
        text is None
        or not isinstance(node, Scalar)
        or provider not in ADDED
        or text.startswith(("os.environ/", "$", "{"))
    ):
        return
    operation = next((each for each in OPERATIONS if text.rstrip("/").endswith(each)), None)
    if operation is not None:
        message = f"`{key}` ends in `{operation}`, and {config.program} adds `{operation}` once more"
        config.say(codes.WRONG_ADDRESS, message, node.span, "fails")
    elif "://" not in text:
        message = f"`{key}` has no `http://` or `https://`, so no request is sent anywhere"
        config.say(codes.WRONG_ADDRESS, message, node.span, "fails")
    elif text != text.strip():
        message = f"`{key}` has a space at its end, which goes into the address of every request"
        config.say(codes.WRONG_ADDRESS, message, node.span, "fails")
