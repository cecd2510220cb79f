"""A message goes to the address that was looked at, in the name of its host, and nowhere else."""

import socket
import time
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network
from threading import Thread

import pytest

from feed.choices import Failure
from feed.webhooks import addresses, posting
from feed.webhooks.addresses import target
from feed.webhooks.posting import Answer, post
from tests.feed.receiver import NAME, answering, certificate, listening

pytestmark = pytest.mark.needs("openssl")


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("pem"))


@pytest.fixture
def resolved(monkeypatch):
    """Names that were asked for; each means this machine."""
    asked, resolver = [], socket.getaddrinfo

    def resolve(host, port, *args, **options):
        if host == "127.0.0.1":  # what the connection is pinned to
            return resolver(host, port, *args, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolve)
    return asked


@pytest.fixture(autouse=True)
def _trusting(monkeypatch, pem, settings, resolved):
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    posting._trusting.cache_clear()
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
    yield
    posting._trusting.cache_clear()


def sent(receiver, body: bytes = b"{}", **headers: str) -> Answer:
    return post(target(receiver.url), body, headers)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A byte of the head at a time, each just before anybody would give up waiting for it."""
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 200:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.05)


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1)


def flooding(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _each in range(5000):
        handler.wfile.write(b"x" * 65536)


def test_a_message_arrives_under_the_name_of_its_host(pem):
    with listening(pem) as receiver:
        assert sent(receiver, b'{"a":1}', Told="once") == Answer(204)
    (heard,) = receiver.heard
    assert heard.body == b'{"a":1}'
    assert heard.path == "/hooks?k=1"
    assert heard.headers["Host"] == f"{NAME}:{receiver.port}"
    assert heard.headers["Told"] == "once"


def test_the_name_is_resolved_once(pem, resolved):
    with listening(pem) as receiver:
        sent(receiver)
    assert resolved == [NAME]


def test_the_certificate_is_asked_for_by_name(pem):
    with listening(pem) as receiver:
        wanted = target(f"https://other.example:{receiver.port}/")
        assert post(wanted, b"{}", {}) == Answer(failure=Failure.CERTIFICATE)
    assert receiver.heard == []


def test_a_certificate_that_nobody_vouches_for_is_refused(pem, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    posting._trusting.cache_clear()
    with listening(pem) as receiver:
        assert sent(receiver) == Answer(failure=Failure.CERTIFICATE)


def test_nothing_is_sent_to_a_closed_network(pem, settings):
    settings.WEBHOOK_NETWORKS = []
    with listening(pem) as receiver:
        assert sent(receiver) == Answer(failure=Failure.ADDRESS)
    assert receiver.heard == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(pem, status):
    with listening(pem) as other, listening(pem, answering(status, Location=other.url)) as receiver:
        assert sent(receiver) == Answer(status, Failure.REDIRECT)
    assert other.heard == []


@pytest.mark.parametrize(
    ("status", "failure"),
    [(400, Failure.ANSWER), (404, Failure.ANSWER), (410, Failure.GONE), (503, Failure.ANSWER)],
)
def test_an_answer_that_is_no_success_is_a_failure(pem, status, failure):
    with listening(pem, answering(status)) as receiver:
        assert sent(receiver) == Answer(status, failure)


@pytest.mark.parametrize("behave", [dripping, silent])
def test_a_receiver_that_is_slow_is_left_in_time(pem, monkeypatch, behave):
    monkeypatch.setattr(posting, "WHOLE_SECONDS", 0.5)
    with listening(pem, behave) as receiver:
        begun = time.monotonic()
        assert sent(receiver) == Answer(failure=Failure.SILENCE)
        assert time.monotonic() - begun < 1


def test_an_endless_answer_is_not_heard_out(pem):
    with listening(pem, flooding) as receiver:
        begun = time.monotonic()
        assert sent(receiver) == Answer(200)
        assert time.monotonic() - begun < 3


def test_a_closed_port_is_no_connection(pem):
    with listening(pem) as receiver:
        url = receiver.url
    assert post(target(url), b"{}", {}) == Answer(failure=Failure.CONNECTION)


def test_what_speaks_no_https_is_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as server:
        wanted = target(f"https://{NAME}:{server.getsockname()[1]}/")
        server.settimeout(5)
        thread = _answering_plainly(server)
        assert post(wanted, b"{}", {}) == Answer(failure=Failure.CONNECTION)
        thread.join()


def _answering_plainly(server: socket.socket) -> Thread:
    def answer() -> None:
        peer, _address = server.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    thread = Thread(target=answer)
    thread.start()
    return thread
