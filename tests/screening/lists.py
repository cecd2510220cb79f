"""Lists as a supervisor takes them, and as they are read in a test."""

import csv
import io
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from screening.models import ContactList
from tests.factories import GrantFactory, UserFactory

LIST, MAKE = reverse("admin:screening_list"), reverse("admin:screening_make")


def signed_in(**role: bool) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(UserFactory(**role))
    return client


def floor_of(case: SimpleNamespace) -> SimpleNamespace:
    """A supervisor who may use the purpose of ``case``."""
    grant = GrantFactory(purpose=case.purpose)
    client = Client(headers={"accept-language": "en"})
    client.force_login(grant.user)
    return SimpleNamespace(client=client, user=grant.user, **vars(case))


def ordered(case: SimpleNamespace, **changes: str) -> Any:
    asked = {"purpose": case.purpose.slug, "channel": "email", "format": "csv", "reason": "jesień"}
    return case.client.post(MAKE, {**asked, **changes})


def made(case: SimpleNamespace, **changes: str) -> ContactList:
    """The list that the supervisor of ``case`` had made just now."""
    response = ordered(case, **changes)
    return ContactList.objects.get(uuid=response["Location"].rstrip("/").rpartition("/")[2])


def url(name: str, contact_list: ContactList) -> str:
    return reverse(f"admin:screening_{name}", args=[contact_list.uuid])


def taken(case: SimpleNamespace, contact_list: ContactList) -> Any:
    return case.client.post(url("download", contact_list))


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def rows(response: Any) -> list[dict[str, str]]:
    text = content(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))
