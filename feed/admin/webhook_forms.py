"""What the verbs of webhooks ask for."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.admin import ReasonedForm, VerbForm
from feed.webhooks import queueing, sending


class ShowSecretForm(VerbForm):
    """Shows the present secret, once."""

    def perform(self) -> None:
        self.record.note_shown()


class ChangeSecretForm(ReasonedForm):
    """A new secret, shown at once."""

    def perform(self) -> None:
        self.record.change_secret()
        self.record.note_shown()


class TestForm(VerbForm):
    def perform(self) -> None:
        queueing.queue_test(self.record)


class HurryForm(VerbForm):
    def perform(self) -> None:
        sending.hurry(self.record)


class ResendForm(VerbForm):
    def perform(self) -> int:
        resent = self.record.deliveries.dead().send_again()
        if not resent:
            raise ValidationError(_("Nothing was given up."))
        return resent


class ResendOneForm(VerbForm):
    def perform(self) -> None:
        again = type(self.record).objects.dead().filter(pk=self.record.pk)
        if not again.send_again():
            raise ValidationError(_("Only a message that was given up can be sent again."))


class DeactivateForm(ReasonedForm):
    def perform(self) -> None:
        self.record.deactivate()


class ReactivateForm(ReasonedForm):
    def perform(self) -> None:
        self.record.reactivate()
