"""A process that records: ``-m tests.feed.writer POINT PURPOSE SOURCE SEED ROUNDS``.

Its transactions take their keys at once and end late, or not at all. Prints the key of each event
that was committed, one a line.
"""

import os
import random
import sys
import time

ROLLED_BACK = 0.25
LONGEST = 0.03  # seconds between the key and the commit


class Regret(Exception):
    """This transaction shall leave nothing."""


def main(point_id: int, purpose_id: int, source_id: int, seed: int, rounds: int) -> None:
    from django.db import transaction

    from consents import services
    from consents.models import ContactPoint, LeadSource
    from processing.models import Purpose

    rng = random.Random(seed)
    point = ContactPoint.objects.get(pk=point_id)
    purpose = Purpose.objects.select_related("activity").get(pk=purpose_id)
    told = {"source": LeadSource.objects.get(pk=source_id), "method": "form", "evidence": "wyścig"}
    for _ in range(rounds):
        try:
            with transaction.atomic():
                verbs = rng.choices((services.give, services.withdraw), k=rng.randint(1, 3))
                events = [verb(point, purpose, "email", **told) for verb in verbs]
                time.sleep(rng.random() * LONGEST)
                if rng.random() < ROLLED_BACK:
                    raise Regret
        except Regret:
            continue
        for event in events:
            print(event.pk, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccgdpr.settings")
    import django

    django.setup()
    main(*map(int, sys.argv[1:]))
