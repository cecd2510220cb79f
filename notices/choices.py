from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Article(models.TextChoices):
    """Whether people gave their data themselves, or somebody else did."""

    ART13 = "13", _("Art. 13: data from the person")
    ART14 = "14", _("Art. 14: data from somebody else")


class Topic(models.TextChoices):
    """What an element of a notice is about; its letter in Art. 13 or 14 is data."""

    CONTROLLER = "controller", _("controller")
    DPO = "dpo", _("data protection officer")
    PURPOSES = "purposes", _("purposes and legal basis")
    INTERESTS = "interests", _("legitimate interests")
    DATA = "data", _("categories of data")
    SOURCE = "source", _("source of data")
    RECIPIENTS = "recipients", _("recipients")
    TOOLS = "tools", _("tools and artificial intelligence")
    TRANSFERS = "transfers", _("transfers to third countries")
    RETENTION = "retention", _("storage period")
    RIGHTS = "rights", _("rights of the person")
    WITHDRAWAL = "withdrawal", _("withdrawal of consent")
    COMPLAINT = "complaint", _("complaint to the authority")
    PROVISION = "provision", _("whether data must be provided")
    AUTOMATED = "automated", _("automated decisions")


class VersionState(models.TextChoices):
    """How far a version has come. When it was in force follows from its dates."""

    DRAFT = "draft", pgettext_lazy("notice", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("notice", "Awaiting approval")
    APPROVED = "approved", pgettext_lazy("notice", "Approved")
    PUBLISHED = "published", pgettext_lazy("notice", "Published")
    DISCARDED = "discarded", pgettext_lazy("notice", "Discarded")


class VersionStatus(models.TextChoices):
    """What a version is at one moment: its state, and for a published one its dates."""

    DRAFT = "draft", pgettext_lazy("notice", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("notice", "Awaiting approval")
    APPROVED = "approved", pgettext_lazy("notice", "Approved")
    SCHEDULED = "scheduled", pgettext_lazy("notice", "Scheduled")
    IN_FORCE = "in_force", pgettext_lazy("notice", "In force")
    ARCHIVED = "archived", pgettext_lazy("notice", "Archived")
    DISCARDED = "discarded", pgettext_lazy("notice", "Discarded")


class Coverage(models.TextChoices):
    """Whether a version says what the law asks it to say."""

    COVERED = "covered", pgettext_lazy("element", "covered")
    MISSING = "missing", pgettext_lazy("element", "missing")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("element", "not applicable")


class Means(models.TextChoices):
    """How people were told of a change."""

    EMAIL = "email", pgettext_lazy("announcement", "e-mail")
    LETTER = "letter", pgettext_lazy("announcement", "letter")
    SMS = "sms", pgettext_lazy("announcement", "SMS")
    CALL = "call", pgettext_lazy("announcement", "phone call")
    ACCOUNT = "account", pgettext_lazy("announcement", "message in the account or app")
    POPUP = "popup", pgettext_lazy("announcement", "pop-up on the website")
    WEBSITE = "website", pgettext_lazy("announcement", "text on the website alone")
    NOBODY = "nobody", pgettext_lazy("announcement", "nobody had to be told")
