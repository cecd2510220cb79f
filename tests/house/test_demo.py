"""The demo: everything that a visitor, and the files in the samples folder, find there."""

import io
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F, Q
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit.models import AuditedModel
from ccgdpr import demo
from ccgdpr.demo.presets import DEWELOPER, EXCEL
from ccgdpr.demo.registers import CLIENT, OWN
from consents import fold
from consents.choices import ConsentState, Method, RestrictionKind, ReviewOutcome, SubjectKind
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    Evidence,
    LeadSource,
    Restriction,
    SourceWording,
    Suppression,
)
from consents.services import give
from feed.choices import DeliveryState
from feed.models import Delivery, FeedEntry, WebhookEndpoint
from processing.choices import KIND_OF_CHANNEL, Basis, Channel, Nature
from processing.models import ProcessingActivity, Purpose
from screening.models import Handover
from screening.question import ask
from screening.verdict import judge, tally

PASSWORD = "fioletowy-rower-3"
COLLECTED = ("marketing-own", "newsletter", "satisfaction-survey")
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.VOICE, Channel.AUTOMATED_CALL)


@pytest.fixture(scope="module")
def _demo(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Built once for the tests of this file, and rolled back after them."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            demo.build(password=PASSWORD)
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _house(_demo: None, db: None) -> None:
    """Each test looks at the demo from within a transaction of its own."""


# Registers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
def test_each_role_has_somebody_who_can_sign_in(role: str) -> None:
    user = User.objects.get(email=f"{role.lower()}@ccgdpr.example")
    assert user.check_password(PASSWORD)
    assert user.groups.get().name == role
    assert not user.is_superuser


def test_the_record_holds_the_fourteen_rows() -> None:
    rows = ProcessingActivity.objects.values_list("number", "controller__slug")
    assert sorted(rows) == [*((n, OWN) for n in range(1, 14)), (14, CLIENT)]


def test_the_webhook_told_each_no_of_the_feed() -> None:
    told = Delivery.objects.filter(state=DeliveryState.SENT).values_list("first_seq", flat=True)
    ending = FeedEntry.objects.filter(ends_contact=True).seen_by(
        WebhookEndpoint.objects.get().client
    )
    assert sorted(told) == sorted(ending.values_list("seq", flat=True)) != []


BILINGUAL = (
    "name",
    "subjects",
    "data",
    "recipients",
    "transfers",
    "retention",
    "security",
    "source",
)


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("field", BILINGUAL)
def test_every_row_is_whole_in_both_languages(field: str, language: str) -> None:
    assert not ProcessingActivity.objects.filter(**{f"{field}_{language}": ""}).exists()


def test_the_row_of_the_client_says_what_is_processed_for_it() -> None:
    row = ProcessingActivity.objects.get(controller__slug=CLIENT)
    assert row.processing_pl
    assert row.processing_en


def test_every_activity_has_a_purpose() -> None:
    assert not ProcessingActivity.objects.filter(purposes=None).exists()


@pytest.mark.parametrize(
    ("key", "basis", "nature"),
    [
        ("marketing-own", Basis.CONSENT, Nature.COMMERCIAL),
        ("newsletter", Basis.CONSENT, Nature.COMMERCIAL),
        ("satisfaction-survey", Basis.CONSENT, Nature.COMMERCIAL),
        ("complaints", Basis.LEGAL_OBLIGATION, Nature.SERVICE),
        ("marketing-post", Basis.LEGITIMATE_INTEREST, Nature.COMMERCIAL),
        ("service-survey", Basis.LEGITIMATE_INTEREST, Nature.SERVICE),
    ],
)
def test_the_purposes_machines_type_are_there(key: str, basis: str, nature: str) -> None:
    purpose = Purpose.objects.get(slug=key)
    assert (purpose.basis, purpose.nature) == (basis, nature)


def test_the_supervisor_may_use_three_purposes() -> None:
    user = User.objects.get(role=Role.SUPERVISOR)
    assert {purpose.slug for purpose in Purpose.objects.granted_to(user)} == set(COLLECTED)


# Sources and wordings -----------------------------------------------------------------------------


def test_the_sources_machines_type_are_there() -> None:
    known = set(LeadSource.objects.values_list("slug", flat=True))
    assert {"web-form", "phone", "purchased-2025"} <= known
    assert not LeadSource.objects.get(slug="web-form").confirmation_asked


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("purpose", COLLECTED)
def test_the_web_form_showed_a_wording_without_a_gap(purpose: str, channel: str) -> None:
    old, new = SourceWording.objects.filter(
        source__slug="web-form", wording__purpose__slug=purpose, wording__channel=channel
    ).order_by("shown_from")
    starts = [timezone.localtime(shown.shown_from).isoformat() for shown in (old, new)]
    assert starts == ["2018-05-25T00:00:00+02:00", "2024-11-10T00:00:00+01:00"]
    assert (old.shown_until, new.shown_until) == (new.shown_from, None)


def test_what_the_web_form_showed_names_the_centre_and_has_no_defect() -> None:
    shown = ConsentWording.objects.filter(shown__source__slug="web-form")
    assert not shown.exclude(named__organisation__slug=OWN).exists()
    assert not shown.filter(~Q(reviews__outcome=ReviewOutcome.OK), reviews__isnull=False).exists()


def test_older_wordings_of_the_web_form_were_reviewed_under_the_pke_in_time() -> None:
    old = ConsentWording.objects.filter(
        shown__source__slug="web-form", shown__shown_until__isnull=False
    )
    reviewed = old.filter(
        reviews__regime="pke398",
        reviews__outcome=ReviewOutcome.OK,
        reviews__effective_from__lte=F("shown__shown_until"),
    )
    assert old.count() == reviewed.distinct().count() == len(COLLECTED) * len(CHANNELS)


@pytest.mark.parametrize("outcome", [ReviewOutcome.DEFECTIVE, ReviewOutcome.PENDING])
def test_other_sources_showed_wordings_with_doubts(outcome: str) -> None:
    assert ConsentWording.objects.filter(reviews__outcome=outcome).exists()


def test_every_wording_passes_the_checks_of_its_form() -> None:
    for shown in SourceWording.objects.all():
        shown.full_clean()


# People -------------------------------------------------------------------------------------------


def test_five_hundred_people_of_every_kind() -> None:
    kinds = Counter(DataSubject.objects.values_list("kind", flat=True))
    assert kinds.total() == 500
    assert set(kinds) == set(SubjectKind.values)


@pytest.mark.parametrize("state", ConsentState.values)
def test_consents_stand_in_every_state(state: str) -> None:
    assert Consent.objects.filter(state=state).count() >= 5


@pytest.mark.parametrize("kind", RestrictionKind.values)
def test_people_are_restricted_in_every_way(kind: str) -> None:
    assert Restriction.objects.filter(kind=kind, lifts=None).exists()


def test_consents_have_run_out_and_will_run_out_soon() -> None:
    now = timezone.now()
    given = Consent.objects.filter(state=ConsentState.GIVEN)
    soon = now + timezone.timedelta(days=30)
    assert given.filter(valid_until__lte=now).exists()
    assert given.filter(valid_until__gt=now, valid_until__lt=soon).exists()


def test_art_14_is_overdue_for_some_and_done_for_others() -> None:
    assert Acquisition.objects.overdue(timezone.localdate()).exists()
    assert Acquisition.objects.filter(due_on__isnull=False, informed_on__isnull=False).exists()


def test_a_reassigned_number_begins_anew() -> None:
    retired = ContactPoint.objects.exclude(retired_at=None).first()
    now = ContactPoint.objects.live().get(controller=retired.controller, key=retired.key)
    assert now.subject_id != retired.subject_id
    assert not now.events.exists()


def test_suppressions_know_strangers_by_their_digest_alone() -> None:
    known = ContactPoint.objects.values("hmac")
    assert Suppression.objects.exclude(hmac__in=known).exists()
    assert Suppression.objects.filter(hmac__in=known).exists()


def test_every_event_belongs_to_one_controller_and_fits_its_contact() -> None:
    for event in ConsentEvent.objects.select_related(
        "contact_point", "source", "purpose__activity"
    ):
        controllers = {
            event.contact_point.controller_id,
            event.source.controller_id,
            event.purpose.activity.controller_id,
        }
        assert len(controllers) == 1
        assert event.contact_point.kind == KIND_OF_CHANNEL[event.channel]


def test_nothing_of_the_demo_lies_in_the_future_or_was_known_before_it_happened() -> None:
    assert not ConsentEvent.objects.filter(
        Q(occurred_at__gt=timezone.now()) | Q(recorded_at__lt=F("occurred_at"))
    ).exists()


def test_events_reach_back_nearly_three_years() -> None:
    first = ConsentEvent.objects.earliest("occurred_at").occurred_at
    assert 900 < (timezone.now() - first).days < 1200


def test_every_event_has_evidence_that_is_intact() -> None:
    proofs = Evidence.objects.in_bulk()
    for event in ConsentEvent.objects.all():
        assert proofs[event.evidence_id].sha256 == event.evidence_sha256
    assert all(proof.is_intact for proof in proofs.values())


def test_states_are_the_fold_of_the_events() -> None:
    assert fold.differences() == []


def test_addresses_are_of_domains_for_examples() -> None:
    values = ContactPoint.objects.filter(kind="email").values_list("value", flat=True)
    domains = {value.rpartition("@")[2] for value in values}
    assert all(domain.endswith((".example", "example.com")) for domain in domains)


# What the verdict says of them -------------------------------------------------------------------

# All that the register can answer in this step, but for closed purposes and values of no kind.
REASONS = {
    "undeliverable",
    "processing_restricted",
    "do_not_contact",
    "suppressed",
    "objection",
    "minor",
    "art14_overdue",
    "source_unproven",
    "no_consent",
    "refused",
    "withdrawn",
    "unconfirmed",
    "expired",
    "wording_unknown",
    "controller_not_named",
    "wording_defective",
    "wording_pending",
    "giver_not_user",
}


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.VOICE])
@pytest.mark.parametrize("purpose", ["marketing-own", "newsletter"])
def test_many_people_may_be_contacted_for_both_main_purposes(purpose: str, channel: str) -> None:
    assert tally(ask(purpose, channel))[""] >= 50


