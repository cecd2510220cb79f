from django.db import models
from django.utils.translation import gettext_lazy as _


class Diligence(models.TextChoices):
    """Outcome of looking at a processor's guarantees (Art. 28(1))."""

    NOT_CHECKED = "not_checked", _("Not checked")
    SUFFICIENT = "sufficient", _("Sufficient guarantees")
    CONDITIONAL = "conditional", _("Sufficient with conditions")
    INSUFFICIENT = "insufficient", _("Insufficient guarantees")
