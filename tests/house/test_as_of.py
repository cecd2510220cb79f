"""Every register of the house, as it stood: it opens, and today's past is today."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.admin.as_of import AsOfAdmin
from audit.admin.files import AuditedExportMixin
from ccgdpr import demo
from tests.factories import PASSWORD

REGISTERS = [each for each in admin.site._registry.values() if isinstance(each, AsOfAdmin)]
EXPORTED = [each for each in REGISTERS if isinstance(each, AuditedExportMixin)]


def _name(register: AsOfAdmin) -> str:
    return register.opts.label


@pytest.fixture(scope="module")
def _demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            demo.build(password=PASSWORD)
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture
def dpo(_demo: None, db: None, client: Client) -> Client:
    client.force_login(User.objects.get(email="dpo@ccgdpr.example"))
    return client


def today() -> dict[str, str]:
    return {"on": timezone.localdate().isoformat()}


def address(register: AsOfAdmin, page: str, *key: Any) -> str:
    return reverse(f"admin:{register.opts.app_label}_{register.opts.model_name}_{page}", args=key)


@pytest.mark.parametrize("register", REGISTERS, ids=_name)
def test_every_register_shows_how_it_stood(dpo: Client, register: AsOfAdmin) -> None:
    page = dpo.get(address(register, "changelist"), today())
    assert page.status_code == 200
    held = register.model._base_manager.count()
    assert len(page.context["rows"]) == min(held, register.list_per_page)


@pytest.mark.parametrize("register", REGISTERS, ids=_name)
def test_every_record_shows_how_it_stood(dpo: Client, register: AsOfAdmin) -> None:
    record = register.model._base_manager.order_by("pk").first()
    if record is None:
        pytest.skip("the demo has none")
    page = dpo.get(address(register, "change", record.pk), today())
    assert page.status_code == 200
    assert page.context["groups"]
    assert page.context["changes"] == []


@pytest.mark.parametrize("register", EXPORTED, ids=_name)
def test_the_file_of_today_as_it_stood_is_today_s_file(dpo: Client, register: AsOfAdmin) -> None:
    url = address(register, "export")
    assert exported(dpo, url) == exported(dpo, f"{url}?on={today()['on']}")


def exported(client: Client, url: str) -> list[tuple[tuple[str, str], ...]]:
    form = client.get(url).context["form"]
    chosen = {name: "on" for name, field in form.fields.items() if _is_column(field)}
    response = client.post(url, {"format": "0", **chosen})
    body = b"".join(response.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    assert rows or not chosen
    return sorted(tuple(row.items()) for row in rows)


def _is_column(field: Any) -> bool:
    return getattr(field, "is_selectable_field", False)
