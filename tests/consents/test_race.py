"""Withdrawals race consents in processes of their own (security.md 1): nothing said is lost."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from consents.fold import differences
from consents.models import Consent, ConsentEvent
from tests.factories import PointFactory, PurposeFactory, SourceFactory
from tests.process import HOUSE, environment

pytestmark = pytest.mark.django_db(transaction=True)
RACERS, ROUNDS = 4, 60
START = datetime(2026, 1, 1, tzinfo=UTC)


def race(mode: str, point, purpose, source) -> list[int]:
    """Events acknowledged by all racers; fails where one of them ended with an error."""
    command = [sys.executable, "-m", "tests.consents.racer"]
    command += [str(record.pk) for record in (point, purpose, source)]
    racers = [
        subprocess.Popen(
            [*command, str(seed), str(ROUNDS), mode],
            cwd=HOUSE,
            env=environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in range(RACERS)
    ]
    ended = [racer.communicate(timeout=180) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * RACERS, ended[0][1]
    return [int(number) for out, _ in ended for number in out.split()]


def test_every_acknowledged_act_is_kept_and_the_state_is_the_fold_of_all():
    told = race("verbs", PointFactory(), PurposeFactory(), SourceFactory())

    assert len(told) == RACERS * ROUNDS
    assert set(told) == set(ConsentEvent.objects.values_list("pk", flat=True))
    assert differences() == []


def test_the_naive_read_modify_write_loses_updates_in_the_same_race():
    point, purpose = PointFactory(), PurposeFactory()
    Consent.objects.create(
        contact_point=point,
        purpose=purpose,
        channel="email",
        state="given",
        valid_until=START,
        last_occurred_at=START,
        last_recorded_at=START,
    )
    race("naive", point, purpose, SourceFactory())

    moved = Consent.objects.get().valid_until - START
    assert moved.microseconds < RACERS * ROUNDS
