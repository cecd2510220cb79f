from django.db import models
from django.utils.translation import gettext_lazy as _


class ListKind(models.TextChoices):
    """How a list of people who may be contacted came about."""

    # Translators: "z rejestru"
    REGISTER = "register", _("from the register")
    # Translators: "sprawdzona baza"
    SCREENING = "screening", _("screened dial list")


class ListFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
