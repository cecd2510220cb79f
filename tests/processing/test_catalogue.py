from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from audit.choices import Way
from processing.catalogue import LAWS, PKE_IN_FORCE, REASON, create_missing
from processing.choices import Channel, Protects, Regime
from processing.models import ChannelRule

pytestmark = pytest.mark.django_db

LAST_DAY_OF_OLD_LAW = PKE_IN_FORCE - timedelta(days=1)
AUTOMAT = Channel.AUTOMATED_CALL


def in_force(channel: str, day: date) -> set[str]:
    return set(
        ChannelRule.objects.in_force(day).filter(channel=channel).values_list("regime", flat=True)
    )


@pytest.mark.parametrize(
    ("channel", "day", "regimes"),
    [
        (Channel.EMAIL, date(2003, 3, 9), ()),
        (Channel.EMAIL, date(2003, 3, 10), (Regime.USUDE10,)),
        (Channel.EMAIL, date(2014, 12, 24), (Regime.USUDE10,)),
        (Channel.EMAIL, date(2014, 12, 25), (Regime.USUDE10, Regime.PT172)),
        (Channel.EMAIL, LAST_DAY_OF_OLD_LAW, (Regime.USUDE10, Regime.PT172)),
        (Channel.EMAIL, PKE_IN_FORCE, (Regime.PKE398,)),
        (Channel.SMS, LAST_DAY_OF_OLD_LAW, (Regime.USUDE10, Regime.PT172)),
        (Channel.VOICE, date(2014, 12, 24), ()),
        (Channel.VOICE, date(2014, 12, 25), (Regime.PT172,)),
        (Channel.VOICE, PKE_IN_FORCE, (Regime.PKE398,)),
        (AUTOMAT, date(2004, 9, 2), ()),
        (AUTOMAT, date(2004, 9, 3), (Regime.PT172,)),
        (AUTOMAT, date(2014, 12, 25), (Regime.PT172,)),
        (AUTOMAT, PKE_IN_FORCE, (Regime.PKE398,)),
        (Channel.MESSENGER, LAST_DAY_OF_OLD_LAW, (Regime.USUDE10,)),
        (Channel.PUSH, PKE_IN_FORCE, (Regime.PKE398,)),
        (Channel.POST, date(2018, 5, 24), ()),
        (Channel.POST, PKE_IN_FORCE, (Regime.GDPR,)),
    ],
)
def test_each_day_has_its_law(channel: str, day: date, regimes: Iterable[str]) -> None:
    assert in_force(channel, day) == set(regimes)


def test_letters_alone_need_no_consent() -> None:
    free = ChannelRule.objects.filter(consent_required=False).values_list("channel", flat=True)
    assert set(free) == {Channel.POST}


def test_the_repealed_art_10_protected_natural_persons_alone() -> None:
    rules = ChannelRule.objects.filter(protects=Protects.NATURAL)
    assert set(rules.values_list("regime", flat=True)) == {Regime.USUDE10}


def test_every_rule_names_its_provision_in_both_languages() -> None:
    assert not ChannelRule.objects.filter(provision_pl="").exists()
    assert not ChannelRule.objects.filter(provision_en="").exists()


def test_every_rule_of_the_catalogue_has_history() -> None:
    for rule in ChannelRule.objects.all():
        entry = rule.history.get()
        assert (entry.history_way, entry.history_change_reason) == (Way.COMMAND, REASON)


def test_a_second_migrate_changes_nothing() -> None:
    before = (ChannelRule.objects.count(), ChannelRule.history.count())
    call_command("migrate", verbosity=0)
    assert (ChannelRule.objects.count(), ChannelRule.history.count()) == before


def test_an_edited_rule_is_not_set_back() -> None:
    rule = ChannelRule.objects.get(slug="pke398-email-2024")
    rule.provision_pl = "art. 398 PKE po zmianie"
    rule.save()
    assert create_missing() == 0
    rule.refresh_from_db()
    assert rule.provision_pl == "art. 398 PKE po zmianie"


def test_the_catalogue_has_each_key_once() -> None:
    keys = [rule["slug"] for law in LAWS for rule in law.rules()]
    assert len(keys) == len(set(keys)) == ChannelRule.objects.count()
