from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Message(models.TextChoices):
    """What a webhook tells."""

    WITHDRAWAL = "withdrawal", _("withdrawals")
    OBJECTION = "objection", _("objections")
    RECALL = "recall", _("recall from lists")
    TEST = "test", _("test")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", pgettext_lazy("message", "Delivered")
    DROPPED = "dropped", _("Nothing to tell")
    DEAD = "dead", _("Given up")


class Failure(models.TextChoices):
    """Why an attempt to deliver a message failed."""

    ADDRESS = "address", _("The address belongs to a network to which nothing is sent.")
    NAME = "name", _("The name has no address.")
    CONNECTION = "connection", _("No connection.")
    CERTIFICATE = "certificate", _("The certificate is not valid.")
    SILENCE = "silence", _("No answer in time.")
    REDIRECT = "redirect", _("It leads elsewhere; nothing follows.")
    GONE = "gone", _("The receiver says that the address is gone.")
    HOUSE = "house", _("The message could not be written.")
    ANSWER = "answer", _("The receiver did not accept it.")
