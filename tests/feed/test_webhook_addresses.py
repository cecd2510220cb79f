"""Where a message may be sent, and above all where not (security.md 40: SSRF)."""

import socket
from ipaddress import ip_address, ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError

from ccgdpr.environment import networks
from feed.webhooks import addresses
from feed.webhooks.addresses import Refused, Unresolved, is_open, target

# No address at all, whatever its name means.
MALFORMED = [
    "",
    "https://",
    "https:///x",
    "dialler.example/hook",
    "//dialler.example/hook",
    "http://dialler.example/hook",
    "ftp://dialler.example/hook",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "https://user:secret@dialler.example/",
    "https://dialler.example@127.0.0.1/",
    "https://127.0.0.1#@dialler.example/",
    "https://dialler.example/#here",
    "https://dialler.example\\@127.0.0.1/",
    "https://dialler.example /",
    "https://dialler.example/\r\nHost: 127.0.0.1",
    "https://dialler.example/\tx",
    "https://dialler%2eexample/",
    "https://dialler..example/",
    "https://-dialler.example/",
    "https://żółw.example/",
    "https://１２７.0.0.1/",
    "https://dialler.example:0/",
    "https://dialler.example:22/",
    "https://dialler.example:25/",
    "https://dialler.example:99999/",
    "https://dialler.example:https/",
    "https://[::1/",
    "https://[dialler.example]/",
    # Numbers that every resolver reads as 127.0.0.1 or 169.254.169.254.
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://169.254.43518/",
    "https://0xa9fea9fe/",
]
CLOSED = [
    "0.0.0.0",  # noqa: S104 (nothing binds to it)
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OPEN = ["1.1.1.1", "8.8.8.8", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4009::200e"]


def resolving(monkeypatch, *found: str) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in found]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *args, **options: rows)


def literal(address: str) -> str:
    return f"https://[{address}]/" if ":" in address else f"https://{address}/"


@pytest.mark.parametrize("url", MALFORMED)
def test_what_is_no_plain_https_address_is_refused_with_a_sentence(url):
    with pytest.raises(ValidationError) as refusal:
        target(url)
    assert refusal.value.messages[0].endswith(".")


@pytest.mark.parametrize("address", CLOSED)
def test_an_address_of_a_closed_network_is_refused(address):
    with pytest.raises(ValidationError):
        target(literal(address))


@pytest.mark.parametrize("address", CLOSED)
def test_a_name_that_means_a_closed_network_is_refused(monkeypatch, address):
    resolving(monkeypatch, address)
    with pytest.raises(Refused):
        addresses.addresses(target("https://dialler.example/"))


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_open_internet_is_accepted(address):
    assert target(literal(address)).host == address
    assert is_open(ip_address(address))


def test_a_name_that_means_an_open_and_a_closed_address_is_refused_as_a_whole(monkeypatch):
    resolving(monkeypatch, "1.1.1.1", "127.0.0.1")
    with pytest.raises(Refused):
        addresses.addresses(target("https://dialler.example/"))


def test_a_name_without_an_address_is_told_apart_from_a_refused_one(monkeypatch):
    def fail(*args, **options):
        raise socket.gaierror

    monkeypatch.setattr(addresses.socket, "getaddrinfo", fail)
    with pytest.raises(Unresolved):
        addresses.addresses(target("https://dialler.example/"))


def test_a_network_that_the_house_names_is_open(settings):
    settings.WEBHOOK_NETWORKS = [ip_network("10.1.0.0/16")]
    assert is_open(ip_address("10.1.2.3"))
    assert not is_open(ip_address("10.2.2.3"))
    assert not is_open(ip_address("::ffff:10.1.2.3"))


def test_a_name_is_written_as_it_is_asked_for():
    wanted = target("https://Dialler.Example.:8443/a?b=1")
    assert (wanted.host, wanted.port, wanted.path) == ("dialler.example", 8443, "/a?b=1")
    assert wanted.named == "dialler.example:8443"


@pytest.mark.parametrize("text", ["10.1.0.0/99", "dialler.example", "10.1.0.1/16"])
def test_a_network_that_is_none_stops_the_house(monkeypatch, text):
    monkeypatch.setenv("WEBHOOK_NETWORKS", text)
    with pytest.raises(ImproperlyConfigured, match="WEBHOOK_NETWORKS"):
        networks("WEBHOOK_NETWORKS")
