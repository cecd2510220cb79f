"""Texts of consent: the next version begins as a copy."""

from django.db import transaction

from consents.models import (
    ConsentWording,
    NamedController,
)


@transaction.atomic
def new_version(wording: ConsentWording) -> ConsentWording:
    """A copy of ``wording`` under the next number, with the controllers it names; not yet used."""
    versions = ConsentWording.objects.filter(
        purpose=wording.purpose_id, channel=wording.channel, language=wording.language
    )
    latest = versions.order_by("-version").values_list("version", flat=True)[0]
    copy = ConsentWording(
        purpose_id=wording.purpose_id,
        channel=wording.channel,
        language=wording.language,
        version=latest + 1,
        title=wording.title,
        text=wording.text,
        regime=wording.regime,
        bundled=wording.bundled,
        valid_months=wording.valid_months,
    )
    copy.full_clean()
    copy.save()
    for named in wording.named.all():
        NamedController(wording=copy, organisation_id=named.organisation_id).save()
    return copy
