"""One statement of a person as a program reports it, and what can be wrong with it by itself."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consents import services
from consents.choices import NOES, EventKind, EvidenceKind, Giver, Method
from consents.contacts import Contact, keyed_hmac
from consents.models import ConsentWording, Evidence, LeadSource
from processing.choices import KIND_OF_CHANNEL, Channel
from processing.models import Purpose

# An agent or a clerk speaks to the person, or reads what the person wrote: the confirmation of a
# consent is the person's own act.
OF_OTHERS = (Method.CALL, Method.PAPER)
KIND_OF_EVIDENCE = {
    Method.FORM: EvidenceKind.FORM,
    Method.LINK: EvidenceKind.FORM,
    Method.PAPER: EvidenceKind.DOCUMENT,
}

ONLY_OF = {
    "wording": (EventKind.GIVEN,),
    "valid_until": (EventKind.GIVEN,),
    "about": (EventKind.CONFIRMED,),
    "person": (EventKind.GIVEN, *NOES),
}


@dataclass(frozen=True)
class Person:
    """Who a contact that is new belongs to; one with a known ``external_id`` is that person."""

    external_id: str = ""
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True)
class Statement:
    """What somebody said at the aware instant ``occurred_at``; ``words`` are the evidence.

    ``is_now``: nobody named a moment, so a no ends whatever was said before it.
    """

    kind: str
    contact: Contact
    purpose: Purpose
    channel: str
    source: LeadSource
    method: str
    occurred_at: datetime
    giver: str = Giver.USER
    wording: ConsentWording | None = None
    words: str = ""
    valid_until: datetime | None = None
    about: UUID | None = None
    person: Person | None = None
    is_now: bool = False

    @property
    def controller_id(self) -> int:
        return self.purpose.activity.controller_id

    @property
    def contact_kind(self) -> str:
        return KIND_OF_CHANNEL[Channel(self.channel)]

    @cached_property
    def hmac(self) -> str:
        return keyed_hmac(self.contact_kind, self.contact.key)

    @property
    def makes_known(self) -> bool:
        """Whether a contact that nobody knows enters the register by it."""
        return self.kind == EventKind.GIVEN or (self.kind in NOES and self.person is not None)

    def evidence(self) -> Evidence | None:
        if not self.words:
            return None
        kind = KIND_OF_EVIDENCE.get(Method(self.method), EvidenceKind.WORDS)
        return Evidence.of(kind, self.words)

    def check(self) -> None:
        """Raise ValidationError for what is wrong with it, whoever it is about."""
        services.refuse_the_future(self.occurred_at, "occurred_at")
        self._refuse_what_does_not_belong()
        self._check_wording()
        if self.valid_until and self.valid_until <= self.occurred_at:
            raise wrong("valid_until", "period", _("The end comes after the beginning."))
        if self.kind == EventKind.CONFIRMED and self.method in OF_OTHERS:
            raise wrong("method", "not_own_act", _("Nobody confirms in the person's place."))

    def _refuse_what_does_not_belong(self) -> None:
        for name, kinds in ONLY_OF.items():
            if getattr(self, name) is not None and self.kind not in kinds:
                raise wrong(name, "not_of_this_kind", _("This does not go with what happened."))

    def _check_wording(self) -> None:
        wording = self.wording
        if wording and (wording.purpose_id, wording.channel) != (self.purpose.pk, self.channel):
            raise wrong(
                "wording",
                "wording_elsewhere",
                _("This wording is about another purpose or channel."),
            )


def wrong(field: str, code: str, sentence: str) -> ValidationError:
    """The error of one field, by a code that programs may rely on."""
    return ValidationError({field: ValidationError(sentence, code=code)})
