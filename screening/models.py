"""No table of its own yet: what may be done here are permissions over the consents below."""

from django.utils.translation import gettext_lazy as _

from consents.models import Consent


class ConsentList(Consent):
    """Whom a centre may contact, as lists and checks give it away (Art. 5(1)(f), 32(4))."""

    class Meta:
        proxy = True
        verbose_name = _("consent list")
        verbose_name_plural = _("consent lists")
        default_permissions = ()
        permissions = [
            ("export_consent_list", "Can export lists of people who may be contacted"),
            ("check_contact", "Can check whether a contact may be contacted"),
        ]
