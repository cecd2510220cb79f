from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person comes to the house for; permissions follow from it alone."""

    DPO = "DPO", _("Data protection officer")
    APPROVER = "Approver", _("Approver")
    SUPERVISOR = "Supervisor", _("Contact centre supervisor")
    AUDITOR = "Auditor", _("Auditor")
