"""A service that sets signal headers, as Envoy asks one (ext_proc): gRPC by hand, as much of it as one method takes.

`behaviour` says how it treats each request: it answers, closes its stream without a word, stays silent, and so on.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from threading import Thread
from types import TracebackType
from typing import Literal, Self

Behaviour = Literal[
    "answers", "closes", "closes after the headers", "stays silent", "resets", "breaks off", "says nothing"
]

DATA, HEADERS, RESET, SETTINGS, PING, WINDOW = 0, 1, 3, 4, 6, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
REQUEST_HEADERS, REQUEST_BODY = 2, 4  # of ProcessingRequest
HEADERS_ANSWER, BODY_ANSWER = 1, 3  # of ProcessingResponse
NO_BODY = b"\x18\x01"  # `end_of_stream` of HttpHeaders, its last field
OVERWRITE = 2


class Service:
    """Listens on 127.0.0.1 while it is entered. `headers` are set in the answer to a request's body, or to its headers
    where it has none."""

    def __init__(self, headers: Mapping[str, str], behaviour: Behaviour = "answers") -> None:
        self.headers = dict(headers)
        self.behaviour: Behaviour = behaviour
        self.asked = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            read = connection.makefile("rb")
            try:
                read.read(PREFACE)
                connection.sendall(frame(SETTINGS, 0, 0))
                waiting: dict[int, bytes] = {}
                while head := read.read(9):
                    size, kind, flags = int.from_bytes(head[:3]), head[3], head[4]
                    stream, payload = int.from_bytes(head[5:]), read.read(size)
                    if kind == SETTINGS and not flags & ACK:
                        connection.sendall(frame(SETTINGS, ACK, 0))
                    elif kind == PING and not flags & ACK:
                        connection.sendall(frame(PING, ACK, 0, payload))
                    elif kind == HEADERS:
                        waiting[stream] = b""
                        self.asked += 1
                        for answer in self._opened(stream):
                            connection.sendall(answer)
                    elif kind == DATA and stream in waiting:
                        if payload:
                            window = size.to_bytes(4)
                            connection.sendall(frame(WINDOW, 0, 0, window) + frame(WINDOW, 0, stream, window))
                        waiting[stream] += payload
                        while len(waiting[stream]) >= 5:
                            length = int.from_bytes(waiting[stream][1:5])
                            if len(waiting[stream]) < 5 + length:
                                break
                            message, waiting[stream] = waiting[stream][5 : 5 + length], waiting[stream][5 + length :]
                            if self.behaviour == "breaks off":
                                return
                            for answer in self._said(stream, message):
                                connection.sendall(answer)
                        if flags & END_STREAM:
                            connection.sendall(trailers(stream))
            except OSError:
                return

    def _opened(self, stream: int) -> Iterator[bytes]:
        if self.behaviour == "resets":
            yield frame(RESET, 0, stream, (2).to_bytes(4))
        elif self.behaviour == "closes":
            # The whole answer of a method that has nothing to say: no message, and all is well.
            yield frame(HEADERS, END_HEADERS, stream, opening()) + trailers(stream)
        elif self.behaviour != "stays silent":
            yield frame(HEADERS, END_HEADERS, stream, opening())

    def _said(self, stream: int, message: bytes) -> Iterator[bytes]:
        asked, content = next((n, c) for n, c in fields(message) if n in (REQUEST_HEADERS, REQUEST_BODY))
        last = asked == REQUEST_BODY or content.endswith(NO_BODY)
        if self.behaviour == "answers":
            answer = field(
                BODY_ANSWER if asked == REQUEST_BODY else HEADERS_ANSWER, mutation(self.headers if last else {})
            )
        elif self.behaviour in ("closes after the headers", "says nothing"):
            answer = field(BODY_ANSWER if asked == REQUEST_BODY else HEADERS_ANSWER, mutation({}))
        else:
            return
        yield frame(DATA, 0, stream, b"\0" + len(answer).to_bytes(4) + answer)
        if self.behaviour == "closes after the headers":
            yield trailers(stream)


# ── Frames, and the headers of an answer ──────────────────────────────────


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + payload


def literal(name: str, value: str) -> bytes:
    """A header as HPACK has it without a table."""
    return b"\0" + bytes((len(name),)) + name.encode() + bytes((len(value),)) + value.encode()


def opening() -> bytes:
    return literal(":status", "200") + literal("content-type", "application/grpc")


def trailers(stream: int) -> bytes:
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, literal("grpc-status", "0"))


# ── Messages ──────────────────────────────────────────────────────────────


def varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes((number & 127 | 128,))
        number >>= 7
    return found + bytes((number,))


def field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message that are messages themselves."""
    at = 0

    def number() -> int:
        nonlocal at
        found = shift = 0
        while True:
            byte = message[at]
            at += 1
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found

    while at < len(message):
        key = number()
        if key & 7 == 2:
            size = number()
            at += size
            yield key >> 3, message[at - size : at]
        else:
            number()


def mutation(headers: Mapping[str, str]) -> bytes:
    """A HeadersResponse or BodyResponse whose CommonResponse sets these headers."""
    options = b"".join(
        field(1, field(1, field(1, name.encode()) + field(3, value.encode())) + field(3, OVERWRITE))
        for name, value in headers.items()
    )
    return field(1, field(2, options) if options else b"")
