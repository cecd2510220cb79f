"""The fold's SQL against the row-by-row reference, in any order of arrival (verdict.md §1)."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consents import services
from consents.choices import EventKind, Method
from consents.fold import differences, fold_sql, rebuild, refold, state_sql
from consents.models import Consent, ConsentEvent
from tests.consents.reference import NEVER, State, Told, fold
from tests.factories import PointFactory, PurposeFactory, SourceFactory

pytestmark = pytest.mark.django_db
START = datetime(2025, 3, 1, 12, tzinfo=UTC)
MOMENTS = [START + timedelta(hours=n) for n in range(4)]

acts = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["given", "given", "refused", "withdrawn"]),
        "hour": st.integers(0, 3),
        "source": st.integers(0, 1),
        "own_time": st.booleans(),
        "needs_confirmation": st.booleans(),
        "ends": st.sampled_from([None, None, 5, 9]),
        "confirmed": st.booleans(),
        "invalidated": st.integers(0, 5).map(lambda n: n == 0),
    }
)


def aware(value: object) -> datetime | None:
    """Raw SQL on SQLite answers with the stored text, or with an instant without its zone."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment else None


def tell(point, purpose, sources, act):
    """Tell one act, its confirmation and its invalidation, as a file or a clerk would."""
    moment = MOMENTS[act["hour"]]
    told = {
        "source": sources[act["source"]],
        "method": Method.FORM,
        "evidence": "formularz",
        "occurred_at": moment,
        "own_time": act["own_time"],
    }
    if act["kind"] != "given":
        verb = services.refuse if act["kind"] == "refused" else services.withdraw
        verb(point, purpose, "email", **told)
        return
    event = services.give(
        point,
        purpose,
        "email",
        needs_confirmation=act["needs_confirmation"],
        valid_until=act["ends"] and START + timedelta(days=act["ends"]),
        **told,
    )
    if act["confirmed"]:
        services.confirm(event, method=Method.LINK, evidence="klik", occurred_at=moment)
    if act["invalidated"]:
        services.invalidate(event, method=Method.FORM, reason="nigdy nie była ważna")


def stored(point) -> list[Told]:
    fields = (
        "id",
        "kind",
        "occurred_at",
        "recorded_at",
        "source__slug",
        "own_time",
        "needs_confirmation",
        "valid_until",
        "about",
    )
    return [
        Told(*row) for row in ConsentEvent.objects.filter(contact_point=point).values_list(*fields)
    ]


def state_of(point) -> State | None:
    row = Consent.objects.filter(contact_point=point).values_list("state", "since", "valid_until")
    return State(*row[0]) if row else None


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(acts, min_size=1, max_size=7), shuffle=st.randoms(use_true_random=False))
def test_any_order_of_arrival_ends_in_the_state_of_the_reference(told, shuffle):
    purpose, sources = PurposeFactory(), [SourceFactory(), SourceFactory()]
    one, other = PointFactory(), PointFactory()

    for act in told:
        tell(one, purpose, sources, act)
    shuffle.shuffle(told)
    for act in told:
        tell(other, purpose, sources, act)

    assert state_of(one) == fold(stored(one)) == state_of(other)


def generated(seed: int) -> tuple[object, object]:
    """Two hundred contact points with events recorded at other times than they happened."""
    rng = random.Random(seed)
    purpose, sources = PurposeFactory(), [SourceFactory(), SourceFactory(confirmation_asked=True)]
    points = [PointFactory() for _ in range(200)]
    gives = []
    for point in points:
        seen = set()
        for _ in range(rng.randint(1, 6)):
            event = ConsentEvent(
                contact_point=point,
                purpose=purpose,
                channel="email",
                kind=rng.choice(["given", "given", "given", "refused", "withdrawn"]),
                occurred_at=rng.choice(MOMENTS),
                recorded_at=rng.choice(MOMENTS),
                own_time=rng.random() < 0.7,
                source=rng.choice(sources),
                method=Method.FORM,
                evidence_id=1,
                evidence_sha256="0" * 64,
            )
            identity = (event.kind, event.occurred_at, event.source_id, event.own_time)
            if identity in seen:
                continue
            seen.add(identity)
            if event.kind == EventKind.GIVEN:
                event.needs_confirmation = rng.random() < 0.4
                event.valid_until = rng.choice([None, START + timedelta(days=4)])
                gives.append(event)
            event.save()
    for event in rng.sample(gives, len(gives) // 2):
        ConsentEvent.objects.create(
            contact_point=event.contact_point,
            purpose=purpose,
            channel="email",
            kind=rng.choice(["confirmed", "confirmed", "invalidated"]),
            occurred_at=rng.choice(MOMENTS),
            recorded_at=rng.choice(MOMENTS),
            about=event,
            source=event.source,
            method=Method.LINK,
            evidence_id=1,
            evidence_sha256="0" * 64,
        )
    refold()
    return purpose, points


def run(sql: str, params: list) -> dict[int, State]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: State(row[3], aware(row[4]), aware(row[5])) for row in cursor.fetchall()}


@pytest.mark.parametrize("seed", range(3))
def test_fold_at_any_moment_as_known_at_any_moment_equals_the_reference(seed):
    _purpose, points = generated(seed)
    for at in [*MOMENTS, NEVER]:
        for known_at in [*MOMENTS, NEVER]:
            folded = run(*fold_sql("TRUE", at=at, known_at=known_at))
            expected = {p.pk: fold(stored(p), at, known_at) for p in points[:60]}
            assert {p.pk: folded.get(p.pk) for p in points[:60]} == expected


@pytest.mark.parametrize("seed", range(3, 6))
def test_stored_states_and_refolded_ones_answer_a_past_question_alike(seed):
    purpose, points = generated(seed)
    for at in MOMENTS:
        for known_at in MOMENTS:
            answered = run(*state_sql(purpose.pk, "email", at=at, known_at=known_at))
            assert answered == run(*fold_sql("TRUE", at=at, known_at=known_at))
    assert len(answered) > len(points) / 2


def test_a_state_that_was_tampered_with_is_named_and_rebuilt():
    generated(7)
    consent = Consent.objects.exclude(state="withdrawn").first()
    Consent.objects.filter(pk=consent.pk).update(state="withdrawn", since=START)
    assert differences() == [(consent.contact_point_id, consent.purpose_id, "email")]

    assert rebuild() == 1
    assert differences() == []


def test_a_state_without_events_is_named_and_removed():
    generated(8)
    stray = Consent.objects.create(
        contact_point=PointFactory(),
        purpose=PurposeFactory(),
        channel="email",
        state="given",
        last_occurred_at=START,
        last_recorded_at=START,
    )
    assert (stray.contact_point_id, stray.purpose_id, "email") in differences()
    assert rebuild() == 1
    assert not Consent.objects.filter(pk=stray.pk).exists()
