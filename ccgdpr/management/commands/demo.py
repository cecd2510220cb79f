"""``manage.py demo``: a lived-in contact centre to look at."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiKey, User
from accounts.models.clients import SECRET_BYTES
from ccgdpr import demo
from ccgdpr.demo import clients
from ccgdpr.demo.registers import OWN
from ccgdpr.environment import env
from processors.models import Organisation


class Command(BaseCommand):
    help = (
        "Fills the house with a demo: staff, registers, 500 invented people, two API clients. Only "
        "under DEBUG. A second run changes nothing. DEMO_PASSWORD is the password of the staff; "
        "without it a random one is made and printed, as are the keys of the clients."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing where the house already has people or companies of its own",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo is for DEBUG alone: set DEBUG=1, never in production.")
        if _is_somebodys_house():
            if options["if_empty"]:
                return
            raise CommandError(
                "This house already has a centre of its own. The demo needs an empty one."
            )
        password = env.str("DEMO_PASSWORD", default="") or _kept("demo_password", 12)
        key_secret = _kept("demo_key", SECRET_BYTES)
        team = demo.build(password=password, key_secret=key_secret)
        self.stdout.write(_logins(list(team.values()), password))
        self.stdout.write(_keys(key_secret))


def _is_somebodys_house() -> bool:
    theirs = Organisation.objects.own().exclude(slug=OWN)
    users = User.objects.exists() or Organisation.objects.exists()
    return theirs.exists() or (users and not Organisation.objects.filter(slug=OWN).exists())


def _kept(name: str, bytes_: int) -> str:
    """Random, made once: a later run must be able to say it again."""
    path = settings.DATA_DIR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(bytes_), encoding="ascii")
    return path.read_text(encoding="ascii")


def _logins(team: list[User], password: str) -> str:
    lines = [f"  {user.email:<30}{user.role:<12}{user.full_name}" for user in team]
    known = all(user.check_password(password) for user in team)
    secret = password if known else "as set when the demo was made, or changed since"
    return "\n".join(["Demo logins:", *lines, f"  password: {secret}"])


def _keys(secret: str) -> str:
    lines = [f"  {machine.name:<30}{_shown(machine.text(secret))}" for machine in clients.MACHINES]
    head = "Demo keys of /api/v1/, from this machine alone (ccgdpr_de000000000…: never a real one):"
    return "\n".join([head, *lines])


def _shown(text: str) -> str:
    key = ApiKey.of(text)
    return text if key and not key.is_ended else "ended, or issued by another run"
