import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from audit.models import AccessEvent
from processors.documents import storing
from processors.models import AgreementDocument, ClauseItem, DocumentCheck, ProcessingAgreement
from tests.factories import (
    AgreementFactory,
    OrganisationFactory,
    SubProcessorFactory,
    TransferFactory,
    UserFactory,
)
from tests.processors.pdfs import javascript, pdf

pytestmark = pytest.mark.django_db

LIST = reverse("admin:processors_processingagreement_changelist")
ADD = reverse("admin:processors_processingagreement_add")
READERS = ["approver", "auditor"]


@pytest.fixture
def dpo(client: Client) -> Client:
    client.force_login(UserFactory())
    return client


def page(agreement: ProcessingAgreement, verb: str = "change") -> str:
    return reverse(f"admin:processors_processingagreement_{verb}", args=[agreement.pk])


def as_shown(client: Client, url: str) -> dict[str, str]:
    """The fields of the page at ``url`` as a browser would send them back."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent = {field.html_name: field.value() for form in forms for field in form}
    return {k: str(v) for k, v in sent.items() if v is not None and v is not False}


def clause_field(client: Client, url: str, slug: str, name: str) -> str:
    """How the form of one clause calls its field ``name``."""
    [inline] = client.get(url).context["inline_admin_formsets"]
    line = next(line for line in inline.formset.lines if line.item.slug == slug)
    return f"{line.form.prefix}-{name}"


def test_a_new_agreement_asks_for_every_clause(dpo: Client) -> None:
    [inline] = dpo.get(ADD).context["inline_admin_formsets"]
    asked = [line.item.slug for line in inline.formset.lines]
    assert asked == list(ClauseItem.objects.values_list("slug", flat=True))
    assert all(line.form for line in inline.formset.lines)


def test_an_agreement_is_entered_with_its_clauses_at_once(dpo: Client) -> None:
    own, vendor = OrganisationFactory(), OrganisationFactory(vendor=True)
    data = as_shown(dpo, ADD) | {
        "reference": "UP/1",
        "controller": str(own.pk),
        "processor": str(vendor.pk),
        "form": "written",
        clause_field(dpo, ADD, "28-3-a", "found_at"): "§ 4",
        clause_field(dpo, ADD, "28-3-b", "is_missing"): "on",
    }
    assert dpo.post(ADD, data).status_code == 302
    answers = ProcessingAgreement.objects.get().clauses.values_list(
        "item__slug", "found_at", "is_missing"
    )
    assert list(answers) == [("28-3-a", "§ 4", False), ("28-3-b", "", True)]


def test_what_nobody_answered_stays_in_its_place_of_the_list(dpo: Client) -> None:
    agreement = AgreementFactory(complete=False, draft=True)
    url = page(agreement)
    data = as_shown(dpo, url) | {clause_field(dpo, url, "28-3-d", "found_at"): "§ 7"}
    dpo.post(url, data)
    [inline] = dpo.get(url).context["inline_admin_formsets"]
    order = [line.item.position for line in inline.formset.lines]
    assert order == sorted(order)
    assert [line.clause.found_at for line in inline.formset.lines][3] == "§ 7"


def test_a_clause_of_an_agreement_in_force_is_changed_with_a_reason(dpo: Client) -> None:
    agreement = AgreementFactory()
    url = page(agreement)
    data = as_shown(dpo, url) | {clause_field(dpo, url, "28-3-d", "found_at"): "§ 70"}
    assert b"say why you change it" in dpo.post(url, data).content
    dpo.post(url, data | {"change_cause": "correction"})
    clause = agreement.clauses.get(item__slug="28-3-d")
    assert clause.found_at == "§ 70"
    assert clause.history.first().history_change_reason == "correction:"


def test_terms_of_an_agreement_in_force_are_changed_with_a_reason(dpo: Client) -> None:
    url = page(AgreementFactory())
    assert dpo.post(url, as_shown(dpo, url) | {"people": "inni"}).status_code == 200
    assert ProcessingAgreement.objects.get().people == "klienci"


def test_a_second_editor_overwrites_nothing(dpo: Client) -> None:
    agreement = AgreementFactory(draft=True)
    stale = as_shown(dpo, page(agreement)) | {"people": "moi"}
    agreement.people = "cudzy"
    agreement.save()
    assert b"Nothing was overwritten" in dpo.post(page(agreement), stale).content
    agreement.refresh_from_db()
    assert agreement.people == "cudzy"


def test_dates_that_contradict_each_other_are_refused_on_the_form(dpo: Client) -> None:
    agreement = AgreementFactory(draft=True)
    data = as_shown(dpo, page(agreement))
    wrong = {"in_force_from": "2026-01-02", "in_force_until": "2026-01-02"}
    assert b"The end comes after the beginning" in dpo.post(page(agreement), data | wrong).content


@pytest.mark.parametrize("trait", READERS)
def test_a_reader_sees_the_clauses_as_text(client: Client, trait: str) -> None:
    client.force_login(UserFactory(**{trait: True}))
    with translation.override("en"):
        shown = client.get(page(AgreementFactory(complete=False))).content.decode()
    assert "Not answered" in shown
    assert "-found_at" not in shown


@pytest.mark.parametrize("trait", READERS)
@pytest.mark.parametrize("verb", ["attach", "terminate"])
def test_a_reader_does_nothing_with_an_agreement(client: Client, trait: str, verb: str) -> None:
    client.force_login(UserFactory(**{trait: True}))
    assert client.post(page(AgreementFactory(), verb), {"file": "x"}).status_code == 403


def test_saved_views_count_what_waits(dpo: Client) -> None:
    soon = timezone.localdate() + timedelta(days=30)
    AgreementFactory(in_force_until=soon)
    AgreementFactory(draft=True, processor=OrganisationFactory(slug="inny"))
    counts = [tab.count for tab in dpo.get(LIST).context["views"]]
    assert counts == [None, 1, 1, None, None, None]
    assert dpo.get(LIST, {"renewal": "1"}).context["cl"].result_count == 1
    assert dpo.get(LIST, {"attention": "1"}).context["cl"].result_count == 1
    assert dpo.get(LIST, {"status": "draft"}).context["cl"].result_count == 1


# Documents ----------------------------------------------------------------------------------------


def upload(client: Client, agreement: ProcessingAgreement, data: bytes) -> Any:
    file = SimpleUploadedFile("umowa Jan Kowalski.pdf", data, "application/pdf")
    return client.post(page(agreement, "attach"), {"file": file, "title": "Umowa"})


def test_a_signed_document_is_attached_and_handed_out_as_it_came(dpo: Client) -> None:
    agreement, signed = AgreementFactory(), pdf()
    assert upload(dpo, agreement, signed).status_code == 302
    document = AgreementDocument.objects.get()
    answer = dpo.get(reverse("admin:processors_agreementdocument_file", args=[document.pk]))
    assert b"".join(answer.streaming_content) == signed
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "Kowalski" not in document.file + answer["Content-Disposition"]


def test_a_download_is_in_the_access_log_with_its_hash(dpo: Client) -> None:
    document = storing.attach(AgreementFactory(), io.BytesIO(pdf()), title="Umowa")
    answer = dpo.get(reverse("admin:processors_agreementdocument_file", args=[document.pk]))
    received = b"".join(answer.streaming_content)
    opened = AccessEvent.objects.get(closes=None)
    assert opened.subject == f"processors.agreementdocument:{document.uuid}"
    assert opened.closed_by.sha256 == hashlib.sha256(received).hexdigest() == document.sha256


def test_a_refused_document_says_why_and_leaves_nothing(dpo: Client) -> None:
    agreement = AgreementFactory()
    answer = upload(dpo, agreement, pdf(javascript))
    assert b"The PDF holds JavaScript" in answer.content
    assert not AgreementDocument.objects.exists()
    assert not default_storage.exists(storing.FOLDER)


def test_a_swapped_document_goes_to_nobody_and_is_found_at_once(dpo: Client) -> None:
    document = storing.attach(AgreementFactory(), io.BytesIO(pdf()), title="Umowa")
    Path(default_storage.path(document.file)).write_bytes(b"%PDF-1.4 another\n%%EOF\n")
    answer = dpo.get(reverse("admin:processors_agreementdocument_file", args=[document.pk]))
    assert answer.status_code == 302
    assert DocumentCheck.objects.get().state == "differs"
    assert not AccessEvent.objects.exists()


def test_a_supervisor_gets_no_document(client: Client) -> None:
    document = storing.attach(AgreementFactory(), io.BytesIO(pdf()), title="Umowa")
    client.force_login(UserFactory(supervisor=True))
    url = reverse("admin:processors_agreementdocument_file", args=[document.pk])
    assert client.get(url).status_code == 403


# Verbs --------------------------------------------------------------------------------------------


def test_a_termination_is_recorded_with_its_proof_and_reason(dpo: Client) -> None:
    agreement = AgreementFactory()
    data = {
        "on": "2025-06-01",
        "returned": "deleted",
        "proof": "protokół 7",
        "cause": "vendor",
    }
    assert dpo.post(page(agreement, "terminate"), data).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.returned, agreement.return_proof) == ("deleted", "protokół 7")
    assert agreement.history.first().history_change_reason == "vendor:"


@pytest.mark.parametrize(
    "wrong", [{"on": "2024-12-31"}, {"on": ""}, {"proof": ""}, {"cause": ""}, {"on": "2025-02-31"}]
)
def test_a_termination_that_makes_no_sense_is_refused(dpo: Client, wrong: dict[str, str]) -> None:
    agreement = AgreementFactory()
    data = {"on": "2025-06-01", "returned": "deleted", "proof": "p", "cause": "vendor"} | wrong
    assert dpo.post(page(agreement, "terminate"), data).status_code == 200
    agreement.refresh_from_db()
    assert agreement.terminated_on is None


def test_the_return_is_recorded_once_the_agreement_has_ended(dpo: Client) -> None:
    agreement = AgreementFactory(terminated_on=timezone.localdate())
    data = {"returned": "returned", "proof": "protokół", "cause": "review"}
    assert dpo.post(page(agreement, "prove_return"), data).status_code == 302
    agreement.refresh_from_db()
    assert agreement.returned == "returned"


# Speed and paper ----------------------------------------------------------------------------------


def many(agreement: ProcessingAgreement, count: int) -> None:
    for number in range(count):
        other = OrganisationFactory(slug=f"firma-{count}-{number}")
        SubProcessorFactory(agreement=agreement, organisation=other)
        TransferFactory(agreement=agreement, organisation=other)
        AgreementFactory(processor=other, in_force_until=timezone.localdate())


def queries(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ask().status_code == 200
    return len(asked)


@pytest.mark.parametrize("register", ["processingagreement", "subprocessor", "transfer"])
def test_a_list_asks_as_often_for_many_rows_as_for_few(dpo: Client, register: str) -> None:
    url = reverse(f"admin:processors_{register}_changelist")
    agreement = AgreementFactory()
    many(agreement, 1)
    dpo.get(url)
    few = queries(lambda: dpo.get(url))
    many(agreement, 7)
    assert queries(lambda: dpo.get(url)) == few


def test_the_page_asks_as_often_for_much_as_for_little(dpo: Client) -> None:
    agreement = AgreementFactory()
    many(agreement, 1)
    dpo.get(page(agreement))
    few = queries(lambda: dpo.get(page(agreement)))
    many(agreement, 7)
    assert queries(lambda: dpo.get(page(agreement))) == few


@pytest.mark.parametrize(
    ("language", "words"), [("pl", "art. 28 ust. 3 lit. a"), ("en", "Art. 28(3)(a)")]
)
def test_the_sheet_is_worded_in_the_language_that_is_asked_for(
    dpo: Client, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr("audit.pdf._drawn", lambda html: drawn.append(html) or b"%PDF-")
    monkeypatch.setattr("audit.pdf.missing", lambda: "")
    answer = dpo.get(page(AgreementFactory(), "pdf"), {"language": language})
    assert b"".join(answer.streaming_content) == b"%PDF-"
    assert words in drawn[0]
