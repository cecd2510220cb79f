"""Lead sources, the wordings that each showed and when, and what the reviews found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accounts.choices import Role
from accounts.models import User
from ccgdpr.demo.clauses import (
    BUNDLED,
    OLD,
    PARTNER,
    PKE,
    SCRIPT,
    SHORT,
    VENDOR,
    VENDOR_NAMING,
    worded,
)
from ccgdpr.demo.making import content, make, warsaw
from ccgdpr.demo.registers import CLIENT, GDPR_STARTS, OWN
from consents.choices import ReviewOutcome
from consents.models import (
    ConsentWording,
    LeadSource,
    NamedController,
    SourceWording,
    WordingReview,
)
from processing.choices import Channel, Regime
from processing.models import Purpose
from processors.models import Organisation

PKE_STARTS = warsaw(2024, 11, 10)

EMAIL, SMS, VOICE, AUTOMAT = Channel.EMAIL, Channel.SMS, Channel.VOICE, Channel.AUTOMATED_CALL
EVERY_CHANNEL = (EMAIL, SMS, VOICE, AUTOMAT)
COLLECTED = ("marketing-own", "newsletter", "satisfaction-survey")


@dataclass(frozen=True)
class Review:
    """``lacks`` names the boxes of the checklist that are not ticked."""

    regime: Regime
    outcome: ReviewOutcome
    recorded_at: datetime
    effective_from: datetime
    lacks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """A wording for one purpose × channel, and when its source showed it."""

    source: str
    purpose: str
    channel: Channel
    regime: Regime
    text: str
    since: datetime
    until: datetime | None = None
    language: str = "pl"
    names: tuple[str, ...] = (OWN,)
    bundled: bool = False
    valid_months: int | None = None
    reviews: tuple[Review, ...] = ()


def create(team: dict[str, User]) -> None:
    for facts in content("sources")["source"]:
        _source(**facts)
    versions: dict[tuple[str, str, str], int] = {}
    for shown in _everything_shown():
        place = (shown.purpose, shown.channel, shown.language)
        versions[place] = versions.get(place, 0) + 1
        _show(shown, versions[place], team[Role.DPO])


def _source(slug: str, controller: str = OWN, vendor: str = "", **facts: Any) -> None:
    make(
        LeadSource,
        {"slug": slug},
        controller=Organisation.objects.get(slug=controller),
        vendor=Organisation.objects.get(slug=vendor) if vendor else None,
        **facts,
    )


def _show(shown: Shown, version: int, reviewer: User) -> None:
    purpose = Purpose.objects.get(slug=shown.purpose)
    source = LeadSource.objects.get(slug=shown.source)
    wording, created = make(
        ConsentWording,
        {
            "purpose": purpose,
            "channel": shown.channel,
            "language": shown.language,
            "version": version,
        },
        title=f"{purpose.name_pl}, {SHORT[shown.channel]}: {source.name_pl}"[:120],
        text=shown.text,
        regime=shown.regime,
        bundled=shown.bundled,
        valid_months=shown.valid_months,
    )
    if created:
        _facts_of(wording, shown, source, reviewer)


def _facts_of(wording: ConsentWording, shown: Shown, source: LeadSource, reviewer: User) -> None:
    for slug in shown.names:
        make(
            NamedController,
            {"wording": wording, "organisation": Organisation.objects.get(slug=slug)},
        )
    make(
        SourceWording,
        {"source": source, "wording": wording, "shown_from": shown.since},
        shown_until=shown.until,
    )
    for review in shown.reviews:
        _record(review, wording, reviewer)


CHECKLIST = (
    "distinguishable",
    "not_conditional",
    "no_preticked_box",
    "told_of_withdrawal",
    "channels_apart",
    "controller_named",
    "meets_recital_171",
)


def _record(review: Review, wording: ConsentWording, reviewer: User) -> None:
    WordingReview.objects.create(
        wording=wording,
        regime=review.regime,
        outcome=review.outcome,
        effective_from=review.effective_from,
        note=review.note,
        recorded_at=review.recorded_at,
        recorded_by=reviewer,
        recorded_name=reviewer.email,
        **{box: box not in review.lacks for box in CHECKLIST},
    )


# What was shown ---------------------------------------------------------------------------------


def _everything_shown() -> Iterator[Shown]:
    """In this order, which numbers the versions: add at the end alone."""
    yield from _bundled()
    yield from _old_forms()
    yield from _new_forms()
    yield from _phone_scripts()
    yield from _from_others()
    yield from _english()
    yield from _of_the_client()


def _bundled() -> Iterator[Shown]:
    """One old clause for three channels: a row for each of them, defective under the PKE."""
    found = Review(
        Regime.PKE398,
        ReviewOutcome.DEFECTIVE,
        warsaw(2024, 10, 28),
        PKE_STARTS,
        lacks=("told_of_withdrawal", "channels_apart"),
        note="Jedno pytanie o trzy kanały, bez informacji o wycofaniu zgody.",
    )
    again = replace(
        found,
        recorded_at=warsaw(2025, 11, 17),
        effective_from=warsaw(2025, 11, 17),
        note="Przegląd roczny: ocena bez zmian.",
    )
    for channel in (EMAIL, SMS, VOICE):
        yield Shown(
            "phone",
            "marketing-own",
            channel,
            Regime.PT172,
            worded(BUNDLED, "marketing-own", channel),
            since=warsaw(2019, 1, 1),
            until=PKE_STARTS,
            bundled=True,
            reviews=(found, again),
        )


def _old_forms() -> Iterator[Shown]:
    """The web form and the contest before the PKE, reviewed without objections."""
    for source, purpose, channel, months in _form_fields():
        template, regime = OLD[channel]
        yield Shown(
            source,
            purpose,
            channel,
            regime,
            worded(template, purpose, channel),
            since=GDPR_STARTS,
            until=PKE_STARTS,
            valid_months=months,
            reviews=(*_found_ok(regime), *_looked_at_again(source, channel)),
        )


def _found_ok(regime: Regime) -> tuple[Review, ...]:
    """Under every other regime that asked for consent on this channel, then and later."""
    ok = ReviewOutcome.OK
    pke = Review(
        Regime.PKE398,
        ok,
        warsaw(2024, 10, 28),
        PKE_STARTS,
        note="Spełnia wymogi art. 398 i 400 PKE.",
    )
    if regime == Regime.PT172:
        return (pke,)
    return (Review(Regime.PT172, ok, warsaw(2018, 5, 14), GDPR_STARTS), pke)


def _looked_at_again(source: str, channel: Channel) -> tuple[Review, ...]:
    """What the forms no longer show was read again after a year; the text messages wait for it."""
    if source != "web-form" or channel == SMS:
        return ()
    day, note = warsaw(2025, 11, 17), "Przegląd po roku stosowania PKE: zgody pozostają ważne."
    return (Review(Regime.PKE398, ReviewOutcome.OK, day, day, note=note),)


def _new_forms() -> Iterator[Shown]:
    for source, purpose, channel, months in _form_fields():
        text = worded(PKE["pl"], purpose, channel)
        yield Shown(
            source, purpose, channel, Regime.PKE398, text, since=PKE_STARTS, valid_months=months
        )


def _form_fields() -> Iterator[tuple[str, str, Channel, int | None]]:
    """Source, purpose, channel, for how many months the consent holds."""
    for purpose in COLLECTED:
        for channel in EVERY_CHANNEL:
            yield "web-form", purpose, channel, None
    yield "contest", "marketing-own", EMAIL, 24
    yield "contest", "marketing-own", VOICE, 24
    yield "contest", "lead-offers", EMAIL, 24


def _phone_scripts() -> Iterator[Shown]:
    asked = [("marketing-own", channel) for channel in EVERY_CHANNEL]
    for purpose, channel in [*asked, ("satisfaction-survey", VOICE)]:
        text = worded(SCRIPT, purpose, channel)
        yield Shown("phone", purpose, channel, Regime.PKE398, text, since=PKE_STARTS)


def _from_others() -> Iterator[Shown]:
    """What vendors and partners showed counts only once it was reviewed.

    The batch of 2025 was the last of its kind: the vendor was told so on the day of the review.
    """
    unnamed = Review(
        Regime.PKE398,
        ReviewOutcome.DEFECTIVE,
        warsaw(2025, 10, 3),
        warsaw(2025, 10, 3),
        lacks=("distinguishable", "told_of_withdrawal", "channels_apart", "controller_named"),
        note="Zgoda na rzecz nieokreślonych „zaufanych partnerów”: nie wskazuje nas.",
    )
    for purpose in ("marketing-own", "prospecting"):
        for channel in (EMAIL, VOICE):
            yield Shown(
                "purchased-2025",
                purpose,
                channel,
                Regime.PKE398,
                VENDOR,
                since=warsaw(2025, 1, 1),
                until=warsaw(2025, 10, 3),
                names=("lead-baza",),
                bundled=True,
                reviews=(unnamed,),
            )
    for channel in (EMAIL, VOICE):
        yield Shown(
            "purchased-2024",
            "marketing-own",
            channel,
            OLD[channel][1],
            worded(VENDOR_NAMING, "marketing-own", channel),
            since=warsaw(2024, 1, 1),
            until=PKE_STARTS,
            names=(OWN, "lead-baza"),
            reviews=_found_ok(OLD[channel][1]),
        )
        yield _of_the_partner(channel)


def _of_the_partner(channel: Channel) -> Shown:
    ok = channel == EMAIL
    review = Review(
        Regime.PKE398,
        ReviewOutcome.OK if ok else ReviewOutcome.PENDING,
        warsaw(2026, 2, 16),
        warsaw(2026, 2, 16),
        note="" if ok else "Czekamy na zrzut formularza: czy pole telefonu jest osobno.",
    )
    return Shown(
        "partner-porownywarka",
        "marketing-own",
        channel,
        Regime.PKE398,
        worded(PARTNER, "marketing-own", channel),
        since=PKE_STARTS,
        names=(OWN, "porownywarka-wzor"),
        reviews=(review,),
    )


def _english() -> Iterator[Shown]:
    for purpose in COLLECTED:
        for channel in EVERY_CHANNEL:
            text = worded(PKE["en"], purpose, channel, "en")
            yield Shown(
                "web-form-en",
                purpose,
                channel,
                Regime.PKE398,
                text,
                since=PKE_STARTS,
                language="en",
            )


def _of_the_client() -> Iterator[Shown]:
    for channel in (EMAIL, SMS, VOICE):
        text = worded(PKE["pl"], "wzorzec-loyalty", channel)
        yield Shown(
            "wzorzec-shop",
            "wzorzec-loyalty",
            channel,
            Regime.PKE398,
            text,
            since=PKE_STARTS,
            names=(CLIENT,),
        )
