import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from ccgdpr import menu
from ccgdpr.menu import MENU, Entry, Group
from tests.factories import UserFactory
from tests.house.floors import FLOORS

pytestmark = pytest.mark.django_db

ENTRIES = [entry for group in MENU for entry in group.entries]
TRAITS = {
    "DPO": {},
    "Approver": {"approver": True},
    "Supervisor": {"supervisor": True},
    "Auditor": {"auditor": True},
}


def user_of(role: str) -> User:
    return UserFactory(**TRAITS[role])


def page(client: Client, role: str, url_name: str = "admin:index") -> str:
    client.force_login(user_of(role))
    return client.get(reverse(url_name)).content.decode()


def seen_by(role: str) -> set[str]:
    user = user_of(role)
    return {entry.url_name for entry in ENTRIES if entry.is_open_to(user)}


def test_a_supervisor_sees_their_work_alone() -> None:
    assert seen_by("Supervisor") == {
        "admin:audit_my_jobs",
        "admin:index",
        "admin:screening_check",
        "admin:screening_dialling",
        "admin:screening_list",
        "admin:consents_heard",
    }


def test_an_auditor_sees_the_trail_and_the_registers_but_no_work() -> None:
    seen = seen_by("Auditor")
    assert {"admin:audit_trail", "admin:consents_consent_changelist"} <= seen
    assert not seen & {"admin:consents_import", "admin:consents_heard", "admin:screening_list"}


def test_an_approver_sees_no_people() -> None:
    assert not seen_by("Approver") & {
        "admin:consents_datasubject_changelist",
        "admin:consents_contactpoint_changelist",
        "admin:consents_consent_changelist",
    }


def test_the_dpo_sees_every_register() -> None:
    lists = {entry.url_name for entry in ENTRIES if entry.url_name.endswith("_changelist")}
    assert lists <= seen_by("DPO")


@pytest.mark.parametrize("role", TRAITS)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.url_name)
def test_what_a_role_sees_in_the_menu_it_may_open(client: Client, role: str, entry: Entry) -> None:
    user = user_of(role)
    client.force_login(user)
    if entry.is_open_to(user):
        assert client.get(reverse(entry.url_name)).status_code == 200


def test_the_page_that_is_open_is_marked(client: Client) -> None:
    url = reverse("admin:processing_purpose_changelist")
    assert f'<a href="{url}" aria-current="page">' in page(
        client, "DPO", "admin:processing_purpose_changelist"
    )


def test_the_dashboard_is_not_marked_on_other_pages(client: Client) -> None:
    content = page(client, "DPO", "admin:processing_purpose_changelist")
    assert f'<a href="{reverse("admin:index")}" aria-current' not in content


def test_a_group_without_lines_is_left_out(client: Client) -> None:
    with translation.override("en"):
        content = page(client, "Supervisor")
    assert "<h2>Registers</h2>" not in content


def test_what_waits_stands_beside_its_entry(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Entry("Findings", "admin:index", count=lambda: 1204)
    monkeypatch.setattr(menu, "MENU", (Group("Oversight", (waiting,)),))
    assert '<span class="count">1\N{NO-BREAK SPACE}204</span>' in page(client, "DPO")


def test_the_quick_search_goes_by_post(client: Client) -> None:
    assert (
        f'<form id="quick-search" method="post" action="{reverse("admin:screening_check")}"'
        in page(client, "Supervisor")
    )


def test_who_may_not_check_has_no_quick_search(client: Client) -> None:
    assert 'id="quick-search"' not in page(client, "Auditor")


def test_the_language_is_switched_by_post(client: Client) -> None:
    client.force_login(user_of("DPO"))
    client.post(reverse("set_language"), {"language": "en", "next": reverse("admin:index")})
    assert '<html lang="en"' in client.get(reverse("admin:index")).content.decode()


def test_polish_comes_first(client: Client) -> None:
    assert '<html lang="pl"' in page(client, "DPO")


def test_tables_of_libraries_have_no_screen() -> None:
    ours = set(FLOORS) - {"ccgdpr"}
    assert {model._meta.app_label for model in admin.site._registry} <= ours


def test_no_page_lists_an_app(client: Client) -> None:
    client.force_login(user_of("DPO"))
    answer = client.get(reverse("admin:app_list", args=["consents"]))
    assert answer.headers["Location"] == reverse("admin:index")


# Findings that somebody lives with are a view of the findings, which leads to their log.
ELSEWHERE = {"admin:audit_findingacknowledgement_changelist"}


def test_every_list_stands_in_the_menu_or_is_part_of_one_that_does() -> None:
    in_menu = {entry.url_name for entry in ENTRIES}
    lists = {
        f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist": theirs
        for m, theirs in admin.site._registry.items()
    }
    parts = {part for name in in_menu & set(lists) for part in lists[name].parts}
    missing = set(lists) - in_menu - ELSEWHERE
    assert {n for n in missing if lists[n].opts.label_lower not in parts} == set()


PARTS = [
    (whole.opts.label_lower, part)
    for whole in admin.site._registry.values()
    for part in whole.parts
]


@pytest.mark.parametrize("role", ["DPO", "Approver", "Auditor"])
@pytest.mark.parametrize(("whole", "part"), PARTS, ids=lambda label: label)
def test_a_part_is_reached_from_its_register_and_leads_back(
    client: Client, role: str, whole: str, part: str
) -> None:
    user = user_of(role)
    there, back = (reverse(f"admin:{n.replace('.', '_')}_changelist") for n in (part, whole))
    client.force_login(user)
    if user.has_perm(whole.replace(".", ".view_")):
        may_see_it = user.has_perm(part.replace(".", ".view_"))
        assert (f'href="{there}"' in client.get(back).content.decode()) is may_see_it
        if may_see_it:
            breadcrumbs = client.get(there).content.decode().partition('class="breadcrumbs"')[2]
            assert f'href="{back}"' in breadcrumbs.partition("</div>")[0]
