from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Way(models.TextChoices):
    """The way by which a change came in."""

    ADMIN = "admin", _("panel")
    API = "api", _("API")
    LINK = "link", _("link")
    IMPORT = "import", _("import")
    COMMAND = "command", _("command")


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class AccessAction(models.TextChoices):
    """What somebody took out of the house or looked at."""

    EXPORT = "export", _("Export")
    LIST = "list", _("Consent list")
    SCREENING = "screening", _("Screening")
    CHECK = "check", pgettext_lazy("access", "Check")
    PROOF = "proof", _("Proof pack")
    DOWNLOAD = "download", _("Document download")
    REVEAL = "reveal", _("Reveal of masked data")
    TRAIL = "trail", _("Trail export")


class Severity(models.TextChoices):
    """One severity each, the same on every screen."""

    BLOCKING = "blocking", _("Blocking")
    IMPORTANT = "important", _("Important")
    MINOR = "minor", _("Minor")
