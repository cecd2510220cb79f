"""Pages of failure repeat nothing that was asked (security.md 36)."""

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.factories import UserFactory

PAGES = ("400.html", "403.html", "403_csrf.html", "404.html", "500.html")


@pytest.mark.parametrize("name", PAGES)
def test_it_renders_without_a_request(name: str) -> None:
    with translation.override("en"):
        assert "Go to the dashboard" in get_template(name).render()


@pytest.mark.parametrize("name", PAGES)
def test_it_hides_what_it_is_told(name: str) -> None:
    told = {"exception": "+48601602603", "request_path": "/+48601602603", "user": "Jan"}
    assert "601602603" not in get_template(name).render(told)


@pytest.mark.django_db
def test_an_unknown_address_is_not_repeated(client: Client) -> None:
    client.force_login(UserFactory())
    answer = client.get("/admin/+48601602603/")
    assert answer.status_code == 404
    assert b"601602603" not in answer.content


@pytest.mark.django_db
def test_a_page_of_another_role_is_refused_in_the_look_of_the_house(client: Client) -> None:
    client.force_login(UserFactory(supervisor=True))
    answer = client.get(reverse("admin:findings"))
    assert answer.status_code == 403
    assert b"ccgdpr/admin.css" in answer.content
