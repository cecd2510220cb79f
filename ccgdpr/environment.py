"""Reads configuration from the environment, loudly.

Every value that settings.py needs comes through here, so that a missing or unsafe one stops the
process with a sentence that names the variable and says how to set it.
"""

import secrets
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


def _generated_once(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