def test_somebody_is_kept_from_contact_by_each_reason() -> None:
    said: set[str] = set()
    for purpose in ("marketing-own", "newsletter"):
        for channel in (Channel.EMAIL, Channel.VOICE):
            values = ContactPoint.objects.live().filter(kind=KIND_OF_CHANNEL[channel])
            verdicts = judge(ask(purpose, channel), values.values_list("value", flat=True))
            said.update(*(verdict.reasons for verdict in verdicts))
    assert said >= REASONS


def test_a_request_for_consent_is_closed_but_for_letters() -> None:
    assert set(tally(ask("consent-request", Channel.VOICE))) == {"consent_request_blocked"}
    assert tally(ask("consent-request", Channel.POST))[""] > 0


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("year", [2019, 2022, 2024, 2025, 2026])
def test_what_the_web_form_showed_stands_under_the_law_of_its_day(year: int, channel: str) -> None:
    """A consent of the first day still opens the channel years later, and did then."""
    retired = ContactPoint.objects.exclude(retired_at=None).values("key")
    untouched = ContactPoint.objects.filter(events=None).exclude(key__in=retired)
    point = untouched.filter(kind=KIND_OF_CHANNEL[channel], subject__contact_points__kind="postal")[
        0
    ]
    give(
        point,
        Purpose.objects.get(slug="newsletter"),
        channel,
        source=LeadSource.objects.get(slug="web-form"),
        method=Method.FORM,
        evidence="formularz",
        occurred_at=datetime(2018, 5, 25, 8, tzinfo=UTC),
    )
    question = ask("newsletter", channel, at=datetime(year, 6, 1, tzinfo=UTC))
    assert judge(question, [point.value])[0].reasons == ()


