"""A web form that collects consents: shows what the register says, and records what was ticked.

    python form.py        # http://127.0.0.1:8080/

The key stays on the server; a browser never sees it. The text is shown to the letter, its box is
not ticked beforehand, and its ``uuid`` goes back with the event: so the register knows who agreed
to what. An unticked box is no event.
"""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4
from wsgiref.simple_server import make_server

import api

SOURCE, PURPOSE, CHANNEL = "web-form", "newsletter", "email"
PAGE = """<!DOCTYPE html>
<html lang="pl">
  <meta charset="utf-8">
  <title>Newsletter</title>
  <form method="post">
    <input type="hidden" name="sent" value="{sent}">
    <p><label>E-mail <input type="email" name="contact" required></label></p>
    {boxes}
    <p><button>Wyślij</button></p>
  </form>
</html>"""
BOX = '<p><label><input type="checkbox" name="wording" value="{uuid}"> {text}</label></p>'


def application(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    if environment["REQUEST_METHOD"] == "POST":
        length = int(environment["CONTENT_LENGTH"] or 0)
        page = answered(parse_qs(environment["wsgi.input"].read(length).decode()))
    else:
        page = shown()
    start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [page.encode()]


def shown() -> str:
    """The form; ``sent`` is new each time, so that a form sent twice counts once."""
    asked = {"purpose": PURPOSE, "channel": CHANNEL, "source": SOURCE, "language": "pl"}
    wordings = api.get("wordings/", **asked)["results"]
    boxes = [BOX.format(uuid=w["uuid"], text=escape(w["text"])) for w in wordings]
    return PAGE.format(sent=uuid4(), boxes="\n    ".join(boxes))


def answered(form: dict[str, list[str]]) -> str:
    ticked = [given(form["contact"][0], wording) for wording in form.get("wording", [])]
    if ticked:
        api.post("events/", {"events": ticked}, Idempotency_Key=form["sent"][0])
    return "<!DOCTYPE html><html lang=pl><title>Newsletter</title><p>Dziękujemy.</html>"


def given(contact: str, wording: str) -> dict[str, str]:
    return {
        "kind": "given",
        "contact": contact,
        "purpose": PURPOSE,
        "channel": CHANNEL,
        "source": SOURCE,
        "method": "form",
        "wording": wording,
        "evidence": "The box was ticked and the form sent.",
    }


if __name__ == "__main__":
    make_server("127.0.0.1", 8080, application).serve_forever()
