"""Every address × method × role, found by discovery: nobody gets or writes more than the role says.

A new screen joins by itself. Opening one to a supervisor, or letting an auditor post to one, means
changing the lists below, on purpose.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit.act import acting
from audit.choices import AccessAction, Way
from audit.models import AccessEvent, AppendOnlyModel, AuditedModel
from ccgdpr import demo
from consents.models import Consent, ConsentImport, ContactPoint
from notices.models import NoticeVersion
from screening.choices import ListFormat, ListKind
from screening.manifests import remember, subject_of
from screening.members import Members
from screening.models import ContactList, DialList
from screening.question import ask
from tests.factories import PASSWORD

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
READING = ("get", "head", "options")

# What anybody may read, signed in or not: privacy notices (Art. 12(1)), and how the API is called.
PUBLIC = {"notice", "notice_text", "api_schema", "api_docs"}
# What everybody who is signed in may open: themselves, and the way in and out.
ANYBODY = PUBLIC | {
    "admin:index",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "admin:jsi18n",
    "set_language",
    None,
}
SUPERVISOR = ANYBODY | {
    "admin:audit_my_jobs",
    "admin:consents_heard",
    "admin:screening_check",
    "admin:screening_list",
    "admin:screening_make",
    "admin:screening_made",
    "admin:screening_download",
    "admin:screening_recall",
    "admin:screening_handover",
    "admin:screening_dialling",
    "admin:screening_dial_list",
    "admin:screening_dial_list_drop",
    "admin:screening_dial_list_files",
}
# Posts by which an auditor reads: what is asked for stays out of the address.
AUDITOR_ASKS = ANYBODY | {"admin:audit_trail", "admin:audit_trail_export"}
# 401 is the API's: it knows no session, and a person has no key (test_api_matrix).
REFUSED = (401, 403, 404, 405)


@pytest.fixture(scope="module")
def _demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            _lists(demo.build(password=PASSWORD, key_secret="k" * 43)[Role.SUPERVISOR])
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


def _lists(supervisor: User) -> None:
    """A list from the register and a dial list, both of the supervisor."""
    members, question = Members(), ask("marketing-own", "email")
    members.add([ContactPoint.objects.earliest("pk").pk])
    with acting(by=supervisor, way=Way.ADMIN):
        event = AccessEvent(action=AccessAction.LIST, subject=subject_of(question))
        event.save()
        told = {"kind": ListKind.REGISTER, "format_": ListFormat.CSV, "sha256": "0" * 64}
        remember(question, event, members, **told, allowed=1, denied=0)
    brought = {"file_name": "baza.csv", "sha256": "0" * 64, "expires_at": timezone.now()}
    DialList.objects.create(owner=supervisor, **brought)


@pytest.fixture(autouse=True)
def _house(_demo: None, db: None) -> None:
    """Each test looks at the demo from within a transaction of its own."""


def patterns(
    resolver: URLResolver, namespace: str = "", app_label: str = ""
) -> Iterator[tuple[str | None, URLPattern, type[models.Model] | None]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner, str(entry.pattern))
        else:
            yield entry.name and namespace + entry.name, entry, _model(app_label)


def _model(route: str) -> type[models.Model] | None:
    parts = route.strip("/").split("/")
    return apps.get_model(*parts) if len(parts) == 2 and parts[0] in apps.app_configs else None


def addresses() -> list[tuple[str | None, str]]:
    """Every named address of the house, with a record of the demo where it asks for one."""
    found = {}
    for name, entry, model in patterns(get_resolver()):
        for arguments in _arguments(entry, model):
            try:
                found[reverse(name, kwargs=arguments) if name else "/"] = name
            except NoReverseMatch:
                try:
                    found[reverse(name, args=list(arguments.values()))] = name
                except NoReverseMatch:
                    continue
    return [(name, url) for url, name in found.items()]


def _arguments(entry: URLPattern, model: type[models.Model] | None) -> Iterator[dict[str, Any]]:
    record = model._default_manager.order_by("pk").first() if model else None
    key = record.pk if record else 1
    known = {"object_id": key, "pk": key, "uuid": _uuid(str(entry.pattern))}
    if notice := NoticeVersion.objects.in_force().select_related("notice").first():
        known["slug"] = notice.notice.slug
    wanted = entry.pattern.converters
    if not wanted and "history" in str(entry.pattern) and "(" in str(entry.pattern):
        version = record.history.first() if hasattr(record, "history") else None
        yield {"pk": key, "version": version.pk if version else 1}
    elif "app_label" in str(entry.pattern):
        yield {"app_label": "consents"}
    elif "content_type_id" in wanted:
        yield {"content_type_id": 1, "object_id": 1}
    else:
        yield {name: known.get(name, 1) for name in wanted}


def _uuid(route: str) -> UUID | None:
    kept = {"screening/lists/": ContactList, "screening/dial-lists/": DialList}
    model = next((m for begin, m in kept.items() if route.startswith(begin)), ConsentImport)
    record = model.objects.order_by("pk").first()
    return record.uuid if record else None


def signed_in(role: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(User.objects.get(email=f"{role.lower()}@ccgdpr.example"))
    return client


def answers(client: Client, url: str, method: str) -> int:
    response = getattr(client, method)(url)
    # Django's own views answer OPTIONS with the methods they know and nothing else.
    if method == "options" and not response.content:
        return 405
    # Nor do they say of a record that is not theirs to see whether it exists: back to the start.
    if response.status_code == 302 and response["Location"] == reverse("admin:index"):
        return 404
    return response.status_code


def contents() -> dict[str, int]:
    """How many rows everything that counts has: a write shows up here."""
    kept = [m for m in apps.get_models() if issubclass(m, AuditedModel | AppendOnlyModel)]
    kept += [m.history.model for m in kept if issubclass(m, AuditedModel)]
    kept.append(Consent)
    return {
        m._meta.label: m._default_manager.count() for m in kept if not issubclass(m, AccessEvent)
    }


def test_the_matrix_sees_the_whole_house():
    names = {name for name, _url in addresses()}
    assert len(names) > 100
    assert {"admin:index", "admin:audit_trail", "admin:consents_consent_change"} <= names
    assert "admin:processors_organisation_simple_history" in names


def test_a_stranger_gets_the_login_page_or_nothing():
    client = Client()
    open_to_strangers = PUBLIC | {"admin:login", "admin:jsi18n", "set_language", None}
    for name, url in addresses():
        if name in open_to_strangers:
            continue
        for method in METHODS:
            response = getattr(client, method)(url)
            kept_out = response.status_code in REFUSED or (
                response.status_code == 302 and "login" in response["Location"]
            )
            assert kept_out or name == "admin:logout", (name, method, response.status_code)


def test_a_supervisor_opens_the_floor_s_own_screens_alone():
    client = signed_in(Role.SUPERVISOR)
    for name, url in addresses():
        for method in METHODS:
            if name not in SUPERVISOR:
                status = answers(client, url, method)
                assert status in REFUSED, (name, method, status)


def test_an_auditor_writes_nothing_by_any_address_or_method():
    client, before = signed_in(Role.AUDITOR), contents()
    for name, url in addresses():
        for method in METHODS:
            if method in READING or name in AUDITOR_ASKS or name is None:
                continue
            if name.endswith(("_search", "_export")):  # asked for by a post, logged as access
                continue
            status = answers(client, url, method)
            assert status in REFUSED, (name, method, status)
    assert contents() == before


@pytest.mark.parametrize("role", Role.values)
def test_every_page_opens_or_is_refused_and_reading_changes_nothing(role):
    client, before = signed_in(role), contents()
    for name, url in addresses():
        status = answers(client, url, "get")
        assert status in (200, 301, 302, *REFUSED), (name, url, status)
    assert contents() == before


@pytest.mark.parametrize("role", Role.values)
def test_nobody_deletes_anything(role):
    client = signed_in(role)
    for name, url in addresses():
        if name and name.endswith("_delete"):
            assert answers(client, url, "post") in REFUSED, name
