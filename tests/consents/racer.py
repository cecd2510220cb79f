"""One process of the race: ``-m tests.consents.racer POINT PURPOSE SOURCE SEED ROUNDS MODE``.

Prints the id of each event it was told is recorded (acknowledged), one a line.
"""

import os
import random
import sys
import time
from datetime import timedelta


def main(point_id: int, purpose_id: int, source_id: int, seed: int, rounds: int, mode: str) -> None:
    from django.utils import timezone

    from consents import services
    from consents.models import Consent, ContactPoint, LeadSource
    from processing.models import Purpose

    rng = random.Random(seed)
    point = ContactPoint.objects.get(pk=point_id)
    purpose = Purpose.objects.select_related("activity").get(pk=purpose_id)
    source = LeadSource.objects.get(pk=source_id)
    for _ in range(rounds):
        if mode == "naive":
            # What this house does not do: read the state, think, write it back.
            consent = Consent.objects.get(contact_point=point)
            consent.valid_until += timedelta(microseconds=1)
            time.sleep(0.002)  # the thinking
            consent.save(update_fields=["valid_until"])
            continue
        verb = rng.choice((services.give, services.withdraw))
        moment = timezone.now() - timedelta(seconds=rng.random() * 1000)
        event = verb(
            point,
            purpose,
            "email",
            source=source,
            method="form",
            evidence="wyścig",
            occurred_at=moment,
        )
        print(event.pk, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccgdpr.settings")
    import django

    django.setup()
    *numbers, mode = sys.argv[1:]
    main(*map(int, numbers), mode)
