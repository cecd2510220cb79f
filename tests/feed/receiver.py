"""A receiver of webhooks in the test's own process, behind a certificate of its own."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

NAME = "hooks.example"
Behaviour = Callable[[BaseHTTPRequestHandler], None]


def certificate(directory: Path) -> Path:
    """A key and a certificate for NAME, which vouches for itself."""
    file = directory / "hooks.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-keyout", str(file), "-out", str(directory / "cert.pem"), "-subj", f"/CN={NAME}"]
    subprocess.run(
        [*command, "-addext", f"subjectAltName=DNS:{NAME}"], check=True, capture_output=True
    )
    with file.open("a") as together:
        together.write((directory / "cert.pem").read_text())
    return file


def answering(status: int, **headers: str) -> Behaviour:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@contextmanager
def listening(file: Path, behave: Behaviour | None = None) -> Iterator[SimpleNamespace]:
    """Listens on a port of its own; ``heard`` are the requests as headers and body."""
    heard: list[SimpleNamespace] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=body))
            server.behave(self)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.behave = behave or answering(204)
    server.handle_error = lambda *args: None  # a peer that hangs up is what some tests are about
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        port = server.server_address[1]
        yield SimpleNamespace(
            heard=heard, port=port, url=f"https://{NAME}:{port}/hooks?k=1", server=server
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
