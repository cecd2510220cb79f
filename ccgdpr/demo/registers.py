"""The companies and the record of processing activities with its purposes."""

from typing import Any

from ccgdpr.demo.making import content, make, warsaw
from processing.models import ProcessingActivity, Purpose
from processors.models import Organisation

OWN = "centrum-kontaktu-przyklad"
CLIENT = "sklep-wzorzec"
GDPR_STARTS = warsaw(2018, 5, 25)

SECURITY_PL = (
    "Upoważnienia imienne i role w systemach, szyfrowanie transmisji i nośników, logowanie z "
    "blokadą po błędnych próbach, dziennik zmian, kopie zapasowe z testem odtworzenia, szkolenia "
    "co rok."
)
SECURITY_EN = (
    "Personal authorisations and roles in systems, encryption in transit and at rest, sign-in with "
    "lock-out after failed attempts, log of changes, backups with restore tests, yearly training."
)


def create() -> None:
    for facts in content("organisations")["organisation"]:
        make(Organisation, {"slug": facts.pop("slug")}, **facts)
    for facts in content("activities")["activity"]:
        _activity(**facts)


def _activity(
    number: int, purpose: list[dict[str, Any]], controller: str = OWN, **facts: Any
) -> None:
    activity, _created = make(
        ProcessingActivity,
        {"controller": Organisation.objects.get(slug=controller), "number": number},
        active_from=GDPR_STARTS,
        security_pl=SECURITY_PL,
        security_en=SECURITY_EN,
        **facts,
    )
    for about in purpose:
        make(
            Purpose,
            {"slug": about.pop("slug")},
            activity=activity,
            active_from=GDPR_STARTS,
            **about,
        )
