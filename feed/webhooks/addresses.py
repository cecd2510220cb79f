"""Where a message may be sent: to the open internet and to networks that the house names.

Whoever can name an address could otherwise let the house knock on doors behind its own wall
(SSRF): its database, the metadata of its cloud, a printer. So the name is resolved once, every
address that it has is looked at, and the connection goes to one of those (``posting``).
"""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Address = IPv4Address | IPv6Address

HTTPS = 443
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
# What every resolver reads as a number, however it is written: 0x7f.1, 0177.1, 2130706433.
NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
UNICAST = ip_network("2000::/3")
# Global by the book, and yet they lead elsewhere: relays and tunnels into IPv4, and what the
# registry keeps for special use. Python's own list differs from release to release.
SPECIAL = [
    ip_network(each)
    for each in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
]


class Refused(Exception):
    """The address is none to which the house sends anything."""


class Unresolved(Exception):
    """The name has no address at present."""


@dataclass(frozen=True)
class Target:
    """An address taken apart: the ASCII name or literal ``host``, and what is asked of it."""

    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTPS else f"{host}:{self.port}"


def target(url: str) -> Target:
    """``url`` taken apart. Raises ValidationError with a sentence where nothing is sent there."""
    if not url.isascii() or re.search(r"[\s\x00-\x20\x7f\\]", url):
        raise ValidationError(_("An address holds neither blanks nor letters beyond a–z."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValidationError(_("This is no address of the web.")) from error
    if parts.scheme != "https":
        raise ValidationError(_("Messages are sent by https:// alone."))
    if "@" in parts.netloc or parts.fragment:
        raise ValidationError(_("An address holds neither a password nor a # part."))
    host = _host(parts.hostname or "")
    if port is not None and port != HTTPS and not 1024 <= port <= 65535:
        raise ValidationError(_("The port is 443, or one from 1024 on."))
    query = f"?{parts.query}" if parts.query else ""
    return Target(host, port or HTTPS, (parts.path or "/") + query)


def _host(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return _name(host.removesuffix("."))
    if "%" in host or not is_open(address):
        raise ValidationError(_("This address belongs to a network to which nothing is sent."))
    return str(address)


def _name(name: str) -> str:
    labels = name.split(".")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise ValidationError(_("This is no address of the web."))
    if NUMBER.fullmatch(labels[-1]):
        raise ValidationError(_("Write an IP address in full, such as 203.0.113.7."))
    return name


def addresses(wanted: Target) -> list[str]:
    """The IP addresses of ``wanted``, each of which may be connected to.

    Resolves the name, once. Raises Refused where one of them may not be, Unresolved where there is
    none. A name that means an open and a closed address is refused as a whole: it is no mistake.
    """
    try:
        found = socket.getaddrinfo(wanted.host, wanted.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved from error
    return _checked(str(sockaddr[0]) for *_kind, sockaddr in found)


def _checked(found: Iterable[str]) -> list[str]:
    distinct = list(dict.fromkeys(found))
    if not distinct:
        raise Unresolved
    for text in distinct:
        if "%" in text or not is_open(ip_address(text)):
            raise Refused
    return distinct


def is_open(address: Address) -> bool:
    """Whether messages may go to ``address``: to a network of WEBHOOK_NETWORKS, or global."""
    if any(address in network for network in settings.WEBHOOK_NETWORKS):
        return True
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if any(address in network for network in SPECIAL):
        return False
    return address.version == 4 or address in UNICAST
