"""Processes that post to the API: ``-m tests.consents.api.poster MODE KEY BODY …``.

``together KEY BODY COUNT``: COUNT threads post BODY at once; prints status and body of each answer.
``killed WHEN KEY BODY``: posts BODY and dies by SIGKILL, ``written`` as soon as its answer is
written down, or ``committed`` once that is committed and before it is sent.
"""

import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any


def post(key: str, body: str, idempotency_key: str) -> Any:
    from django.test import Client

    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency_key}
    return Client(headers=headers).post(
        "/api/v1/events/", body, content_type="application/json", secure=True
    )


def together(key: str, body: str, idempotency_key: str, count: str) -> None:
    from django.db import connection

    start = Barrier(int(count))

    def one(_number: int) -> tuple[int, str]:
        start.wait()
        try:
            answer = post(key, body, idempotency_key)
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(int(count)) as threads:
        for answer in threads.map(one, range(int(count))):
            print(json.dumps(answer), flush=True)


def killed(key: str, body: str, idempotency_key: str, when: str) -> None:
    from django.db import transaction
    from django.db.models.signals import post_save

    from accounts.models import IdempotencyKey

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def written(**_facts: Any) -> None:
        die() if when == "written" else transaction.on_commit(die)

    post_save.connect(written, sender=IdempotencyKey, weak=False)
    post(key, body, idempotency_key)


if __name__ == "__main__":
    import django

    django.setup()
    mode, *arguments = sys.argv[1:]
    {"together": together, "killed": killed}[mode](*arguments)
