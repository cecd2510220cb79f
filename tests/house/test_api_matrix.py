"""Every address of the API × method × scope, found by discovery: a key opens its scopes alone."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.api.views import ApiView
from accounts.choices import Scope
from accounts.models import ApiClient
from tests.api import issued
from tests.factories import ApiClientFactory

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")
NOBODY_S = {"uuid": UUID(int=0), "slug": "nobody-s", "token": "x", "which": "all"}


def views(resolver: URLResolver) -> Iterator[tuple[str, URLPattern, type[ApiView]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry)
            continue
        view = getattr(entry.callback, "cls", object)
        # Without a way to sign in there is no scope to ask for.
        if issubclass(view, ApiView) and view.authentication_classes:
            yield str(entry.name), entry, view


def doors() -> list[tuple[str, str, str]]:
    """The address, the method and the scope that it needs, empty for any."""
    found = []
    for name, entry, view in views(get_resolver()):
        url = reverse(name, kwargs={each: NOBODY_S[each] for each in entry.pattern.converters})
        for method in METHODS:
            if hasattr(view, method):
                found.append((url, method, view.scopes.get(method.upper(), view.scope)))
    return found


DOORS = doors()
SCOPED = [door for door in DOORS if door[2]]


def client_with(*scopes: str) -> ApiClient:
    return ApiClientFactory(**{f"may_{scope}": scope in scopes for scope in Scope.values})


def status(url: str, method: str, client: ApiClient | None) -> int:
    headers = {"Authorization": f"Bearer {issued(client)}"} if client else {}
    return getattr(Client(), method)(url, headers=headers).status_code


def test_the_matrix_sees_the_whole_api() -> None:
    assert {scope for _url, _method, scope in DOORS} == {"", *Scope.values}
    assert len(DOORS) >= 15


@pytest.mark.parametrize(("url", "method", "_scope"), DOORS)
def test_nobody_comes_in_without_a_key(url: str, method: str, _scope: str) -> None:
    assert status(url, method, None) == 401


@pytest.mark.parametrize(("url", "method", "scope"), SCOPED)
def test_every_other_scope_opens_nothing(url: str, method: str, scope: str) -> None:
    others = [each for each in Scope.values if each != scope]
    assert status(url, method, client_with(*others)) == 403


@pytest.mark.parametrize(("url", "method", "scope"), DOORS)
def test_the_scope_alone_opens_it(url: str, method: str, scope: str) -> None:
    assert status(url, method, client_with(scope or Scope.SCREEN)) not in (401, 403, 405, 500)


@pytest.mark.parametrize("url", sorted({url for url, _method, _scope in DOORS}))
def test_a_method_that_is_not_there_is_refused(url: str) -> None:
    known = {method for there, method, _scope in DOORS if there == url}
    caller: Any = client_with(*Scope.values)
    for method in set(METHODS) - known:
        assert status(url, method, caller) == 405
