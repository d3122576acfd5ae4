"""What LiteLLM's router does with each request. Runs in the environment that has the program, on standard input.

In: `[{"config": path, "seed": n, "hooked": false,
"requests": [{"model": name, "fails": {deployment id: cause}, "rests": n, "more": {}}]}]`.
`more` is what else the request says; `hooked`: the proxy calls the hooks of the file, as it does.
Out, for each: `{"start": error or null, "answers": [{"attempts": [[id, cause or null]], "end": error or null}]}`.
Where `rests` is not 0, the router cools down who fails, and the client asks for so many retries.

The proxy itself loads the file and looks at the request; only the call to the provider is replaced. What LiteLLM keeps
in its module would go from one file to the next, so each file has a process of its own, forked after the slow import.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import sys
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
os.environ.setdefault("LITELLM_MASTER_KEY", "sk-the-key-of-the-test-which-is-long")

import litellm
from litellm.proxy import proxy_server
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.route_llm_request import route_request
from litellm.router_utils.cooldown_handlers import set_cooldown_deployments

Raise = Callable[[str], Exception]


def simple(kind: str, **more: Any) -> Raise:
    return lambda model: getattr(litellm, kind)(message="told to fail", model=model, llm_provider="openai", **more)


CAUSES: dict[str, Raise] = {
    "timeout": simple("Timeout"),
    "rate_limit": simple("RateLimitError"),
    "server_error": simple("InternalServerError"),
    "unavailable": simple("ServiceUnavailableError"),
    "connection": simple("APIConnectionError"),
    "error": simple("APIError", status_code=500),
    "context": simple("ContextWindowExceededError"),
    "content_policy": simple("ContentPolicyViolationError"),
    "bad_request": simple("BadRequestError"),
    "authentication": simple("AuthenticationError"),
    "not_found": simple("NotFoundError"),
}


class Edge:
    """Stands where the provider is called, and notes which deployment was."""

    def __init__(self, router: litellm.Router) -> None:
        self.router = router
        self.fails: dict[str, str] = {}
        self.rests = False
        self.attempts: list[tuple[str, str | None]] = []

    async def acompletion(self, *, model: str, model_info: dict[str, Any], **_: object) -> litellm.ModelResponse:
        deployment = str(model_info["id"])
        cause = self.fails.get(deployment)
        self.attempts.append((deployment, cause))
        if cause is not None and cause != "refusal":
            error: Any = CAUSES[cause](model)
            if self.rests:
                set_cooldown_deployments(self.router, error, error.status_code, deployment, time_to_cooldown=60)
            raise error
        finish = "stop" if cause is None else "content_filter"
        message = {"role": "assistant", "content": "yes"}
        return litellm.ModelResponse(choices=[{"index": 0, "finish_reason": finish, "message": message}])


async def serve(router: litellm.Router, request: dict[str, Any], *, hooked: bool) -> None:
    """What the proxy does for `/chat/completions`."""
    data: dict[str, Any] = {"model": request["model"], "messages": [{"role": "user", "content": "is it so?"}]}
    if request["rests"]:
        data["num_retries"] = request["rests"]
    data |= request.get("more", {})
    if hooked:
        key = UserAPIKeyAuth(api_key="a key")
        data = await proxy_server.proxy_logging_obj.pre_call_hook(key, data, call_type="completion")
    await (await route_request(data=data, llm_router=router, user_model=None, route_type="acompletion"))


async def run(job: dict[str, Any]) -> dict[str, Any]:
    try:
        router, _, _ = await proxy_server.ProxyConfig().load_config(router=None, config_file_path=job["config"])
    except Exception as error:  # noqa: BLE001  # whatever stops the start is the answer
        return {"start": f"{type(error).__name__}: {error}", "answers": []}
    router._time_to_sleep_before_retry = lambda **_: 0  # it would wait before it asks one that stands alone again
    edge = Edge(router)
    litellm.acompletion = edge.acompletion
    random.seed(job["seed"])
    answers = []
    for request in job["requests"]:
        edge.fails, edge.rests, edge.attempts = request["fails"], request["rests"] > 0, []
        end = None
        try:
            await serve(router, request, hooked=job.get("hooked", False))
        except Exception as error:  # noqa: BLE001  # as above
            end = {"error": type(error).__name__, "status": getattr(error, "status_code", None), "text": str(error)}
        answers.append({"attempts": edge.attempts, "end": end})
        router.flush_cache()
        router.cooldown_cache.in_memory_cache.flush_cache()  # no deployment rests because of an earlier request
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
