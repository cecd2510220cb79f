"""One POST to one address: pinned to what was looked at, short, and never followed elsewhere."""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from feed.choices import Failure
from feed.webhooks.addresses import Refused, Target, Unresolved, addresses

# For connecting, for the whole attempt, and how much of an answer is heard.
CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
ANSWER_BYTES = 64 * 1024
# Of a name that has many: whoever keeps the name could make the house wait for each.
MOST_ADDRESSES = 3


@dataclass(frozen=True)
class Answer:
    """What became of an attempt: an HTTP status, and why it failed unless it did not."""

    status: int | None = None
    failure: Failure | None = None


class _BoundedSocket(ssl.SSLSocket):
    """A connection that ends at ``deadline``: a receiver that drips holds nobody up."""

    deadline: float

    def _hurry(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)

    def recv_into(self, *args: Any, **options: Any) -> int:
        self._hurry()
        return super().recv_into(*args, **options)

    def send(self, *args: Any, **options: Any) -> int:
        self._hurry()
        return super().send(*args, **options)


class _PinnedConnection(http.client.HTTPSConnection):
    """Speaks to ``address`` in the name of the target's host, whose certificate it asks for."""

    def __init__(self, wanted: Target, address: str) -> None:
        super().__init__(wanted.host, wanted.port, context=_trusting())
        self.address = address

    def connect(self) -> None:
        deadline = time.monotonic() + WHOLE_SECONDS
        plain = socket.create_connection((self.address, self.port), CONNECT_SECONDS)
        try:
            self.sock = _trusting().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        self.sock.deadline = deadline


@cache
def _trusting() -> ssl.SSLContext:
    """Trusts whom the system trusts; SSL_CERT_FILE names others, such as the house's own."""
    context = ssl.create_default_context()
    context.sslsocket_class = _BoundedSocket
    return context


def post(wanted: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send ``body`` to ``wanted``; every way in which it can fail is an Answer, none an exception.

    Resolves the name once and connects to an address that it looked at. Takes WHOLE_SECONDS for
    the talk at most, CONNECT_SECONDS for each address that is silent, and what the resolver takes.
    """
    try:
        return _read(_answered(wanted, body, headers))
    except Refused:
        return Answer(failure=Failure.ADDRESS)
    except Unresolved:
        return Answer(failure=Failure.NAME)
    except ssl.SSLCertVerificationError:
        return Answer(failure=Failure.CERTIFICATE)
    except TimeoutError:
        return Answer(failure=Failure.SILENCE)
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(failure=Failure.CONNECTION)


def _answered(wanted: Target, body: bytes, headers: Mapping[str, str]) -> int:
    with closing(_connected(wanted)) as connection:
        named = {"Host": wanted.named, "Connection": "close", **headers}
        connection.request("POST", wanted.path, body, named)
        response = connection.getresponse()
        # The status is the answer; hearing some of the rest lets the receiver end in peace.
        with suppress(OSError, http.client.HTTPException):
            response.read(ANSWER_BYTES)
        return response.status


def _connected(wanted: Target) -> _PinnedConnection:
    """A connection to the first address that answers."""
    *others, last = addresses(wanted)[:MOST_ADDRESSES]
    for address in others:
        connection = _PinnedConnection(wanted, address)
        with suppress(OSError):
            connection.connect()
            return connection
    connection = _PinnedConnection(wanted, last)
    connection.connect()
    return connection


def _read(status: int) -> Answer:
    if 200 <= status < 300:
        return Answer(status)
    if 300 <= status < 400:
        return Answer(status, Failure.REDIRECT)
    if status == HTTPStatus.GONE:
        return Answer(status, Failure.GONE)
    return Answer(status, Failure.ANSWER)
