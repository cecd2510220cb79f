from django.db import models
from django.utils.translation import gettext_lazy as _


class ContactKind(models.TextChoices):
    """What kind of number or address a channel needs."""

    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")
    HANDLE = "handle", _("messenger handle")
    DEVICE = "device", _("device")
    POSTAL = "postal", _("postal address")


class Channel(models.TextChoices):
    """A way of contacting somebody; each needs its own consent (art. 398 PKE)."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    VOICE = "voice", _("Phone")
    AUTOMATED_CALL = "automated_call", _("Automated call")
    MESSENGER = "messenger", _("Messenger")
    PUSH = "push", _("Push")
    POST = "post", _("Letter")


KIND_OF_CHANNEL = {
    Channel.EMAIL: ContactKind.EMAIL,
    Channel.SMS: ContactKind.PHONE,
    Channel.VOICE: ContactKind.PHONE,
    Channel.AUTOMATED_CALL: ContactKind.PHONE,
    Channel.MESSENGER: ContactKind.HANDLE,
    Channel.PUSH: ContactKind.DEVICE,
    Channel.POST: ContactKind.POSTAL,
}


def channels_of(kind: str) -> list[str]:
    """Codes of the channels that a contact of ``kind`` can be reached on."""
    return [channel.value for channel, needed in KIND_OF_CHANNEL.items() if needed == kind]


class Regime(models.TextChoices):
    """The law behind a channel. GDPR alone where no other asks for consent."""

    USUDE10 = "usude10", _("art. 10 UŚUDE")
    PT172 = "pt172", _("art. 172 PT")
    PKE398 = "pke398", _("art. 398 PKE")
    GDPR = "gdpr", _("GDPR")


class Protects(models.TextChoices):
    """Whom a channel rule protects."""

    NATURAL = "natural", _("natural persons")
    EVERYBODY = "everybody", _("everybody, companies too")


class Basis(models.TextChoices):
    """Art. 6(1): one purpose has exactly one basis."""

    CONSENT = "6-1-a", _("Art. 6(1)(a): consent")
    CONTRACT = "6-1-b", _("Art. 6(1)(b): contract")
    LEGAL_OBLIGATION = "6-1-c", _("Art. 6(1)(c): legal obligation")
    VITAL_INTERESTS = "6-1-d", _("Art. 6(1)(d): vital interests")
    PUBLIC_TASK = "6-1-e", _("Art. 6(1)(e): public task")
    LEGITIMATE_INTEREST = "6-1-f", _("Art. 6(1)(f): legitimate interest")


class Nature(models.TextChoices):
    COMMERCIAL = "commercial", _("commercial")
    SERVICE = "service", _("service")


class Campaign(models.TextChoices):
    """What people are contacted about. The middle three count as commercial unless approved."""

    OFFER = "offer", _("offer, promotion")
    SURVEY = "survey", _("survey")
    RENEWAL = "renewal", _("renewal of a contract")
    IMAGE = "image", _("image campaign")
    CONSENT_REQUEST = "consent_request", _("request for consent")
    MATTER = "matter", _("matter of the person: order, complaint, enquiry")
    INTERNAL = "internal", _("no contact with people")


DOUBTFUL = (Campaign.SURVEY, Campaign.RENEWAL, Campaign.IMAGE)


class SpecialCondition(models.TextChoices):
    """Art. 9(2), where special categories of data are processed."""

    EXPLICIT_CONSENT = "9-2-a", _("Art. 9(2)(a): explicit consent")
    EMPLOYMENT = "9-2-b", _("Art. 9(2)(b): employment and social security")
    VITAL = "9-2-c", _("Art. 9(2)(c): vital interests")
    NOT_FOR_PROFIT = "9-2-d", _("Art. 9(2)(d): not-for-profit body")
    MADE_PUBLIC = "9-2-e", _("Art. 9(2)(e): made public by the person")
    CLAIMS = "9-2-f", _("Art. 9(2)(f): legal claims")
    PUBLIC_INTEREST = "9-2-g", _("Art. 9(2)(g): substantial public interest")
    HEALTH_CARE = "9-2-h", _("Art. 9(2)(h): health care")
    PUBLIC_HEALTH = "9-2-i", _("Art. 9(2)(i): public health")
    RESEARCH = "9-2-j", _("Art. 9(2)(j): research, statistics")


class RetentionUnit(models.TextChoices):
    DAY = "day", _("days")
    MONTH = "month", _("months")
    YEAR = "year", _("years")


class RetentionAction(models.TextChoices):
    """What happens to data when their time is over (Art. 5(1)(e))."""

    DELETE = "delete", _("deletion")
    ANONYMISE = "anonymise", _("anonymisation")
    RESTRICT = "restrict", _("restricted access")
