from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Diligence(models.TextChoices):
    """Outcome of looking at a processor's guarantees (Art. 28(1))."""

    NOT_CHECKED = "not_checked", _("Not checked")
    SUFFICIENT = "sufficient", _("Sufficient guarantees")
    CONDITIONAL = "conditional", _("Sufficient with conditions")
    INSUFFICIENT = "insufficient", _("Insufficient guarantees")


class AgreementForm(models.TextChoices):
    """In which form the parties bound themselves (Art. 28(9); art. 73–78¹ KC)."""

    WRITTEN = "written", _("written")
    QUALIFIED = "qualified", _("electronic, qualified signatures")
    DOCUMENTARY = "documentary", _("documentary (e-mail, accepted terms)")


class SubProcessing(models.TextChoices):
    """What the controller authorised (Art. 28(2))."""

    FORBIDDEN = "forbidden", _("no sub-processors")
    SPECIFIC = "specific", _("each one authorised by name")
    GENERAL = "general", _("general authorisation with a right to object")


class AgreementStatus(models.TextChoices):
    """Where an agreement stands on a day; follows from its dates and terms, never stored."""

    INCOMPLETE = "incomplete", pgettext_lazy("agreement", "Incomplete")
    DRAFT = "draft", pgettext_lazy("agreement", "Draft")
    IN_FORCE = "in_force", pgettext_lazy("agreement", "In force")
    EXPIRING = "expiring", pgettext_lazy("agreement", "Expiring")
    EXPIRED = "expired", pgettext_lazy("agreement", "Expired")
    TERMINATED = "terminated", pgettext_lazy("agreement", "Terminated")


class DataReturn(models.TextChoices):
    """What became of the data when the services ended (Art. 28(3)(g))."""

    RETURNED = "returned", _("returned")
    DELETED = "deleted", _("deleted")
    BOTH = "returned_and_deleted", _("returned, then deleted")
    KEPT_BY_LAW = "kept_by_law", _("kept, because the law requires it")


class DocumentState(models.TextChoices):
    """What a check found in the place of a stored document."""

    INTACT = "intact", pgettext_lazy("document", "intact")
    DIFFERS = "differs", pgettext_lazy("document", "differs")
    MISSING = "missing", pgettext_lazy("document", "missing")


class TransferMechanism(models.TextChoices):
    """On what data leave the European Economic Area (Chapter V)."""

    EEA_ONLY = "eea_only", _("none: stays in the EEA")
    ADEQUACY = "adequacy", _("adequacy decision (Art. 45)")
    DPF = "dpf", _("EU–US Data Privacy Framework")
    SCC = "scc", _("standard contractual clauses 2021/914")
    BCR = "bcr", _("binding corporate rules (Art. 47)")
    CODE = "code", _("code of conduct or certification (Art. 46(2)(e), (f))")
    AD_HOC = "ad_hoc", _("clauses of one's own, authorised (Art. 46(3))")
    DEROGATION = "derogation", _("derogation (Art. 49)")


class SccModule(models.TextChoices):
    C2C = "1", _("1: controller to controller")
    C2P = "2", _("2: controller to processor")
    P2P = "3", _("3: processor to processor")
    P2C = "4", _("4: processor to controller")


# Mechanisms that stand only with an assessment of the third country's law (Schrems II).
NEEDS_ASSESSMENT = (
    TransferMechanism.SCC,
    TransferMechanism.BCR,
    TransferMechanism.CODE,
    TransferMechanism.AD_HOC,
)

# The European Union, Iceland, Liechtenstein and Norway; ISO 3166-1.
EEA = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
    *("IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
)


class ToolKind(models.TextChoices):
    """What an automation tool is for."""

    DIALLER = "dialler", _("Dialler")
    CHATBOT = "chatbot", _("Chatbot")
    VOICEBOT = "voicebot", _("Voicebot")
    IVR = "ivr", _("IVR")
    TICKETING = "ticketing", _("Ticketing system")
    CRM = "crm", _("CRM")
    MAILING = "mailing", _("Mailing platform")
    SMS_GATEWAY = "sms_gateway", _("SMS gateway")
    SPEECH_TO_TEXT = "speech_to_text", _("Speech to text")
    ANALYTICS = "analytics", _("Analytics")
    SOCIAL_INBOX = "social_inbox", _("Social media inbox")
    OTHER = "other", _("Other tool")


class ToolState(models.TextChoices):
    """The life of a tool; each step is a verb of its own."""

    PROPOSED = "proposed", pgettext_lazy("tool", "Proposed")
    VERIFIED = "verified", pgettext_lazy("tool", "Verified, not in use")
    IN_USE = "in_use", pgettext_lazy("tool", "In use")
    RETIRED = "retired", pgettext_lazy("tool", "Retired")
