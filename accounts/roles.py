"""Roles as code: each app says in its AppConfig which of its permissions a role has."""

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.db import transaction

from accounts.choices import Role


def permissions_by_role() -> dict[str, set[str]]:
    """Role → ``app_label.codename`` of every permission it has, gathered from all apps."""
    granted: dict[str, set[str]] = defaultdict(set)
    for config in apps.get_app_configs():
        for role, codenames in getattr(config, "role_permissions", {}).items():
            granted[role] |= {f"{config.label}.{codename}" for codename in codenames}
    return granted


@transaction.atomic
def synchronise() -> None:
    """Make the group of every role hold exactly the permissions that the code gives it.

    Raises LookupError where an app names a permission that does not exist.
    """
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type")
    }
    granted = permissions_by_role()
    if missing := set().union(*granted.values()) - set(known):
        raise LookupError(f"Roles name permissions that do not exist: {sorted(missing)}")
    for role in Role.values:
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in granted[role]])


def synchronise_after_migrate(sender: Any, using: str = "default", **_: Any) -> None:
    """post_migrate, once for the last app: permissions of every app exist by then."""
    if sender.label != list(apps.app_configs)[-1]:
        return
    for config in apps.get_app_configs():
        create_contenttypes(config, verbosity=0, using=using)
        create_permissions(config, verbosity=0, using=using)
    synchronise()
