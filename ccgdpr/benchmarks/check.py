"""Checks over HTTP, against the least view of the same server."""

import json
import random
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import ApiClient
from ccgdpr.benchmarks.load import CALLERS, pace
from ccgdpr.benchmarks.server import THREADS, WORKERS, served
from processing.models import ClientGrant
from screening.benchmarks.house import DEFAULT_ROWS, Say, house
from screening.question import Question

TURNS, SECONDS, WARM_UP = 3, 3.0, 1.0
BATCH, QUESTIONS = 1000, 500
CHECKS, HELLO = "/api/v1/checks/", "/hello/"
ENOUGH = 2_000_000_000  # contacts a day: nobody measures refusals


def measure_check(rows: int | None, say: Say) -> None:
    """The least view, a check of one contact and one of a thousand by turns, best of three each."""
    rows = rows or DEFAULT_ROWS[connection.vendor]
    question = house(rows)
    key = _key(question)
    say(f"{rows} people, {WORKERS} workers of {THREADS} threads, {CALLERS} callers")
    for kept in (False, True):
        with served(kept) as port:
            _measured(port, _bodies(question, rows), key, f"log {'on' if kept else 'off'}", say)


def _measured(port: int, bodies: dict[str, list[bytes]], key: str, log: str, say: Say) -> None:
    kinds = {
        "hello": [_request(HELLO, body, key) for body in bodies["one"]],
        "one": [_request(CHECKS, body, key) for body in bodies["one"]],
        "batch": [_request(CHECKS, body, key) for body in bodies["batch"]],
    }
    for requests in kinds.values():
        pace(port, requests, WARM_UP)
    best = dict.fromkeys(kinds, 0.0)
    for _turn in range(TURNS):
        for name, requests in kinds.items():
            best[name] = max(best[name], pace(port, requests, SECONDS))
    say(f"limit (a view that says hello, same server): {best['hello']:,.0f} requests/s")
    say(f"check of one contact, {log}: {best['one']:,.0f} requests/s")
    say(f"ratio to the limit, {log}: {best['one'] / best['hello']:.2f}")
    say(f"batches of {BATCH}, {log}: {best['batch'] * BATCH:,.0f} contacts/s")


# What is asked -----------------------------------------------------------------------------------


def _key(question: Question) -> str:
    client = ApiClient.objects.create(
        name="bench", contact="bench", may_check=True, daily_contacts=ENOUGH
    )
    ClientGrant.objects.create(client=client, purpose=question.purpose)
    return client.issue_key(until=timezone.now() + timedelta(days=1))[1]


def _bodies(question: Question, rows: int) -> dict[str, list[bytes]]:
    """Questions about known people and, one in three, about strangers."""
    dice = random.Random(4)
    return {
        name: [_body(question, [_number(dice, rows) for _ in range(size)]) for _ in range(count)]
        for name, size, count in (("one", 1, QUESTIONS), ("batch", BATCH, 20))
    }


def _number(dice: random.Random, rows: int) -> str:
    return f"+48{dice.choice((600, 600, 500)) * 1_000_000 + dice.randint(1, rows)}"


def _body(question: Question, contacts: list[str]) -> bytes:
    asked = {"purpose": question.purpose.slug, "channel": question.channel, "contacts": contacts}
    return json.dumps(asked).encode()


def _request(path: str, body: bytes, key: str) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "X-Forwarded-Proto: https",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
