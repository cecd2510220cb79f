"""Registers ask why, nobody overwrites a colleague, and nothing is deleted."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit import access
from audit.reasons import readable
from consents.models import LeadSource
from processors.choices import Diligence
from processors.models import Organisation
from tests.factories import OrganisationFactory, SourceWordingFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.audit.urls")]


@pytest.fixture
def dpo(client: Client) -> User:
    user = UserFactory(full_name="Marta Zielińska")
    client.force_login(user)
    return user


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory(name="Przykład sp. z o.o.")


@pytest.fixture
def verified() -> Organisation:
    return OrganisationFactory(
        vendor=True, diligence=Diligence.SUFFICIENT, diligence_on="2026-01-01"
    )


def url(record: Any, page: str = "change", *more: Any) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[record.pk, *more])


def form_of(client: Client, record: Any) -> dict[str, str]:
    """What a browser would post back of the record's page."""
    context = client.get(url(record)).context
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    values = {form.add_prefix(n): form[n].value() for form in forms for n in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def save(client: Client, record: Any, **changes: str) -> Any:
    return client.post(url(record), form_of(client, record) | changes)


# Why ----------------------------------------------------------------------------------------------


def test_the_reason_goes_into_history(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    save(client, organisation, name="Inna", change_cause="vendor", change_reason=" aneks  nr 2 ")
    entry = organisation.history.latest("history_id")
    assert entry.history_change_reason == "vendor: aneks nr 2"
    assert readable(entry.history_change_reason) == "change of vendor: aneks nr 2"
    assert (entry.history_user, entry.history_way) == (dpo, "admin")


def test_a_reason_does_not_stick_to_the_next_change(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    save(client, organisation, name="Inna", change_cause="vendor")
    save(client, organisation, name="Trzecia")
    assert organisation.history.latest("history_id").history_change_reason is None


def test_what_is_in_force_is_not_edited_without_a_reason(
    client: Client, dpo: User, verified: Organisation
) -> None:
    page = save(client, verified, name="Inna")
    assert "change_cause" in page.context["adminform"].form.errors
    assert verified.history.count() == 1


def test_what_is_in_force_is_edited_with_a_reason(
    client: Client, dpo: User, verified: Organisation
) -> None:
    assert save(client, verified, name="Inna", change_cause="law").status_code == 302


def test_drafts_need_no_reason(client: Client, dpo: User, organisation: Organisation) -> None:
    assert save(client, organisation, name="Inna").status_code == 302


def test_another_reason_is_put_in_words(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    page = save(client, organisation, name="Inna", change_cause="other")
    assert "change_reason" in page.context["adminform"].form.errors


def test_a_save_that_changes_nothing_leaves_no_history(
    client: Client, dpo: User, verified: Organisation
) -> None:
    assert save(client, verified).status_code == 302
    assert verified.history.count() == 1


def test_a_new_record_asks_for_no_reason(client: Client, dpo: User) -> None:
    form = client.get(reverse("admin:processors_organisation_add")).context["adminform"].form
    assert "change_cause" not in form.fields


def test_the_question_stands_beside_the_save_button(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    page = client.get(url(organisation)).content.decode()
    assert page.index('name="_save"') < page.index('name="change_cause"')
    assert page.count('name="change_cause"') == 1


# Two at once ------------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_told_what_happened(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    seen = form_of(client, organisation)
    save(client, organisation, name="Pierwsza")
    second = client.post(url(organisation), seen | {"name": "Druga"})
    (told,) = second.context["adminform"].form.non_field_errors()
    assert "Marta Zielińska" in told
    assert "„Przykład sp. z o.o.” → „Pierwsza”" in told
    organisation.refresh_from_db()
    assert organisation.name == "Pierwsza"


@pytest.mark.parametrize("token", ["", "yesterday", "2020-01-01T00:00:00+00:00"])
def test_a_made_up_token_overwrites_nothing(
    client: Client, dpo: User, organisation: Organisation, token: str
) -> None:
    page = save(client, organisation, name="Druga", seen_version=token)
    assert page.context["adminform"].form.non_field_errors()


def test_rows_under_a_record_are_not_overwritten_either(client: Client, dpo: User) -> None:
    shown = SourceWordingFactory()
    seen = form_of(client, shown.source)
    shown.shown_until = "2030-01-01T00:00:00Z"
    shown.save()
    rows = {name: value for name, value in seen.items() if name.startswith("shown-0")}
    prefix = next(iter(rows)).rsplit("-", 1)[0]
    changed = {f"{prefix}-shown_until_0": "2028-01-01", f"{prefix}-shown_until_1": "00:00"}
    page = client.post(url(shown.source), _split_moments(seen) | changed)
    assert page.status_code == 200
    shown.refresh_from_db()
    assert shown.shown_until.year == 2030


def test_rows_under_a_record_are_edited(client: Client, dpo: User) -> None:
    shown = SourceWordingFactory()
    seen = _split_moments(form_of(client, shown.source))
    prefix = next(name for name in seen if name.startswith("shown-0")).rsplit("-", 1)[0]
    changed = {f"{prefix}-shown_until_0": "2028-01-01", f"{prefix}-shown_until_1": "00:00"}
    assert client.post(url(shown.source), seen | changed).status_code == 302
    shown.refresh_from_db()
    assert shown.shown_until.year == 2027  # midnight in Warsaw, in UTC
    assert (shown.history.count(), LeadSource.history.count()) == (2, 1)


def _split_moments(form: dict[str, Any]) -> dict[str, Any]:
    """As the admin's two boxes for day and time post them."""
    split = {}
    for name, value in form.items():
        if hasattr(value, "astimezone"):
            split |= {f"{name}_0": f"{value:%Y-%m-%d}", f"{name}_1": f"{value:%H:%M:%S}"}
        else:
            split[name] = value
    return split


# Nothing goes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("superuser", [True, False])
def test_nobody_deletes(
    client: Client, dpo: User, organisation: Organisation, superuser: bool
) -> None:
    if superuser:
        client.force_login(UserFactory(is_superuser=True))
    assert client.post(url(organisation, "delete"), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": organisation.pk, "post": "yes"}
    client.post(reverse("admin:processors_organisation_changelist"), action)
    assert Organisation.objects.filter(pk=organisation.pk).exists()


def test_djangos_own_log_stays_empty(client: Client, dpo: User, organisation: Organisation) -> None:
    save(client, organisation, name="Inna")
    assert not LogEntry.objects.exists()


def test_who_may_only_look_gets_no_button(client: Client, organisation: Organisation) -> None:
    client.force_login(UserFactory(auditor=True))
    page = client.get(url(organisation)).content.decode()
    assert 'name="_save"' not in page
    assert "change_cause" not in page
    assert client.post(url(organisation), {"name": "Inna"}).status_code == 403


def test_lists_answer_no_lookups_but_their_filters(client: Client, dpo: User) -> None:
    listed = reverse("admin:processors_organisation_changelist")
    assert client.get(listed, {"country": "PL"}).status_code == 200
    for lookup in ("name__startswith", "dpo_email__contains", "history__name", "country__regex"):
        assert client.get(listed, {lookup: "a"}).status_code == 400


def test_read_only_tables_say_why(client: Client) -> None:
    event = access.opened("export", "organisations")
    client.force_login(UserFactory(is_superuser=True))
    page = client.get(url(event))
    assert "nobody can change or delete" in page.content.decode()
    assert client.post(url(event), {"subject": "x"}).status_code == 403
    assert client.post(url(event, "delete"), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:audit_accessevent_add")).status_code == 403


# Verbs ------------------------------------------------------------------------------------------


def test_a_verb_is_done_with_its_reason(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    asked = {"name": "Nowa", "cause": "request", "reason_text": ""}
    assert client.post(url(organisation, "rename"), asked).status_code == 302
    entry = organisation.history.latest("history_id")
    assert (entry.name, entry.history_change_reason) == ("Nowa", "request:")


def test_a_get_does_nothing(client: Client, dpo: User, organisation: Organisation) -> None:
    assert client.get(url(organisation, "rename"), {"name": "Nowa"}).status_code == 200
    assert organisation.history.count() == 1


def test_a_refusal_stands_beside_its_field(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    asked = {"name": "taken", "cause": "correction"}
    page = client.post(url(organisation, "rename"), asked)
    assert page.context["form"].errors["name"] == ["This name is taken."]


def test_a_verb_needs_its_permission(client: Client, dpo: User, organisation: Organisation) -> None:
    assert client.post(url(organisation, "appoint"), {"name": "x"}).status_code == 403
    assert "Appoint" not in client.get(url(organisation)).content.decode()


def test_a_blocked_verb_is_shown_disabled_and_refused(
    client: Client, dpo: User, organisation: Organisation
) -> None:
    page = client.get(url(organisation)).content.decode()
    assert 'disabled title="It is our own."' in page
    asked = {"name": "x", "cause": "correction"}
    assert client.post(url(organisation, "close"), asked).status_code == 409
    assert organisation.history.count() == 1
