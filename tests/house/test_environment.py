"""Configuration that is wrong stops the house with the variable's name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ccgdpr.environment import command, hour, hours, positive, secret, site_url
from tests.process import HOUSE


def test_a_missing_secret_is_refused_outside_debug(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        secret("SECRET_KEY", directory=tmp_path, debug=False)


def test_a_secret_is_made_once_under_debug_and_for_its_owner_alone(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY")
    first = secret("SECRET_KEY", directory=tmp_path, debug=True)
    assert first == secret("SECRET_KEY", directory=tmp_path, debug=True)
    assert Path(tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["0", "-1", "soon", ""])
def test_a_number_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("LIST_VALID_HOURS", text)
    with pytest.raises(ImproperlyConfigured, match="LIST_VALID_HOURS"):
        positive("LIST_VALID_HOURS", default=4)


@pytest.mark.parametrize("text", ["9-20", "09:00-25:00", "always"])
def test_hours_that_are_none_are_refused(monkeypatch, text):
    monkeypatch.setenv("CONTACT_HOURS", text)
    with pytest.raises(ImproperlyConfigured, match="CONTACT_HOURS"):
        hours("CONTACT_HOURS")


def test_hours_are_read(monkeypatch):
    monkeypatch.setenv("CONTACT_HOURS", "09:00-20:00")
    assert hours("CONTACT_HOURS") == "09:00-20:00"


def test_a_command_is_split_as_a_shell_does(monkeypatch):
    monkeypatch.setenv("DOCUMENT_SCANNER", "clamdscan --config 'a b' -")
    assert command("DOCUMENT_SCANNER") == ["clamdscan", "--config", "a b", "-"]


def test_a_command_with_an_open_quote_is_refused(monkeypatch):
    monkeypatch.setenv("DOCUMENT_SCANNER", "clamdscan 'x")
    with pytest.raises(ImproperlyConfigured, match="DOCUMENT_SCANNER"):
        command("DOCUMENT_SCANNER")


@pytest.mark.parametrize("text", ["ccgdpr.example", "https://ccgdpr.example/", "ftp://x"])
def test_an_address_of_the_house_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("SITE_URL", text)
    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        site_url("SITE_URL", hosts=[], debug=False)


def test_the_house_is_under_its_first_host_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    hosts = ["rodo.example", "localhost"]
    assert site_url("SITE_URL", hosts=hosts, debug=False) == "https://rodo.example"


def test_a_house_on_postgresql_shares_a_known_number_of_connections():
    told = "from django.conf import settings; d = settings.DATABASES['default']; "
    told += "print(d['OPTIONS']['pool']['max_size'], d.get('CONN_MAX_AGE', 0))"
    env = {**os.environ, "DATABASE_URL": "postgres://x@127.0.0.1/x", "DATABASE_CONNECTIONS": "7"}
    env["DJANGO_SETTINGS_MODULE"] = "ccgdpr.settings"
    said = subprocess.run(
        [sys.executable, "-c", told], cwd=HOUSE, env=env, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["7", "0"]


@pytest.mark.parametrize("text", ["24", "-1", "noon", ""])
def test_an_hour_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("DAILY_WORK_HOUR", text)
    with pytest.raises(ImproperlyConfigured, match="DAILY_WORK_HOUR"):
        hour("DAILY_WORK_HOUR", default=3)


@pytest.mark.parametrize(("text", "meant"), [("0", 0), ("23", 23), ("off", None)])
def test_an_hour_is_read(monkeypatch, text, meant):
    monkeypatch.setenv("DAILY_WORK_HOUR", text)
    assert hour("DAILY_WORK_HOUR", default=3) == meant
