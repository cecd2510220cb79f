"""Callers that each wait for an answer before they ask on, over connections that they keep."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import cycle
from threading import Thread

CALLERS = 8


def pace(port: int, requests: Sequence[bytes], seconds: float) -> float:
    """Requests/s over so many ``seconds``; raises RuntimeError for one that is no success."""
    until = time.monotonic() + seconds
    counts = [0] * CALLERS
    started = time.perf_counter()

    def call(place: int) -> None:
        for _answer in _answers(port, requests[place::CALLERS], until):
            counts[place] += 1

    callers = [Thread(target=call, args=(place,)) for place in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return sum(counts) / (time.perf_counter() - started)


def _answers(port: int, requests: Sequence[bytes], until: float) -> Iterator[bytes]:
    with closing(socket.create_connection(("127.0.0.1", port))) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in cycle(requests):
            if time.monotonic() >= until:
                return
            line.sendall(request)
            yield _read(line)


def _read(line: socket.socket) -> bytes:
    head, end, body = b"", b"", b""
    while not end:
        head += _received(line)
        found, end, body = head.partition(b"\r\n\r\n")
    if not found.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(found.decode(errors="replace"))
    length = int(found.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += _received(line)
    return body


def _received(line: socket.socket) -> bytes:
    data = line.recv(1 << 18)
    if not data:
        raise RuntimeError("The server hung up")
    return data
