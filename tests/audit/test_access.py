"""Who took what out of the house: before the first byte, and after the last."""

from hashlib import sha256

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit import access
from audit.act import acting
from audit.choices import Way
from audit.models import AccessEvent
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dpo() -> User:
    return UserFactory(full_name="Marta Zielińska")


def take(rows: object = 2) -> access.Outgoing:
    event = access.opened("export", "organisations", filters={"country": "PL"}, columns=["name"])
    return access.Outgoing(event, [b"name\r\n", b"Sklep\r\n"], rows=rows)


def test_an_opening_stands_before_the_first_byte(dpo: User) -> None:
    with acting(by=dpo, way=Way.ADMIN, reason="audyt"):
        take()
    event = AccessEvent.objects.get()
    assert (event.recorded_by, event.way, event.reason) == (dpo, "admin", "audyt")
    assert (event.filters, event.columns, event.rows) == ({"country": "PL"}, ["name"], None)


def test_a_closing_tells_rows_and_hash() -> None:
    body = b"".join(take())
    closing = AccessEvent.objects.get(closes__isnull=False)
    assert (closing.rows, closing.sha256) == (2, sha256(body).hexdigest())


def test_rows_may_be_counted_at_the_end() -> None:
    counted: list[int] = []
    outgoing = take(lambda: len(counted))
    for chunk in outgoing:
        counted.append(len(chunk))
    assert AccessEvent.objects.get(closes__isnull=False).rows == 2


def test_a_closing_is_in_the_name_of_who_opened(dpo: User) -> None:
    with acting(by=dpo, way=Way.ADMIN):
        outgoing = take()
    list(outgoing)  # the stream ends after its request
    closing = AccessEvent.objects.get(closes__isnull=False)
    assert (closing.recorded_by, closing.way) == (dpo, "admin")


def test_what_is_broken_off_never_closes() -> None:
    chunks = iter(take())
    next(chunks)
    chunks.close()
    assert AccessEvent.objects.get().closes_id is None


def test_nothing_is_opened_within_a_transaction(transactional_db: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        take()


def test_a_look_is_opened_and_closed_at_once() -> None:
    with transaction.atomic():
        access.looked_at("reveal", "consents.datasubject:x", reason="wniosek osoby")
    assert AccessEvent.objects.filter(rows=1).count() == 1
    assert AccessEvent.objects.count() == 2


# On screen --------------------------------------------------------------------------------------


@pytest.fixture
def auditor(client: Client) -> User:
    user = UserFactory(auditor=True)
    client.force_login(user)
    return user


def listed(client: Client, **query: str) -> str:
    return client.get(reverse("admin:audit_accessevent_changelist"), query).content.decode()


def test_each_access_is_one_line(client: Client, auditor: User, dpo: User) -> None:
    with acting(by=dpo):
        list(take())
    page = listed(client)
    assert page.count("Marta Zielińska") == 1
    assert "Complete" in page


def test_an_aborted_one_is_flagged(client: Client, auditor: User) -> None:
    take()
    assert "badge bad" in listed(client)
    assert "badge bad" in listed(client, end="aborted")
    assert "badge bad" not in listed(client, end="whole")


def test_the_page_of_an_access_tells_the_hash(client: Client, auditor: User) -> None:
    body = b"".join(take())
    event = AccessEvent.objects.get(closes=None)
    page = client.get(reverse("admin:audit_accessevent_change", args=[event.pk]))
    assert sha256(body).hexdigest() in page.content.decode()


def test_a_supervisor_sees_no_access_log(client: Client) -> None:
    client.force_login(UserFactory(supervisor=True))
    assert client.get(reverse("admin:audit_accessevent_changelist")).status_code == 403


@pytest.mark.parametrize("page", ["add", "changelist"])
def test_a_superuser_adds_and_deletes_nothing(client: Client, page: str) -> None:
    take()
    client.force_login(UserFactory(is_superuser=True))
    action = {"action": "delete_selected", "_selected_action": "1", "post": "yes"}
    client.post(reverse(f"admin:audit_accessevent_{page}"), action)
    assert AccessEvent.objects.count() == 1


def test_the_log_can_be_taken_away(client: Client, auditor: User) -> None:
    take()
    url = reverse("admin:audit_accessevent_export")
    fields = client.get(url).context["form"].fields
    chosen = {name: "on" for name in fields if name.startswith("accessevent")}
    response = client.post(url, {"format": "0", **chosen})
    assert "organisations" in b"".join(response.streaming_content).decode()
    assert AccessEvent.objects.filter(subject="audit.accessevent").count() == 2
