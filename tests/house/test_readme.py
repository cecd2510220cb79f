import re

from django.core.management import get_commands

from tests.house.floors import HOUSE

README = (HOUSE / "README.md").read_text()


def test_every_command_of_the_readme_exists() -> None:
    table = README.split("## Commands")[1].split("## Configuration")[0]
    named = re.findall(r"^\| `(\w+)", table, re.MULTILINE)
    named += re.findall(r"manage\.py (\w+)", README)
    assert set(named) - set(get_commands()) == set()


def test_every_target_of_the_readme_exists() -> None:
    targets = re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"\bmake (\w+)\b(?= *[`\n])", README)) - set(targets) == set()


def test_the_configuration_table_is_what_the_code_reads() -> None:
    table = README.split("## Configuration")[1].split("## Production")[0]
    documented = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))
    assert documented == _read_from_the_environment()


def _read_from_the_environment() -> set[str]:
    """Every variable that the code asks the environment for, wherever it does so."""
    helpers = "secret|positive|command|hours?|networks|site_url"
    asks = rf"\benv(?:\.\w+)?|\b(?:{helpers})|environ(?:\.get)?"
    pattern = rf"(?:{asks})[(\[]\s*\"([A-Z_]+)\""
    files = [HOUSE / "bin/run.py", *HOUSE.glob("*/*.py"), *HOUSE.glob("*/management/commands/*.py")]
    ours = [file for file in files if file.parts[len(HOUSE.parts)] not in ("tests", "var")]
    read = {name for file in ours for name in re.findall(pattern, file.read_text())}
    return read - {"CI", "DJANGO_SETTINGS_MODULE"}
