"""One process of a race between lists and people who say no: ``-m tests.screening.racer MODE …``.

``lists USER PURPOSE COUNT``: makes lists, prints the uuid of each once it may be taken away.
``paused USER PURPOSE WHERE``: makes one list, says "paused" at WHERE, goes on at a line of input.
``no PURPOSE SOURCE SEED POINT…``: records a no of each; prints the contact point, and the instant,
once it is told that the no is recorded.
"""

import os
import random
import sys
import time
from typing import Any


def lists(user_id: str, purpose_slug: str, count: str) -> None:
    for _ in range(int(count)):
        print(made(user_id, purpose_slug), flush=True)


def paused(user_id: str, purpose_slug: str, where: str) -> None:
    from screening.manifests import Making

    owner, name = {"asked": (Making, "__init__"), "read": (Making, "remember")}[where]
    goes_on = getattr(owner, name)

    def wait_first(*args: Any, **options: Any) -> Any:
        print("paused", flush=True)
        sys.stdin.readline()
        return goes_on(*args, **options)

    setattr(owner, name, wait_first)
    print(made(user_id, purpose_slug), flush=True)


def made(user_id: str, purpose_slug: str) -> str:
    from accounts.models import User
    from screening.making import list_of, order
    from screening.narrowing import Narrowing
    from screening.question import ask

    question = ask(purpose_slug, "email")
    job = order(User.objects.get(pk=user_id), question, Narrowing(), "csv", "wyścig")
    return str(list_of(job).uuid)


def no(purpose_slug: str, source_id: str, seed: str, *points: str) -> None:
    from django.utils import timezone

    from consents import services
    from consents.models import ContactPoint, LeadSource
    from processing.models import Purpose

    rng = random.Random(seed)
    purpose = Purpose.objects.select_related("activity").get(slug=purpose_slug)
    told = {"source": LeadSource.objects.get(pk=source_id), "evidence": "wyścig", "method": "call"}
    for pk in points:
        point = ContactPoint.objects.get(pk=pk)
        if rng.random() < 0.5:
            services.withdraw(point, purpose, "email", **told)
        else:
            services.restrict(point, "objection", words="dość")
        print(pk, timezone.now().isoformat(), flush=True)
        time.sleep(rng.random() * 0.05)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccgdpr.settings")
    import django

    django.setup()
    mode, *arguments = sys.argv[1:]
    {"lists": lists, "paused": paused, "no": no}[mode](*arguments)
