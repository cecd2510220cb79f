from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Part(models.TextChoices):
    """The parts of a balance test, in the order in which they are gone through."""

    PURPOSE = "purpose", _("Purpose: what the interest is")
    NECESSITY = "necessity", _("Necessity")
    NATURE = "nature", _("Nature of the data")
    EXPECTATIONS = "expectations", _("Reasonable expectations")
    IMPACT = "impact", _("Impact on people")
    SAFEGUARDS = "safeguards", _("Safeguards and opt-out")
    DECISION = "decision", _("Decision")


class AnswerKind(models.TextChoices):
    TEXT = "text", _("in words")
    YES_NO = "yes_no", _("yes or no, and why")


class TestState(models.TextChoices):
    """What was done with a test; whether it holds today follows from its dates."""

    __test__ = False  # no test of pytest's

    DRAFT = "draft", pgettext_lazy("balance test", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("balance test", "Submitted")
    APPROVED = "approved", pgettext_lazy("balance test", "Approved")
    REJECTED = "rejected", pgettext_lazy("balance test", "Rejected")


class TestStatus(models.TextChoices):
    """How a test stands at a moment: its state read together with its dates."""

    __test__ = False

    DRAFT = "draft", pgettext_lazy("balance test", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("balance test", "Submitted")
    REJECTED = "rejected", pgettext_lazy("balance test", "Rejected")
    SCHEDULED = "scheduled", pgettext_lazy("balance test", "Approved, not yet in force")
    IN_FORCE = "in_force", pgettext_lazy("balance test", "In force")
    EXPIRED = "expired", pgettext_lazy("balance test", "Expired")
    SUPERSEDED = "superseded", pgettext_lazy("balance test", "Superseded")


class Outcome(models.TextChoices):
    RELY = "rely", _("The interest prevails")
    RELY_WITH_SAFEGUARDS = "rely_with_safeguards", _("The interest prevails with safeguards")
    NOT_RELY = "not_rely", _("The interest does not prevail")
    DPIA_REQUIRED = "dpia_required", _("An impact assessment is needed first (Art. 35)")


RELYING = (Outcome.RELY, Outcome.RELY_WITH_SAFEGUARDS)


class Beneficiary(models.TextChoices):
    """Whose interest it is (Art. 6(1)(f))."""

    CONTROLLER = "controller", _("the controller's own")
    THIRD_PARTY = "third_party", _("a third party's")
    BOTH = "both", _("the controller's and a third party's")


class Relationship(models.TextChoices):
    """What ties the people to the controller (recital 47)."""

    CUSTOMER = "customer", pgettext_lazy("relationship", "customers")
    FORMER_CUSTOMER = "former_customer", pgettext_lazy("relationship", "former customers")
    ENQUIRER = "enquirer", pgettext_lazy("relationship", "people who asked about an offer")
    BUSINESS_CONTACT = "business_contact", pgettext_lazy("relationship", "business contacts")
    EMPLOYEE = "employee", pgettext_lazy("relationship", "employees and co-workers")
    NONE = "none", pgettext_lazy("relationship", "no relationship so far")


class Likelihood(models.IntegerChoices):
    REMOTE = 1, pgettext_lazy("likelihood", "remote")
    POSSIBLE = 2, pgettext_lazy("likelihood", "possible")
    LIKELY = 3, pgettext_lazy("likelihood", "likely")
    ALMOST_CERTAIN = 4, pgettext_lazy("likelihood", "almost certain")


class Weight(models.IntegerChoices):
    """How severe an impact is."""

    SLIGHT = 1, pgettext_lazy("severity of an impact", "slight")
    NOTICEABLE = 2, pgettext_lazy("severity of an impact", "noticeable")
    SERIOUS = 3, pgettext_lazy("severity of an impact", "serious")
    GRAVE = 4, pgettext_lazy("severity of an impact", "grave")


class Position(models.TextChoices):
    """What the DPO's opinion comes down to (Art. 39(1)(a))."""

    FAVOURABLE = "favourable", pgettext_lazy("opinion", "favourable")
    RESERVED = "reserved", pgettext_lazy("opinion", "favourable with reservations")
    ADVERSE = "adverse", pgettext_lazy("opinion", "adverse")
