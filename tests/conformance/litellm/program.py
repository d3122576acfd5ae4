"""LiteLLM's proxy started on each configuration file of the command line, and asked what the file's head asks.

Run by the Python of `.venvs/litellm`. The program is imported once and every file has a process of its own (a fork), so
that no state is shared. A start is what `litellm --config FILE` does: the command line's reading of the file, then the
application's own start-up. Nothing leaves the machine: every HTTP request of the program is answered here.

A line `# shows: LOOK => TEXT` of the head is one look; standard output is one JSON object, from the path of a file to
`[[LOOK, TEXT, what is seen], ...]`. The looks:

    start                            `ok`, or the exception
    router.A.B, litellm.A, proxy.A   an attribute or key of the router, of the module, of the proxy's module
    env NAME                         a variable of the environment
    group NAME                       the deployments of a group
    ask NAME [failing ID ...]        the deployment that answers, or the error
    tried NAME [failing ID ...]      the deployments that are called, in order
    spread NAME                      the deployments that answer 20 requests
    sent NAME FIELD                  what reaches the provider: `url`, `timeout`, a header or a top key of the body
    http NAME with KEY               whether the proxy itself answers such a request, or refuses it; `nothing` is no key
    warned WORD                      whether a warning of the program has the word
    guards                           the guardrails that were made, each with its mode and whether it always runs
    tagged NAME TAG ...              the deployments that answer 20 requests with these tags, or the error
    spent ID PERIOD                  whether a request is counted for the budget of a deployment or provider
    reached NAME down HOST           the hosts that a request is sent to, while one of them answers 500
    route PATH                       whether the proxy has such a route, and whether it asks for a key

`ID:Error` fails in that way, and `with N tokens` makes the prompt that long.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import random
import sys
from collections.abc import Awaitable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

KEY = "sk-the-key-of-the-test"

os.environ.update(
    LITELLM_LOCAL_MODEL_COST_MAP="True",
    LITELLM_MASTER_KEY=KEY,
    LITELLM_DONT_SHOW_FEEDBACK_BOX="true",
    DISABLE_AIOHTTP_TRANSPORT="True",
    SET_IN_THE_TEST="value-of-the-test",
    FOUR="4",
)

# By name, for they are in the environment of the program alone. The last two it imports late: once for all forks.
httpx: Any = import_module("httpx")
litellm: Any = import_module("litellm")
proxy: Any = import_module("litellm.proxy.proxy_server")
import_module("litellm.proxy.pass_through_endpoints.llm_passthrough_endpoints")
import_module("openai.resources")

# An answer of OpenAI's shape, and of Anthropic's.
ANSWER = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "yes"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "input_tokens": 1, "output_tokens": 1},
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "yes"}],
    "stop_reason": "end_turn",
}


class Calls:
    """The edge of the program: which deployments are called, and what is sent."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.failing: dict[str, str] = {}
        self.sent: list[Any] = []
        self.down = ""
        self.real = litellm.acompletion

    async def completion(self, **parameters: Any) -> Any:
        name = (parameters.get("model_info") or {}).get("id", "?")
        self.tried.append(name)
        if (error := self.failing.get(name)) is not None:
            raise getattr(litellm, error)(message="it fails", llm_provider="openai", model=parameters["model"])
        return await self.real(**parameters)

    async def send(self, request: Any, **_: Any) -> Any:
        if request.content:
            self.sent.append(request)
        if request.url.host == self.down:
            return httpx.Response(500, json={"error": {"message": "it is down"}}, request=request)
        return httpx.Response(200, json=ANSWER, request=request)


