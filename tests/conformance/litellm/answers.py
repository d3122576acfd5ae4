"""What LiteLLM itself says of names: run by the Python of `.venvs/litellm`.

Standard input is JSON, `[[MODEL, PROVIDER or null, ADDRESS or null], ...]`; standard output is as many answers,
`[PROVIDER or null, ROW or null]`: who answers the name, and what is known of the model, `[CONTEXT, OUTPUT]`. Nothing
leaves the machine, and nobody on it is asked either.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
from importlib import import_module
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

# By name, for it is in the environment of the program alone.
litellm: Any = import_module("litellm")
registry: Any = import_module("litellm.llms.openai_like.json_loader").JSONProviderRegistry
router: Any = litellm.Router(model_list=[])


def refuse(*_: object) -> None:
    raise OSError("no network")


def answers(model: str, given: str | None, address: str | None) -> tuple[str | None, list[int | None] | None]:
    who = provider(model, given, address)
    known = router_row(model, given) if who is not None else None
    return who, known or (row(litellm.get_model_info, model) if given is None else None)


def provider(model: str, given: str | None, address: str | None) -> str | None:
    """None for an unknown one, which the router refuses though its name be given."""
    try:
        name = str(litellm.get_llm_provider(model, custom_llm_provider=given, api_base=address)[1])
    except litellm.BadRequestError:
        return None
    return name if name in litellm.provider_list or registry.exists(name) else None


def router_row(model: str, given: str | None) -> list[int | None] | None:
    """By what the router asks before a call, whether the prompt fits."""
    return row(router.get_router_model_info, {"litellm_params": {"model": model, "custom_llm_provider": given}}, model)


def row(ask: Any, *arguments: object) -> list[int | None] | None:
    """None, too, where there is no row and a rule guesses from the name."""
    try:
        known = ask(*arguments)
    except Exception:  # noqa: BLE001  it raises one of no class of its own
        return None
    if known["key"] not in litellm.model_cost:
        return None
    return [known.get("max_input_tokens") or known.get("max_tokens"), known.get("max_output_tokens")]


def main() -> int:
    logging.disable()
    litellm.suppress_debug_info = True
    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.getaddrinfo = refuse  # type: ignore[assignment]
    json.dump([answers(*each) for each in json.load(sys.stdin)], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
