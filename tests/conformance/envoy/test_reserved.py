"""What a route of a real Envoy sees of a header that a client sends, or does not send."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.compiling import policy
from tests.support.envoy import Envoy, free_port
from wrpc.policy.model import Value, Word
from wrpc.targets import writing
from wrpc.targets.envoy.emit import emit
from wrpc.targets.envoy.headers import OWN
from wrpc.targets.envoy.reserved import HEADERS, reserved
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import Options

TEXT = 'policy p { language 1 } pool a { endpoint "127.0.0.1:1" } default { to a }'
ENVOYS = ["x-envoy-internal", "x-envoy-original-path", "x-envoy-anything", "x-envoy-external-address"]
ORDINARY = [
    "x-tenant", "x_tenant", "authorization", "proxy-authorization", "cookie", "user-agent", "referer", "origin",
    "accept", "accept-encoding", "content-type", "content-encoding", "date", "server", "via", "forwarded",
    "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-real-ip", "true-client-ip", "traceparent",
    "tracestate", "x-b3-traceid",
    "x-client-trace-id", "baggage", "grpc-timeout", "range", "if-none-match", "max-forwards", "early-data",
    "x-http-method-override", "x-original-url", "alt-svc", "set-cookie", "status", "trailer", "http2-settings",
]  # fmt: skip
# A word that is a value of the header, where any other is refused or ignored.
VALUES = {
    "expect": "100-continue",
    "te": "gzip",
    "upgrade": "h2c",
    "content-length": "2",
    "transfer-encoding": "chunked",
}
ANSWER = re.compile(rb"HTTP/1.1 200 OK\r\n.*\r\n\r\n(sent|other|absent)\Z", re.DOTALL)


def table(headers: Sequence[str], port: int) -> str:
    """The listener that is emitted, with a table that tells what it sees of the header named in `x-case`."""
    options: dict[str, Value] = {"listen": f"127.0.0.1:{port}", "trust_headers": Word("true")}
    bootstrap: Any = yaml.safe_load(emit(settle(policy(TEXT)), Options(options)).artifacts[0].text)
    (chain,) = bootstrap["static_resources"]["listeners"][0]["filter_chains"]
    config = chain["filters"][0]["typed_config"]["route_config"]
    routes = []
    for header in headers:
        sent = {"name": header, "string_match": {"exact": VALUES.get(header, "probe")}}
        there = {"name": header, "present_match": True}
        for said, matchers in (("sent", [sent]), ("other", [there]), ("absent", [])):
            case = {"name": "x-case", "string_match": {"exact": header}}
            answer = {"status": 200, "body": {"inline_string": said}}
            routes.append({"match": {"prefix": "/", "headers": [case, *matchers]}, "direct_response": answer})
    config["virtual_hosts"][0]["routes"] = routes
    return writing.yaml(bootstrap)


def seen(port: int, header: str, value: str | None) -> str:
    """What the table says, or "refused"."""
    lines = {"host": "h", "content-length": "2", "x-case": header}
    if value is not None:
        lines[header] = value
    if header == "transfer-encoding" and value is not None:
        del lines["content-length"]
    head = "POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    body = b"2\r\nab\r\n0\r\n\r\n" if "content-length" not in lines else b"ab"
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(head.encode() + b"connection: close\r\n\r\n" + body)
        answer = b""
        while not (found := ANSWER.search(answer)):
            more = connection.recv(65536)
            if not more:
                return "refused"
            answer += more
    return found[1].decode()


@pytest.fixture(scope="module")
def port(envoy: Path) -> Iterator[int]:
    chosen = free_port()
    with Envoy(table([*HEADERS, *ENVOYS, *OWN, *ORDINARY], chosen), chosen):
        yield chosen


@pytest.mark.parametrize("header", sorted({*HEADERS, *ENVOYS, *OWN}))
def test_what_is_reserved_is_not_what_was_sent(port: int, header: str) -> None:
    """Without it something is there, or with it nothing, or another one decides."""
    without, with_it = seen(port, header, None), seen(port, header, VALUES.get(header, "probe"))
    assert (without, with_it) != ("absent", "sent")
    assert header in OWN or reserved(header) is not None


@pytest.mark.parametrize("header", ORDINARY)
def test_any_other_header_is_as_it_was_sent(port: int, header: str) -> None:
    assert (seen(port, header, None), seen(port, header, "probe")) == ("absent", "sent")
    assert reserved(header) is None
