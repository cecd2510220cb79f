"""People with a link: what they agreed to, and how their pages are asked for."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from consents.models import Consent, ConsentEvent, ContactPoint, Restriction
from consents.preferences.links import preferences_url, unsubscribe_url
from tests.consents.screens import consent_of, give
from tests.factories import (
    PointFactory,
    PurposeFactory,
    SourceFactory,
    SourceWordingFactory,
    SubjectFactory,
    WordingFactory,
)

EXACT = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


class Person:
    """Somebody with an e-mail address and a phone, who agreed to offers on three channels."""

    def __init__(self) -> None:
        self.subject = SubjectFactory()
        self.email = PointFactory(subject=self.subject, value="jan@poczta.example")
        self.phone = PointFactory(subject=self.subject, phone=True, value="+48601602603")
        self.purpose = PurposeFactory(name_pl="Oferty i promocje", name_en="Offers")
        self.source = SourceFactory()
        self.shown = SourceWordingFactory(
            source=self.source, wording=WordingFactory(purpose=self.purpose)
        )
        self.by_email = self.agree(self.email, "email")
        self.by_voice = self.agree(self.phone, "voice")
        self.by_sms = self.agree(self.phone, "sms")

    def agree(self, point: ContactPoint, channel: str, **act: Any) -> Consent:
        purpose = act.pop("purpose", self.purpose)
        return consent_of(give(point, purpose, source=self.source, channel=channel, **act))

    @property
    def page(self) -> str:
        return path(preferences_url(self.email))

    @property
    def unsubscribe(self) -> str:
        return path(unsubscribe_url(self.email, self.purpose, "email"))


def path(url: str) -> str:
    return urlsplit(url).path


def press(url: str, client: Client | None = None, **button: Any) -> Any:
    """The answer after a button: the page that the redirect leads to."""
    return (client or Client()).post(url, {key: str(v) for key, v in button.items()}, follow=True)


def one_click(url: str, body: str = EXACT, kind: str = FORM, **headers: str) -> Any:
    return Client().post(url, body, content_type=kind, headers=headers)


def events() -> int:
    return ConsentEvent.objects.count() + Restriction.objects.count()


def state(consent: Consent) -> str:
    consent.refresh_from_db()
    return consent.state
