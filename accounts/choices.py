from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person comes to the house for; permissions follow from it alone."""

    DPO = "DPO", pgettext_lazy("role", "Data protection officer")
    APPROVER = "Approver", _("Approver")
    SUPERVISOR = "Supervisor", _("Contact centre supervisor")
    AUDITOR = "Auditor", _("Auditor")


class Language(models.TextChoices):
    """Languages that the house writes in; the keys of ``settings.LANGUAGES``."""

    POLISH = "pl", _("Polish")
    ENGLISH = "en", _("English")


class Scope(models.TextChoices):
    """What an API client may do, each by itself."""

    CHECK = "check", pgettext_lazy("scope", "check")
    RECORD = "record", pgettext_lazy("scope", "record")
    READ = "read", pgettext_lazy("scope", "read")
    SCREEN = "screen", pgettext_lazy("scope", "screen")
