"""A contact as a client wrote it: one spelling, or a refusal that does not repeat it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from consents.contacts import Unusable, normalise

REASONS: dict[str, Promise] = {
    "contact_empty": _("Give a number or an address."),
    "value_too_long": _("This is too long for a number or an address."),
    "phone_destroyed": _("A spreadsheet destroyed this number: digits are missing."),
    "phone_invalid": _("This is not a phone number."),
    "email_invalid": _("This is not an e-mail address."),
}


def refusal(error: Unusable) -> ErrorDetail:
    """What is wrong with a contact, under its reason as code, without the value."""
    return ErrorDetail(REASONS[error.reason], error.reason)


def key_of(kind: str, text: str, field: str = "contact") -> str:
    """How ``text`` is compared; raises ValidationError at ``field`` where it cannot be used."""
    try:
        return normalise(kind, text).key
    except Unusable as error:
        raise ValidationError({field: [refusal(error)]}) from error
