"""The proxy as it is started, over HTTP: the emitted hook stands before every door that asks for a model."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.support.compiling import compiled, files

KEY = "sk-of-a-test-4f0b1c7d9a83e652"
POLICY = """
policy p {{ language 1 }}
signal asked: string {{ source model }}
pool a {{ endpoint "http://127.0.0.1:{a}/v1"  model m }}
pool b {{ endpoint "http://127.0.0.1:{b}/v1"  model m }}
model m {{}}
route first {{ when asked == "safe" to a  retries 1 }}
route spare {{ when asked == "spare" to a  fallback b }}
route begun {{ when prefix(asked, "team/") to b }}
route nothing {{ when asked == "" or asked == "x,y" deny "nothing asked for" }}
default {{ deny "no such name" }}
"""


class Upstream:
    """A model that answers, or fails while it is told to, and counts what arrives."""

    def __init__(self) -> None:
        upstream = self
        self.asked: list[str] = []
        self.down = False

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                upstream.asked.append(self.path)
                body = json.dumps(DOWN if upstream.down else ANSWER).encode()
                self.send_response(503 if upstream.down else 200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


DOWN = {"error": {"message": "it is down", "type": "server_error"}}
ANSWER = {
    "id": "1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "yes"}}],
    "data": [{"object": "embedding", "index": 0, "embedding": [0.1]}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}  # fmt: skip


class Proxy:
    def __init__(self, port: int, a: Upstream, b: Upstream) -> None:
        self.url, self.a, self.b = f"http://127.0.0.1:{port}", a, b

    def ask(self, path: str = "/v1/chat/completions", **body: Any) -> tuple[int, int, int]:
        """The status, and how often each pool was asked."""
        self.a.asked.clear()
        self.b.asked.clear()
        content = {"messages": [{"role": "user", "content": "so?"}], **body}
        headers = {"content-type": "application/json", "authorization": f"Bearer {KEY}"}
        request = Request(f"{self.url}{path}", data=json.dumps(content).encode(), headers=headers)
        try:
            with urlopen(request, timeout=60) as answer:
                answer.read()
                status = answer.status
        except HTTPError as refused:
            with refused:
                status = refused.code
        return status, len(self.a.asked), len(self.b.asked)


@pytest.fixture(scope="module")
def proxy(environment: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    program = environment("litellm") / "litellm"
    a, b = Upstream(), Upstream()
    free = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = int(free.server_address[1])
    free.server_close()
    for path, text in files(compiled(POLICY.format(a=a.port, b=b.port), "litellm")).items():
        (folder / path).write_text(text, encoding="utf-8")
    told = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": KEY, "NO_PROXY": "*"}
    command = [
        str(program),
        "--config",
        "config.yaml",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--telemetry",
        "False",
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **told}, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/health/liveliness", process, folder / "log")
            yield Proxy(port, a, b)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)
            a.close()
            b.close()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(f"no answer: {log.read_text()[-2000:]}")


def test_names_lead_where_the_policy_says(proxy: Proxy) -> None:
    assert proxy.ask(model="safe") == (200, 1, 0)
    assert proxy.ask(model="spare") == (200, 1, 0)
    assert proxy.ask(model="team/atlas") == (200, 0, 1)
    assert proxy.ask(model="team/") == (200, 0, 1)


@pytest.mark.parametrize("name", ["", "x,y", "a", "b", "safe/a", "openai/m", "team", "*", "safe,spare", "SAFE", "m"])
def test_no_other_name_leads_anywhere(proxy: Proxy, name: str) -> None:
    assert proxy.ask(model=name) == (403, 0, 0)


def test_a_request_without_a_name_is_refused(proxy: Proxy) -> None:
    assert proxy.ask() == (403, 0, 0)
    assert proxy.ask(model=["safe", "b"])[1:] == (0, 0)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/embeddings", "/v1/completions", "/v1/responses",
                                  "/v1/messages", "/chat/completions", "/openai/deployments/b/chat/completions",
                                  "/engines/b/chat/completions"])  # fmt: skip
def test_no_door_is_without_the_hook(proxy: Proxy, path: str) -> None:
    for name in ("b", "openai/m", "nobody"):
        status, *asked = proxy.ask(path, model=name, input="so?", prompt="so?", max_tokens=5)
        assert asked == [0, 0]
        assert status >= 400


@pytest.mark.parametrize("more", [
    {"fallbacks": ["b"]}, {"fallbacks": [{"model": "b"}]}, {"fallbacks": [{"safe": ["b"]}]},
    {"context_window_fallbacks": [{"safe": ["b"]}]}, {"mock_testing_fallbacks": True, "fallbacks": ["b"]},
    {"num_retries": 4}, {"model_list": []}, {"specific_deployment": True}, {"tags": ["b"]},
    {"metadata": {"tags": ["b"]}},
])  # fmt: skip
def test_a_request_cannot_steer(proxy: Proxy, more: dict[str, Any]) -> None:
    proxy.a.down = True
    try:
        status, first, second = proxy.ask(model="safe", **more)
        assert (status, first, second) in ((503, 2, 0), (500, 0, 0))  # LiteLLM breaks at some by itself
        refused, *asked = proxy.ask(model="nobody", **more)
        assert (refused in (403, 500), asked) == (True, [0, 0])
    finally:
        proxy.a.down = False


def test_what_fails_is_fallen_back_from(proxy: Proxy) -> None:
    proxy.a.down = True
    try:
        assert proxy.ask(model="spare") == (200, 1, 1)
        assert proxy.ask(model="spare") == (200, 1, 1), "nobody rests"
    finally:
        proxy.a.down = False
