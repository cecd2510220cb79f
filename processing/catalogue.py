"""Channel rules of the three Polish regimes, and what retention runs from: created where missing.

Create-only by key and through the real models: the rows have history, can be edited in the admin,
and an edited one is never set back.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from audit.act import acting
from audit.choices import Way
from audit.models import AuditedModel
from processing.choices import Channel, Protects, Regime
from processing.models import ChannelRule, RetentionTrigger
from processing.retention import TRIGGERS

REASON = "starter catalogue"

TERMINAL_EQUIPMENT = date(2014, 12, 25)
PKE_IN_FORCE = date(2024, 11, 10)


@dataclass(frozen=True)
class Law:
    """One provision over the channels it reaches; ``until`` is the first day without it."""

    regime: Regime
    channels: tuple[Channel, ...]
    provision_pl: str
    provision_en: str
    since: date
    until: date | None = None
    protects: Protects = Protects.EVERYBODY
    consent_required: bool = True

    def rules(self) -> list[dict[str, Any]]:
        """The values of its channel rules."""
        return [
            {
                # Such as pke398-automated-call-2024: which law, which channel, since when.
                "slug": f"{self.regime}-{channel.replace('_', '-')}-{self.since.year}",
                "channel": channel,
                "regime": self.regime,
                "protects": self.protects,
                "consent_required": self.consent_required,
                "provision_pl": self.provision_pl,
                "provision_en": self.provision_en,
                "valid_from": self.since,
                "valid_until": self.until,
            }
            for channel in self.channels
        ]


LAWS = (
    Law(
        Regime.USUDE10,
        (Channel.EMAIL, Channel.SMS, Channel.MESSENGER, Channel.PUSH),
        "art. 10 ustawy z dnia 18 lipca 2002 r. o świadczeniu usług drogą elektroniczną (UŚUDE): "
        "niezamówiona informacja handlowa",
        "Art. 10 of the Act of 18 July 2002 on electronic services (UŚUDE): unsolicited commercial "
        "information",
        since=date(2003, 3, 10),
        until=PKE_IN_FORCE,
        protects=Protects.NATURAL,
    ),
    Law(
        Regime.PT172,
        (Channel.AUTOMATED_CALL,),
        "art. 172 ustawy z dnia 16 lipca 2004 r. – Prawo telekomunikacyjne (PT): automatyczne "
        "systemy wywołujące",
        "Art. 172 of the Telecommunications Law of 16 July 2004 (PT): automated calling systems",
        since=date(2004, 9, 3),
        until=TERMINAL_EQUIPMENT,
    ),
    Law(
        Regime.PT172,
        (Channel.EMAIL, Channel.SMS, Channel.VOICE, Channel.AUTOMATED_CALL),
        "art. 172 ustawy z dnia 16 lipca 2004 r. – Prawo telekomunikacyjne (PT): telekomunikacyjne "
        "urządzenia końcowe i automatyczne systemy wywołujące",
        "Art. 172 of the Telecommunications Law of 16 July 2004 (PT): telecommunications terminal "
        "equipment and automated calling systems",
        since=TERMINAL_EQUIPMENT,
        until=PKE_IN_FORCE,
    ),
    Law(
        Regime.PKE398,
        (
            Channel.EMAIL,
            Channel.SMS,
            Channel.VOICE,
            Channel.AUTOMATED_CALL,
            Channel.MESSENGER,
            Channel.PUSH,
        ),
        "art. 398 ustawy z dnia 12 lipca 2024 r. – Prawo komunikacji elektronicznej (PKE)",
        "Art. 398 of the Electronic Communications Law of 12 July 2024 (PKE)",
        since=PKE_IN_FORCE,
    ),
    Law(
        Regime.GDPR,
        (Channel.POST,),
        "poza zakresem art. 398 PKE; samo RODO (podstawa z art. 6, sprzeciw z art. 21 ust. 2)",
        "outside Art. 398 PKE; the GDPR alone (a basis of Art. 6, objection under Art. 21(2))",
        since=date(2018, 5, 25),
        consent_required=False,
    ),
)


@transaction.atomic
def create_missing() -> int:
    """Create what is not in the registers by its key; returns how many."""
    rules = [rule for law in LAWS for rule in law.rules()]
    triggers = [
        {**trigger._asdict(), "position": place} for place, trigger in enumerate(TRIGGERS, start=1)
    ]
    with acting(way=Way.COMMAND, reason=REASON):
        return _create(ChannelRule, rules) + _create(RetentionTrigger, triggers)


def _create(model: type[AuditedModel], rows: list[dict[str, Any]]) -> int:
    known = set(model._default_manager.values_list("slug", flat=True))
    missing = [row for row in rows if row["slug"] not in known]
    for values in missing:
        record = model(**values)
        record.full_clean()
        record.save()
    return len(missing)


def create_after_migrate(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """post_migrate of this app; a migration back to nothing leaves no table to fill."""
    if using == DEFAULT_DB_ALIAS and _tables_exist():
        create_missing()


def _tables_exist() -> bool:
    names = connection.introspection.table_names()
    return all(model._meta.db_table in names for model in (ChannelRule, RetentionTrigger))
