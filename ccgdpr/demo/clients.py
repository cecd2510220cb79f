"""Two machines that call: the dialler of the floor, and the form on the centre's own site."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from accounts.choices import Scope
from accounts.models import ApiClient, ApiKey, ApiUsage
from accounts.models.clients import MARK
from ccgdpr.demo.making import make, warsaw
from processing.models import ClientGrant, Purpose

CONTACT = "Zespół utrzymania systemów, tel. wewn. 4400"
# The machine itself, so that the demo's keys are of no use to anybody else.
LOOPBACK = "127.0.0.0/8\n::1/128"
HOLDS = timedelta(days=180)
# Working days on which the dialler asked; on Saturday and Sunday nobody dials.
ASKED_FOR = 30


@dataclass(frozen=True)
class Machine:
    """A client of the demo; ``prefix`` begins its key, so that one is known for a demo's."""

    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    purposes: tuple[str, ...]
    limits: dict[str, object] = field(default_factory=dict)

    def text(self, secret: str) -> str:
        return f"{MARK}_{self.prefix}_{secret}"


MACHINES = (
    Machine(
        "Dialer",
        "de0000000001",
        (Scope.CHECK, Scope.RECORD, Scope.READ, Scope.SCREEN),
        ("marketing-own", "newsletter", "satisfaction-survey"),
        {"networks": LOOPBACK},
    ),
    Machine(
        "Formularz WWW",
        "de0000000002",
        (Scope.RECORD,),
        ("marketing-own", "newsletter"),
        {"networks": LOOPBACK, "daily_contacts": 5_000},
    ),
)


def create(secret: str = "") -> None:
    """The clients and what they may use; keys of ``secret`` where one is given."""
    for machine in MACHINES:
        client = _client(machine)
        for purpose in Purpose.objects.filter(slug__in=machine.purposes):
            key = {"client": client, "purpose": purpose}
            make(ClientGrant, key, active_from=warsaw(2026, 1, 7))
        if secret and not ApiKey.objects.filter(prefix=machine.prefix).exists():
            _issue(machine, client, secret)


def _issue(machine: Machine, client: ApiClient, secret: str) -> None:
    told = {"prefix": machine.prefix, "secret": secret}
    key, _text = ApiKey.made(client=client, until=timezone.now() + HOLDS, **told)
    if client.usage.exists():
        # Whoever asked so much has called.
        key.last_used_at = timezone.now()
        key.save(update_fields=["last_used_at"])


def _used(client: ApiClient) -> None:
    """What it asked about on the working days behind, a little more or less each day."""
    today = timezone.localdate()
    days = [today - timedelta(days=n) for n in range(1, ASKED_FOR)]
    rows = [
        ApiUsage(client=client, day=day, contacts=6_400 + 870 * (day.toordinal() * 7 % 11 - 5))
        for day in days
        if day.weekday() < 5
    ]
    ApiUsage.objects.bulk_create(rows)


def _client(machine: Machine) -> ApiClient:
    may = {f"may_{scope}": True for scope in machine.scopes}
    key = {"name": machine.name}
    client, is_new = make(ApiClient, key, contact=CONTACT, **may, **machine.limits)
    if is_new and Scope.CHECK in machine.scopes:
        _used(client)
    return client