class Warnings(logging.Handler):
    """What the program says at level WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def looks(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_bytes().decode("utf-8", "replace").splitlines():
        if line.startswith("# shows: "):
            look, _, expected = line.removeprefix("# shows: ").partition(" => ")
            yield look, expected


def shown(value: object) -> str:
    """JSON, so that the text "3" and the number 3 are not the same."""
    if isinstance(value, list):  # of callbacks: those that the program adds itself are objects
        value = [v for v in value if isinstance(v, str | int | float | dict)]
    dump = getattr(value, "model_dump", None)
    return json.dumps(dump(exclude_none=True) if dump else value, default=str)


def error(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"


def attribute(value: Any, names: list[str]) -> Any:
    for name in names:
        try:
            value = value[name] if hasattr(value, "keys") else getattr(value, name)
        except (KeyError, AttributeError):
            raise LookupError(f"no {name}") from None
    return value


async def start(path: Path) -> object:
    """What has to be kept: the start-up is undone when it is collected."""
    flags = {"config": str(path), "drop_params": False, "add_function_to_prompt": False, "request_timeout": None}
    os.environ["WORKER_CONFIG"] = json.dumps(flags)
    read = await proxy.ProxyConfig().get_config(config_file_path=str(path))
    general = read.get("general_settings", {}) or {}
    url = general.get("database_url")
    if isinstance(url, str) and not url.startswith("os.environ/"):
        os.environ["DATABASE_URL"] = url
    running = proxy.app.router.lifespan_context(proxy.app)
    await running.__aenter__()
    return running


async def answered(call: Awaitable[Any]) -> str:
    """The deployment that answers, or the error, whatever it is."""
    try:
        return str((await call)._hidden_params["model_id"])
    except Exception as problem:  # noqa: BLE001  it is the answer
        return error(problem)


async def ask(calls: Calls, text: str) -> str:
    """The deployment that answers, or the error, to `NAME [failing ID[:Error] ...] [with N tokens]`."""
    text, _, tokens = text.removesuffix(" tokens").partition(" with ")
    name, _, failing = text.partition(" failing ")
    calls.tried, calls.sent = [], []
    calls.failing = {d.partition(":")[0]: d.partition(":")[2] or "InternalServerError" for d in failing.split()}
    proxy.llm_router.cache.flush_cache()
    prompt = "word " * int(tokens or 1)
    message = [{"role": "user", "content": prompt}]
    return await answered(proxy.llm_router.acompletion(model=name, messages=message))


def guards() -> str:
    handler = import_module("litellm.proxy.guardrails.guardrail_registry").IN_MEMORY_GUARDRAIL_HANDLER
    made = handler.guardrail_id_to_custom_guardrail
    found = [(each["guardrail_name"], made.get(id_)) for id_, each in handler.IN_MEMORY_GUARDRAILS.items()]
    return " ".join(f"{name}:{each.event_hook}:{each.default_on}" for name, each in found) or "nothing"


async def tagged(name: str, tags: list[str]) -> str:
    message = [{"role": "user", "content": "word"}]
    calls = (proxy.llm_router.acompletion(model=name, messages=message, metadata={"tags": tags}) for _ in range(20))
    return " ".join(sorted({await answered(call) for call in calls}))


async def spent(calls: Calls, who: str, period: str) -> str:
    """The callback that counts runs after the answer."""
    await ask(calls, "chat")
    await asyncio.sleep(1)
    limiter = proxy.llm_router.router_budget_logger
    keys = [f"{kind}_spend:{who}:{period}" for kind in ("deployment", "provider")]
    amounts = [limiter.dual_cache.in_memory_cache.get_cache(key=key) for key in keys]
    return "something" if any(amounts) else "nothing"


def route(path: str) -> str:
    found = [each for each in proxy.app.routes if getattr(each, "path", None) == path]
    if not found:
        return "nothing"
    return "asks for a key" if found[0].dependencies else "open"


async def http(name: str, key: str) -> str:
    headers = {} if key == "nothing" else {"Authorization": f"Bearer {key}"}
    body = json.dumps({"model": name, "messages": [{"role": "user", "content": "word"}]}).encode()
    heard: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def hear(message: Any) -> None:
        heard.append(message)

    fields = [(b"content-type", b"application/json"), (b"host", b"localhost")]
    fields += [(k.lower().encode(), v.encode()) for k, v in headers.items()]
    place = "/v1/chat/completions"
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
    }
    scope |= {"path": place, "raw_path": place.encode(), "root_path": "", "query_string": b"", "headers": fields}
    scope |= {"client": ("127.0.0.1", 9), "server": ("127.0.0.1", 4000), "state": {}}
    try:
        await proxy.app(scope, receive, hear)
    except ImportError:  # a refusal asks for the database's package, which is not here
        return "refuses"
    return "answers" if heard and heard[0]["status"] == 200 else "refuses"


async def see(look: str, calls: Calls, warnings: Warnings) -> str:
    kind, _, rest = look.partition(" ")
    router = proxy.llm_router
    random.seed(0)
    if kind == "env":
        return os.environ.get(rest, "nothing")
    if kind == "guards":
        return guards()
    if kind == "tagged":
        name, *tags = rest.split()
        return await tagged(name, tags)
    if kind == "spent":
        return await spent(calls, *rest.split())
    if kind == "route":
        return route(rest)
    if kind == "reached":
        name, calls.down = rest.split(" down ")
        await ask(calls, name)
        return " ".join(request.url.host for request in calls.sent)
    if kind == "warned":
        return "yes" if any(rest in text for text in warnings.texts) else "no"
    if kind == "group":
        return " ".join(d["model_info"]["id"] for d in router.get_model_list(model_name=rest) or []) or "nothing"
    if kind == "ask":
        return await ask(calls, rest)
    if kind == "tried":
        await ask(calls, rest)
        return " ".join(calls.tried) or "nothing"
    if kind == "spread":
        return " ".join(sorted({await ask(calls, rest) for _ in range(20)}))
    if kind == "sent":
        name, field = rest.rsplit(" ", 1)
        answer = await ask(calls, name)
        if not calls.sent:
            return f"nothing: {answer}"
        request = calls.sent[-1]
        body = json.loads(request.content)
        places = {"url": str(request.url), "timeout": request.extensions.get("timeout", {}).get("read")}
        return next((shown(p[field]) for p in (body, request.headers, places) if field in p), "nothing")
    if kind == "http":
        name, key = rest.rsplit(" with ", 1)
        return await http(name, key)
    if kind.startswith(("router", "litellm", "proxy")):
        first, *names = kind.split(".")
        try:
            return shown(attribute({"router": router, "litellm": litellm, "proxy": proxy}[first], names))
        except LookupError:
            return "nothing"
    return f"no such look: {look}"


async def observed(path: Path) -> list[tuple[str, str, str]]:
    calls, warnings = Calls(), Warnings()
    for name in ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router"):
        logging.getLogger(name).handlers = [warnings]
    httpx.AsyncClient.send = lambda _, request, **more: calls.send(request, **more)
    litellm.acompletion = calls.completion
    litellm.Router._time_to_sleep_before_retry = lambda *_, **__: 0
    result: list[tuple[str, str, str]] = []
    running: object = None
    try:
        running = await start(path)
        begun = "ok"
    except BaseException as problem:  # noqa: BLE001  a start may end with SystemExit, too
        begun = error(problem)
    for look, expected in looks(path):
        if look == "start":
            seen = begun
        elif begun != "ok":
            seen = f"no start: {begun}"
        else:
            try:
                seen = await see(look, calls, warnings)
            except Exception as problem:  # noqa: BLE001  the other looks go on
                seen = f"the look fails: {error(problem)}"
        result.append((look, expected, seen))
    del running
    return result


def begin(path: Path) -> tuple[int, int]:
    """A process that observes and then ends, and where its answer is read."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        with os.fdopen(writing, "w") as out:
            json.dump(asyncio.new_event_loop().run_until_complete(observed(path)), out)
        os._exit(0)
    os.close(writing)
    return child, reading


def end(child: int, reading: int) -> list[Any]:
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else [["start", "", "the process ends"]]


def main(names: list[str]) -> dict[str, list[Any]]:
    """As many at a time as there are processors."""
    found: dict[str, list[Any]] = {}
    litellm.types.router.Deployment(model_name="m", litellm_params={"model": "openai/m"})  # builds its schema for all
    gc.freeze()
    width = os.cpu_count() or 1
    for first in range(0, len(names), width):
        batch = names[first : first + width]
        running = [begin(Path(name)) for name in batch]
        found |= {name: end(*one) for name, one in zip(batch, running, strict=True)}
    return found


if __name__ == "__main__":
    json.dump(main(sys.argv[1:]), sys.stdout, indent=1)
