"""What the tests of this room's screens share."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from legitimate_interest import services
from legitimate_interest.admin.step_forms import Step
from legitimate_interest.choices import Part
from legitimate_interest.models import BalanceTest
from tests.factories import (
    BalanceImpactFactory,
    BalanceTestFactory,
    PurposeFactory,
    UserFactory,
)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *key: Any) -> str:
    return reverse(f"admin:legitimate_interest_balancetest_{name}", args=key)


def complete_draft(**purpose: Any) -> BalanceTest:
    """A draft with every answer and one impact."""
    test = services.start(purpose=PurposeFactory(legitimate=True, **purpose), by=UserFactory())
    like = BalanceTestFactory.build(purpose=test.purpose, author=test.author)
    for name in services.COPIED:
        setattr(test, name, getattr(like, name))
    test.full_clean()
    test.save()
    for answer in test.answers.all():
        answer.flag, answer.text = True, "Tak, bo tak."
        answer.save()
    BalanceImpactFactory(test=test)
    return test


def posted(test: BalanceTest, part: Part) -> dict[str, Any]:
    """What the page of ``part`` would post, untouched."""
    data = {}
    for form in Step(BalanceTest.objects.get(pk=test.pk), part).forms:
        for bound in form:
            if bound.value() not in (None, ""):
                data[bound.html_name] = bound.value()
    return data
