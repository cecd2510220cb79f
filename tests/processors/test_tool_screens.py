"""The screens of tools: who may do what, what stands in the way, and files in and out."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.cells import unguarded
from processors.choices import ToolState
from processors.models import AutomationTool, ToolAcceptance
from processors.resources import AutomationToolResource, ToolAcceptanceResource
from tests.factories import AcceptanceFactory, OrganisationFactory, ToolFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_rules_of_this_room")]

LIST = reverse("admin:processors_automationtool_changelist")
ADD = reverse("admin:processors_automationtool_add")
NO_ROWS = {
    "acceptances-TOTAL_FORMS": "0",
    "acceptances-INITIAL_FORMS": "0",
    "acceptances-MIN_NUM_FORMS": "0",
    "acceptances-MAX_NUM_FORMS": "1000",
}
ANSWER = {"needed": "yes", "why": "Dostawca widzi nagrania."}
RETIRE = {"cause": "review", "reason_text": "", "data_returned": "Usunięte, protokół 4/2026."}


def client_of(**traits: bool) -> Client:
    client = Client()
    client.force_login(UserFactory(**traits))
    client.cookies["django_language"] = "en"
    return client


def url(tool: AutomationTool, page: str = "change") -> str:
    return reverse(f"admin:processors_automationtool_{page}", args=[tool.pk])


def state(tool: AutomationTool) -> str:
    return AutomationTool.objects.get(pk=tool.pk).state


def text(answer: Any) -> str:
    return answer.content.decode()


# Who does what -----------------------------------------------------------------------------------


def test_the_dpo_proposes_a_tool() -> None:
    vendor = OrganisationFactory(vendor=True)
    asked = {"name": "CRM", "slug": "crm", "kind": "crm", "vendor": vendor.pk, **NO_ROWS}
    client = client_of()
    assert client.post(ADD, asked).status_code == 302
    tool = AutomationTool.objects.get(slug="crm")
    assert (tool.state, tool.proposed_by.role) == (ToolState.PROPOSED, "DPO")


def test_the_dpo_answers_and_verifies() -> None:
    tool, client = ToolFactory(), client_of()
    assert client.post(url(tool, "answer"), ANSWER).status_code == 302
    assert client.post(url(tool, "verify"), {"note": "Próba na 20 numerach."}).status_code == 302
    kept = AutomationTool.objects.get(pk=tool.pk)
    assert (kept.agreement_needed, kept.state) == (True, ToolState.VERIFIED)
    assert kept.history.filter(history_change_reason="Dostawca widzi nagrania.").exists()


def test_the_dpo_does_not_put_in_use() -> None:
    tool, client = ToolFactory(verified=True), client_of()
    assert client.post(url(tool, "put-in-use")).status_code == 403
    assert 'disabled title="An approver puts tools in use."' in text(client.get(url(tool)))
    assert state(tool) == ToolState.VERIFIED


def test_the_approver_puts_in_use() -> None:
    tool, client = ToolFactory(verified=True), client_of(approver=True)
    assert client.get(url(tool, "put-in-use")).status_code == 200
    assert client.post(url(tool, "put-in-use")).status_code == 302
    assert state(tool) == ToolState.IN_USE


@pytest.mark.parametrize("verb", ["answer", "verify"])
def test_the_approver_neither_answers_nor_verifies(verb: str) -> None:
    answer = client_of(approver=True).post(url(ToolFactory(), verb), {**ANSWER, "note": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("role", [{}, {"approver": True}])
def test_both_retire(role: dict[str, bool]) -> None:
    tool = ToolFactory(in_use=True)
    assert client_of(**role).post(url(tool, "retire"), RETIRE).status_code == 302
    kept = AutomationTool.objects.get(pk=tool.pk)
    assert (kept.state, kept.data_returned) == (ToolState.RETIRED, "Usunięte, protokół 4/2026.")


@pytest.mark.parametrize("role", ["auditor", "supervisor"])
@pytest.mark.parametrize("verb", ["answer", "verify", "put-in-use", "retire"])
def test_nobody_else_has_a_verb(role: str, verb: str) -> None:
    client, tool = client_of(**{role: True}), ToolFactory(answered=True)
    assert client.get(url(tool, verb)).status_code == 403
    assert client.post(url(tool, verb), {**ANSWER, **RETIRE, "note": "x"}).status_code == 403


def test_who_verified_it_and_became_an_approver_is_refused_in_words() -> None:
    approver = UserFactory(approver=True)
    tool = ToolFactory(verified=True, verified_by=approver)
    client = Client()
    client.force_login(approver)
    client.cookies["django_language"] = "en"
    answer = client.post(url(tool, "put-in-use"))
    assert "Who verified the tool cannot put it in use." in text(answer)
    assert state(tool) == ToolState.VERIFIED


# What stands in the way --------------------------------------------------------------------------


def test_a_tool_that_waits_shows_each_condition_with_its_mend() -> None:
    tool = ToolFactory(verified=True, bot=True, ai_sentence_en="")
    page = text(client_of().get(url(tool)))
    assert "1 of " in page
    assert "Polish is ready, English is missing." in page
    assert "#id_ai_sentence_en" in page
    assert "Met:" in page


def test_an_approver_is_not_led_to_a_field_that_is_not_theirs_to_fill() -> None:
    tool = ToolFactory(verified=True, disclosure_en="")
    page = text(client_of(approver=True).get(url(tool)))
    assert "Polish is ready, English is missing." in page
    assert "#id_disclosure_en" not in page


def test_the_verb_says_what_stands_in_the_way() -> None:
    tool = ToolFactory(verified=True, emotion_agents_face=True)
    answer = client_of(approver=True).post(url(tool, "put-in-use"))
    assert answer.status_code == 409
    assert "prohibited" in text(answer)
    assert "Art. 5(1)(f) AI Act" in text(answer)
    assert state(tool) == ToolState.VERIFIED


def test_a_proposed_tool_is_verified_first() -> None:
    answer = client_of(approver=True).get(url(ToolFactory(answered=True), "put-in-use"))
    assert "The tool is verified first." in text(answer)


def test_a_whole_tool_says_that_all_is_met() -> None:
    page = text(client_of(approver=True).get(url(ToolFactory(verified=True))))
    assert "all conditions are met" in page


def test_a_tool_in_use_waits_for_nothing_and_shows_findings() -> None:
    page = text(client_of().get(url(ToolFactory(in_use=True, disclosure_pl=""))))
    assert "The sentence that notices carry about the tool is missing." in page
    assert "opens once" not in page


def test_a_tool_in_use_is_not_changed_without_a_reason() -> None:
    tool, client = ToolFactory(in_use=True), client_of()
    form = client.get(url(tool)).context["adminform"].form
    asked = {name: form[name].value() for name in form.fields}
    asked = {k: v for k, v in asked.items() if v not in (None, False)} | {"name": "Inna", **NO_ROWS}
    assert "change_cause" in client.post(url(tool), asked).context["adminform"].form.errors
    assert client.post(url(tool), asked | {"change_cause": "vendor"}).status_code == 302


def test_of_a_retired_tool_only_the_data_are_still_open() -> None:
    form = client_of().get(url(ToolFactory(retired=True))).context["adminform"].form
    assert set(form.fields) - {"change_cause", "change_reason", "seen_version"} == {"data_returned"}


# The list ----------------------------------------------------------------------------------------


def test_what_needs_attention_is_broken_or_waits() -> None:
    waits = {ToolFactory(), ToolFactory(verified=True)}
    broken = {ToolFactory(in_use=True, disclosure_pl=""), ToolFactory(retired=True)}
    ToolFactory(in_use=True)
    ToolFactory(retired=True, data_returned="Zwrócone.")
    shown = client_of().get(LIST, {"attention": "1"}).context["cl"].queryset
    assert set(shown) == waits | broken


@pytest.mark.parametrize("kept", ["in_use", "proposed", "retired"])
def test_a_saved_view_shows_one_state(kept: str) -> None:
    for each in ("answered", "verified", "in_use", "retired"):
        ToolFactory(**{each: True})
    shown = client_of().get(LIST, {"state__exact": kept}).context["cl"].queryset
    assert [tool.state for tool in shown] == [kept]


def test_the_list_asks_the_same_number_of_queries_for_one_and_for_many(
    django_assert_max_num_queries: Any,
) -> None:
    client = client_of()
    ToolFactory(in_use=True, agreement_needed=True)
    client.get(LIST)
    with django_assert_max_num_queries(40) as first:
        client.get(LIST)
    for number in range(8):
        vendor = OrganisationFactory(slug=f"vendor-{number}")
        ToolFactory(in_use=True, vendor=vendor, agreement_needed=True)
    with django_assert_max_num_queries(len(first)):
        client.get(LIST)


def test_a_page_asks_the_same_number_of_queries_whatever_it_shows(
    django_assert_max_num_queries: Any,
) -> None:
    client, bare = client_of(), ToolFactory(verified=True)
    AcceptanceFactory(tool=bare)
    full = ToolFactory(verified=True)
    for number in range(6):
        AcceptanceFactory(tool=full, client=OrganisationFactory(slug=f"client-{number}"))
    client.get(url(bare))
    with django_assert_max_num_queries(120) as first:
        client.get(url(bare))
    # The choice of clients is one query for each row: the stock inline's own.
    with django_assert_max_num_queries(len(first) + 6):
        client.get(url(full))


@pytest.mark.parametrize("name", ["Botfabryka", "tool-key"])
def test_a_tool_is_found_by_name_vendor_and_key(name: str) -> None:
    vendor = OrganisationFactory(slug="bf", name="Botfabryka")
    tool = ToolFactory(slug="tool-key", name="Anna", vendor=vendor)
    ToolFactory(slug="inne")
    assert list(client_of().get(LIST, {"q": name}).context["cl"].queryset) == [tool]


# Files -------------------------------------------------------------------------------------------


def rows_of(resource: Any) -> Any:
    return resource.export()


def test_a_file_comes_back_as_it_went_out() -> None:
    ToolFactory(in_use=True, bot=True)
    AcceptanceFactory(tool=ToolFactory(vendor=OrganisationFactory(slug="inny")))
    for resource in (AutomationToolResource(), ToolAcceptanceResource()):
        result = resource.import_data(resource.export(), raise_errors=True)
        assert result.totals["skip"] == result.total_rows > 0


def test_a_file_neither_verifies_nor_answers() -> None:
    known = set(AutomationToolResource._meta.fields)
    life = {"state", "agreement_needed", "verified_at", "approved_by", "in_use_from", "retired_at"}
    assert not known & life


def test_a_tool_from_a_file_is_proposed() -> None:
    vendor = OrganisationFactory(vendor=True)
    dataset = AutomationToolResource().export(AutomationTool.objects.none())
    given = {"slug": "nowe", "name": "Nowe", "kind": "crm", "vendor": vendor.slug}
    dataset.append([given.get(name, "0" if "emotion" in name else "") for name in dataset.headers])
    result = AutomationToolResource().import_data(dataset, raise_errors=False)
    assert not result.has_errors()
    assert not result.has_validation_errors(), result.invalid_rows[0].error
    assert AutomationTool.objects.get(slug="nowe").state == ToolState.PROPOSED


def test_a_dpo_takes_the_register_away_and_a_supervisor_does_not() -> None:
    ToolFactory(name="Voicebot")
    export = reverse("admin:processors_automationtool_export")
    client = client_of()
    columns = client.get(export).context["form"].fields
    asked = {name: "on" for name in columns if name.startswith("automationtoolresource")}
    answer = client.post(export, {"format": "0", "resource": "", **asked})
    body = b"".join(answer.streaming_content).decode()
    assert "Voicebot" in unguarded(body)
    assert client_of(supervisor=True).get(export).status_code == 403


def test_a_dpo_brings_a_file_in_after_a_preview() -> None:
    tool = ToolFactory(name="Stara nazwa")
    content = AutomationToolResource().export().csv.replace("Stara nazwa", "Nowa nazwa")
    file = SimpleUploadedFile("tools.csv", content.encode())
    page = reverse("admin:processors_automationtool_import")
    answer = client_of().post(page, {"import_file": file, "format": "0"})
    assert "Nowa nazwa" in text(answer)
    assert AutomationTool.objects.get(pk=tool.pk).name == "Stara nazwa"


# Acceptances -------------------------------------------------------------------------------------


def test_an_acceptance_is_recorded_from_a_finding() -> None:
    tool, shop = ToolFactory(), OrganisationFactory(client=True)
    page = f"{reverse('admin:processors_toolacceptance_add')}?tool={tool.pk}"
    client = client_of()
    assert client.get(page).context["adminform"].form.initial["tool"] == str(tool.pk)
    asked = {"tool": tool.pk, "client": shop.pk, "accepted_on": "2026-01-02", "accepted_by": "AL"}
    assert client.post(page, asked).status_code == 302
    assert ToolAcceptance.objects.get().client == shop


def test_our_own_centre_is_not_offered_as_a_client() -> None:
    own = OrganisationFactory()
    page = client_of().get(reverse("admin:processors_toolacceptance_add"))
    assert own not in page.context["adminform"].form.fields["client"].queryset


@pytest.mark.parametrize("role", ["approver", "auditor", "supervisor"])
def test_nobody_else_records_an_acceptance(role: str) -> None:
    page = reverse("admin:processors_toolacceptance_add")
    assert client_of(**{role: True}).get(page).status_code == 403


@pytest.mark.parametrize("traits", [{}, {"auditor": True}], ids=["dpo", "auditor"])
def test_more_acceptances_take_no_more_queries(traits: dict[str, bool]) -> None:
    tool, client, counts = ToolFactory(), client_of(**traits), []
    for slug in ("one", "two", "three"):
        AcceptanceFactory(tool=tool, client=OrganisationFactory(slug=slug))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(tool)).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2]
