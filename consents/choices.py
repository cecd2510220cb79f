from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SubjectKind(models.TextChoices):
    PERSON = "person", pgettext_lazy("natural", "person")
    SOLE_TRADER = "sole_trader", _("sole trader")
    COMPANY = "company", _("company")
    CONTACT_PERSON = "contact_person", _("contact person of a company")


class RetiredFor(models.TextChoices):
    """Why a number or address no longer belongs to the person."""

    REASSIGNED = "reassigned", _("reassigned to somebody else")
    CLOSED = "closed", _("closed, no longer exists")
    MISTAKEN = "mistaken", _("recorded by mistake")


class SourceKind(models.TextChoices):
    OWN_FORM = "own_form", _("own form")
    PHONE = "phone", _("own phone line")
    PARTNER = "partner", _("partner")
    PURCHASED = "purchased", _("purchased database")


FROM_OTHERS = (SourceKind.PARTNER, SourceKind.PURCHASED)


class EventKind(models.TextChoices):
    GIVEN = "given", _("Given")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    INVALIDATED = "invalidated", _("Invalidated")


NOES = (EventKind.REFUSED, EventKind.WITHDRAWN)


class ConsentState(models.TextChoices):
    """What the fold says of a contact point × purpose × channel (verdict.md §1)."""

    GIVEN = "given", _("Given")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    NONE = "none", _("Invalidated")


class ConsentStatus(models.TextChoices):
    """What a consent is at one moment: its state, and whether it has ended by then."""

    GIVEN = "given", _("Given")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    NONE = "none", _("Invalidated")


class Giver(models.TextChoices):
    """Who spoke."""

    SUBSCRIBER = "subscriber", _("subscriber")
    USER = "user", _("end user")
    AUTHORISED = "authorised", _("authorised for the company")
    THIRD_PARTY = "third_party", _("third party")


class Method(models.TextChoices):
    """How the person's will reached us (Art. 4(11), 7(1))."""

    FORM = "form", _("form")
    CALL = "call", _("call")
    IVR = "ivr", _("IVR")
    SMS = "sms", _("SMS keyword")
    PAPER = "paper", _("paper")
    LINK = "link", _("link")
    IMPORT = "import", _("import")


class RestrictionKind(models.TextChoices):
    OBJECTION = "objection", _("Objection to marketing")
    OBJECTION_PURPOSE = "objection_purpose", _("Objection to a purpose")
    DO_NOT_CONTACT = "do_not_contact", _("Do not contact")
    UNDELIVERABLE = "undeliverable", _("Undeliverable")
    PROCESSING_RESTRICTED = "processing_restricted", _("Processing restricted")


# Rights of the person (Art. 18, 21): they follow the person to every number and address.
OF_THE_PERSON = (
    RestrictionKind.OBJECTION,
    RestrictionKind.OBJECTION_PURPOSE,
    RestrictionKind.PROCESSING_RESTRICTED,
)


class SuppressionScope(models.TextChoices):
    ALL = "all", _("all contact")
    COMMERCIAL = "commercial", _("commercial contact")


class SuppressionOrigin(models.TextChoices):
    ERASURE = "erasure", _("erasure")
    DO_NOT_CALL = "do_not_call", _("do-not-call file")
    INDUSTRY_LIST = "industry_list", _("voluntary industry list")


class ReviewOutcome(models.TextChoices):
    OK = "ok", _("No objections")
    DEFECTIVE = "defective", _("Defective")
    PENDING = "pending", _("Pending")


class EvidenceKind(models.TextChoices):
    IMPORT_FILE = "import_file", _("imported file")
    IMPORT_ROW = "import_row", _("row of an imported file")
    WORDS = "words", _("words heard")
    FORM = "form", _("form")
    RECORDING = "recording", _("recording")
    DOCUMENT = "document", _("document")
    REQUEST = "request", _("request of a program")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    STAGED = "staged", _("Preview")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    REFUSED = "refused", pgettext_lazy("of a file", "Refused")
    ABANDONED = "abandoned", _("Abandoned")


class Recorded(models.TextChoices):
    """What others are told of, as the outbox names it."""

    EVENT = "event", _("consent event")
    RESTRICTION = "restriction", _("objection or restriction")
    RETIREMENT = "retirement", _("retirement of a contact")


class LetterState(models.TextChoices):
    """What became of a letter that asks for a confirmation."""

    WAITING = "waiting", pgettext_lazy("of a letter", "Waits to be sent")
    SENT = "sent", pgettext_lazy("of a letter", "Sent")
    WITHHELD = "withheld", pgettext_lazy("of a letter", "Withheld")