# A second run -------------------------------------------------------------------------------------


def everything() -> dict[str, int]:
    """Rows of every table of the house, history among them."""
    ours = ("accounts", "processors", "processing", "consents")
    models = [m for label in ours for m in apps.get_app_config(label).get_models()]
    return {model._meta.label: model._base_manager.count() for model in models}


def test_a_second_run_changes_nothing() -> None:
    before = everything()
    demo.build(password="another password")
    assert everything() == before
    assert User.objects.get(role=Role.DPO).check_password(PASSWORD)


def test_every_record_has_history() -> None:
    for model in apps.get_models():
        if issubclass(model, AuditedModel):
            without = model.objects.exclude(pk__in=model.history.values("id"))
            assert not without.exists(), model


def test_the_trail_shows_people_at_work() -> None:
    names = set(ProcessingActivity.history.values_list("history_username", flat=True))
    assert "dpo@ccgdpr.example" in names


def run(settings: Any, *arguments: str) -> str:
    settings.DEBUG = True
    out = io.StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_logins(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    printed = run(settings)
    assert f"password: {PASSWORD}" in printed
    assert all(f"{role.lower()}@ccgdpr.example" in printed for role in Role.values)


def test_a_password_that_no_longer_fits_is_not_printed(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "something else")
    assert "something else" not in run(settings, "--if-empty")


def test_a_random_password_is_said_again_on_the_next_run(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    settings.DATA_DIR = tmp_path
    run(settings)
    kept = tmp_path / "demo_password"
    assert len(kept.read_text()) >= 16
    assert kept.stat().st_mode & 0o077 == 0


def test_the_demo_refuses_outside_debug() -> None:
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo")


SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.mark.parametrize(
    ("file", "preset", "counts"),
    [
        ("deweloper_bez_naglowka.csv", DEWELOPER, {"given": 729, "rejected": 0}),
        ("excel_cp1250.csv", EXCEL, {"given": 76, "refused": 94, "rejected": 137}),
    ],
)
def test_files_that_name_no_purpose_come_in_by_a_saved_format(
    file: str, preset: str, counts: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    about = ["--source", "web-form", "--purpose", "newsletter", "--preset", preset]
    call_command("import_consents", str(SAMPLES / file), *about, "--dry-run", "--json")
    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in counts} == counts


def test_a_supervisor_waits_for_one_answer_and_has_another() -> None:
    assert Handover.objects.waiting().count() == 1
    assert Handover.objects.asked().count() == 2
