"""Four notices, drafted from the registers and carried on by the verbs as people would."""

from dataclasses import dataclass
from datetime import datetime

from accounts.choices import Role
from accounts.models import User
from audit import rules
from ccgdpr.demo.making import make, warsaw
from ccgdpr.demo.registers import OWN
from legitimate_interest.models import BalanceTest
from notices import services
from notices.models import Notice, NoticeVersion
from processing.choices import Basis
from processing.models import ActivityRecipient, ProcessingActivity, Purpose, Recipient
from processors.models import Organisation

MARKETING = 5  # its number in the record


@dataclass(frozen=True)
class Story:
    """One version: its purposes by key, when it began (None: it awaits approval), what changed."""

    purposes: str
    began: datetime | None = None
    change_pl: str = ""
    change_en: str = ""


SERVICE = "enquiries after-sales-support complaints warranty-service"
NOTICES = (
    (
        {
            "slug": "klienci",
            "article": "13",
            "name_pl": "Klauzula informacyjna dla klientów",
            "name_en": "Privacy notice for customers",
            "audience_pl": "Dla klientów i osób, które do nas dzwonią lub piszą.",
            "audience_en": "For customers and everybody who calls or writes to us.",
        },
        (
            Story(SERVICE, warsaw(2024, 1, 8)),
            Story(
                # Without the chat: nobody knows yet what to tell of its voicebot.
                f"{SERVICE} enquiries-others claims call-recording call-quality "
                "offer-on-request consent-evidence suppression-list data-subject-rights breaches",
                warsaw(2025, 6, 2),
                "Oferta na prośbę, ewidencja zgód i realizacja praw osób.",
                "Offers on request, the record of consents, and people's rights.",
            ),
        ),
    ),
    (
        {
            "slug": "marketing",
            "article": "13",
            "name_pl": "Klauzula informacyjna: marketing i newsletter",
            "name_en": "Privacy notice: marketing and newsletter",
            "audience_pl": "Dla osób, które zgodziły się na oferty lub zapisały się na newsletter.",
            "audience_en": "For people who consented to offers or subscribed to the newsletter.",
        },
        (
            Story(
                "marketing-own marketing-post newsletter lead-offers consent-request "
                "satisfaction-survey service-survey contract-renewal",
                warsaw(2025, 1, 7),
            ),
        ),
    ),
    (
        {
            "slug": "zakupione-bazy",
            "article": "14",
            "name_pl": "Klauzula informacyjna: dane z zakupionych baz",
            "name_en": "Privacy notice: data from purchased databases",
            "audience_pl": "Dla osób, których dane otrzymaliśmy od dostawcy bazy.",
            "audience_en": "For people whose data came to us from a data broker.",
        },
        (Story("prospecting prospecting-post", warsaw(2025, 2, 3)),),
    ),
    (
        {
            "slug": "konsultanci",
            "article": "13",
            "name_pl": "Klauzula informacyjna dla konsultantów",
            "name_en": "Privacy notice for agents",
            "audience_pl": "Dla osób, które pracują w centrum kontaktu.",
            "audience_en": "For people who work in the contact centre.",
        },
        (Story("workforce employment-law agent-quality"),),
    ),
)


def create(team: dict[str, User]) -> None:
    """The notices that are not there yet; afterwards the registers move on, as they do."""
    own = Organisation.objects.get(slug=OWN)
    for facts, stories in NOTICES:
        key = {"slug": facts["slug"]}
        notice, is_new = make(Notice, key, controller=own, **_without(facts, "slug"))
        for story in stories if is_new else ():
            _tell(notice, story, team)
    _move_on()


def _without(facts: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in facts.items() if key != name}


def _tell(notice: Notice, story: Story, team: dict[str, User]) -> None:
    version = services.draft(notice, _purposes(story), by=team[Role.DPO])
    if story.change_pl:
        version.change_pl, version.change_en = story.change_pl, story.change_en
        version.full_clean()
        version.save()
    if rules.unmet(version, "submit"):
        return  # what the registers lack keeps it a draft, as it would for anybody
    version.submit()
    if story.began:
        _publish(version, story.began, team)


def _publish(version: NoticeVersion, began: datetime, team: dict[str, User]) -> None:
    version.approve(by=team[Role.APPROVER])
    services.publish(version, by=team[Role.DPO], effective_from=began)


def _purposes(story: Story) -> list[Purpose]:
    """Those asked for; without the ones whose legitimate interest nobody has weighed."""
    asked = Purpose.objects.active().filter(slug__in=story.purposes.split())
    tested = BalanceTest.objects.current().values("purpose")
    unweighed = asked.filter(basis=Basis.LEGITIMATE_INTEREST).exclude(pk__in=tested)
    return list(asked.exclude(pk__in=unweighed).select_related("activity"))


def _move_on() -> None:
    """A partner joined marketing after its notice was published: the notice is stale."""
    partner, _new = make(
        Recipient,
        {"slug": "partner-lojalnosciowy"},
        name_pl="partner programu lojalnościowego",
        name_en="partner of the loyalty programme",
    )
    activity = ProcessingActivity.objects.own().get(number=MARKETING)
    make(ActivityRecipient, {"activity": activity, "recipient": partner})
