"""What LiteLLM's proxy does with each request under an emitted configuration, hook included. Runs in the environment
that has the program, on standard input.

In: `[{"config": path, "seed": n, "requests": [{"model": name, "fails": {pool: cause}, "more": {}}]}]`.
Out, for each: `{"start": error or null, "answers": [{"attempts": [pool], "status": n}]}`; 200 is an answer.

The proxy itself loads the file and the hook beside it, calls the hook and looks at the request; only the call to the
provider is replaced. What LiteLLM keeps in its module would go from one file to the next, so each has a process of its
own, forked after the slow import.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import sys
from multiprocessing import get_context
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
os.environ["LITELLM_MASTER_KEY"] = "sk-the-key-of-the-test-which-is-long"

import litellm
from fastapi import HTTPException
from litellm.proxy import proxy_server
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.route_llm_request import route_request

CAUSES: dict[str, tuple[str, dict[str, Any]]] = {
    "timeout": ("Timeout", {}),
    "rate_limit": ("RateLimitError", {}),
    "server_error": ("InternalServerError", {}),
    "unavailable": ("ServiceUnavailableError", {}),
    "error": ("APIError", {"status_code": 500}),
    "context": ("ContextWindowExceededError", {}),
    "content_policy": ("ContentPolicyViolationError", {}),
}


class Edge:
    """Stands where the provider is called, and notes whose deployment was."""

    def __init__(self) -> None:
        self.fails: dict[str, str] = {}
        self.attempts: list[str] = []

    async def acompletion(self, *, model: str, model_info: dict[str, Any], **_: object) -> litellm.ModelResponse:
        pool = str(model_info["pool"])
        self.attempts.append(pool)
        if pool in self.fails:
            kind, more = CAUSES[self.fails[pool]]
            raise getattr(litellm, kind)(message="told to fail", model=model, llm_provider="openai", **more)
        message = {"role": "assistant", "content": "yes"}
        return litellm.ModelResponse(choices=[{"index": 0, "finish_reason": "stop", "message": message}])


async def serve(router: litellm.Router, data: dict[str, Any]) -> int:
    """What the proxy does for `/chat/completions`, and the status that it answers with."""
    key = UserAPIKeyAuth(api_key="a key")
    try:
        hooked = await proxy_server.proxy_logging_obj.pre_call_hook(key, data, call_type="completion")
        await (await route_request(data=hooked, llm_router=router, user_model=None, route_type="acompletion"))
    except HTTPException as refused:
        return refused.status_code
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer
        return int(getattr(error, "status_code", None) or 500)
    return 200


async def run(job: dict[str, Any]) -> dict[str, Any]:
    try:
        router, _, _ = await proxy_server.ProxyConfig().load_config(router=None, config_file_path=job["config"])
    except Exception as error:  # noqa: BLE001  # as above
        return {"start": f"{type(error).__name__}: {error}", "answers": []}
    router._time_to_sleep_before_retry = lambda **_: 0
    edge = Edge()
    litellm.acompletion = edge.acompletion
    random.seed(job["seed"])
    answers = []
    for request in job["requests"]:
        edge.fails, edge.attempts = request["fails"], []
        data = {"model": request["model"], "messages": [{"role": "user", "content": "so?"}], **request["more"]}
        status = await serve(router, data)
        answers.append({"attempts": edge.attempts, "status": status})
    return {"start": None, "answers": answers}


def answer(job: dict[str, Any]) -> dict[str, Any]:
    return asyncio.run(run(job))


def main() -> None:
    jobs = json.load(sys.stdin)
    out = os.dup(1)
    os.dup2(2, 1)  # the program prints while it loads
    logging.disable(logging.CRITICAL)
    with os.fdopen(out, "w") as answers, get_context("fork").Pool(maxtasksperchild=1) as processes:
        json.dump(processes.map(answer, jobs, chunksize=1), answers)


if __name__ == "__main__":
    main()
