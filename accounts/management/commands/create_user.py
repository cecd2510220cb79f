"""``manage.py create_user``: the first login of a house, and any later one."""

import difflib
import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from audit.act import acting
from audit.choices import Way


class Command(BaseCommand):
    help = (
        "Creates a person who can sign in. The password is asked for twice, or read as one line "
        "from standard input when that is not a terminal; it never stands on the command line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail address to sign in with")
        parser.add_argument("--role", required=True, help=f"one of {', '.join(Role.values)}")
        parser.add_argument("--name", default="", help="full name, as the trail shows it")

    def handle(self, *args: Any, email: str, role: str, name: str, **options: Any) -> None:
        user = User(
            email=email.strip().lower(), full_name=name or _name_from(email), role=_role(role)
        )
        try:
            user.full_clean(exclude=["password"])
            password = _asked_password()
            validate_password(password, user)
            with transaction.atomic(), acting(way=Way.COMMAND, reason="create_user"):
                User.objects.create_user(
                    user.email, password, full_name=user.full_name, role=user.role
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"Created {user.role}: {user.full_name}")


def _role(name: str) -> str:
    """The role of that name in any case; CommandError names the nearest."""
    known = {value.lower(): value for value in Role.values}
    if role := known.get(name.strip().lower()):
        return role
    near = difflib.get_close_matches(name.strip().lower(), known, n=1, cutoff=0)
    raise CommandError(
        f"There is no role {name}. Did you mean {known[near[0]]}? Roles: {', '.join(Role.values)}."
    )


def _name_from(email: str) -> str:
    """``jan.kowalski@firma.example`` as Jan Kowalski, until somebody corrects it."""
    return email.partition("@")[0].replace(".", " ").replace("_", " ").title()


def _asked_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password again: "):
        raise CommandError("The two passwords differ. Nothing was created.")
    return password
