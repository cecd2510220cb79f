"""Reads configuration from the environment, loudly.

Every value that settings.py needs comes through here, so that a missing or unsafe one stops the
process with a sentence that names the variable and says how to set it.
"""

import re
import secrets
import shlex
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def secret(name: str, *, directory: Path, debug: bool) -> str:
    """The secret ``name``: from the environment, or under DEBUG generated once into ``directory``.

    Raises ImproperlyConfigured where it is missing outside DEBUG or shorter than 32 characters.
    """
    value = env.str(name, default="")
    if not value and debug:
        value = _generated_once(directory / name.lower())
    if len(value) < 32:
        raise ImproperlyConfigured(
            f"{name} is missing or shorter than 32 characters. Set it in the environment, for "
            f"example: export {name}=$(python3 -c 'import secrets; print(secrets.token_hex(32))')"
        )
    return value


def positive(name: str, *, default: int) -> int:
    """A whole number above zero. Raises ImproperlyConfigured for anything else."""
    text = env.str(name, default=str(default))
    if not text.isdigit() or int(text) == 0:
        raise ImproperlyConfigured(f"{name} must be a whole number above 0, not {text!r}.")
    return int(text)


def hours(name: str) -> str:
    """Hours of a day as ``09:00-20:00``, or empty; ImproperlyConfigured for anything else."""
    text = env.str(name, default="")
    clock = r"([01]\d|2[0-3]):[0-5]\d"
    if text and not re.fullmatch(f"{clock}-{clock}", text):
        raise ImproperlyConfigured(f"{name} must read like 09:00-20:00, not {text!r}.")
    return text


def hour(name: str, *, default: int | None) -> int | None:
    """An hour of the day, 0 to 23, or None for ``off``; ImproperlyConfigured for anything else."""
    text = env.str(name, default="off" if default is None else str(default))
    if text == "off":
        return None
    if not text.isdigit() or int(text) > 23:
        raise ImproperlyConfigured(f"{name} must be an hour from 0 to 23, or off, not {text!r}.")
    return int(text)


def command(name: str) -> list[str]:
    """A command line, split as a shell splits it; ImproperlyConfigured for a quote left open."""
    text = env.str(name, default="")
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is no command line: {text!r}.") from error


def site_url(name: str, *, hosts: list[str], debug: bool) -> str:
    """The address under which people open the house, without a slash at its end.

    By default the first allowed host. Raises ImproperlyConfigured for what is no such address.
    """
    first = next((host for host in hosts if host != "*"), "localhost").lstrip(".")
    url = env.str(name, default="http://127.0.0.1:8000" if debug else f"https://{first}")
    if not re.fullmatch(r"https?://[\w.-]+(:\d+)?", url):
        raise ImproperlyConfigured(f"{name} must read like https://ccgdpr.example, not {url!r}.")
    return url


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks with commas between them, or none; ImproperlyConfigured for what is no network."""
    try:
        return [ip_network(text.strip()) for text in env.list(name, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must read like 10.1.0.0/16,10.2.3.4: {error}."
        ) from error


def _generated_once(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
