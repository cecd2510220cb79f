"""What upper rooms add to the pages of this one: they register, and are never named here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.choices import Severity
from audit.verbs import Link
from consents.models import Consent


@dataclass(frozen=True)
class Obstacle:
    """Something that keeps a person from being contacted, as ``admin/findings.html`` shows it."""

    severity: str
    message: Any
    subject: Any = ""
    meta: Any = ""
    mend_url: str = ""
    mend_label: Any = ""

    @property
    def severity_label(self) -> Any:
        return Severity(self.severity).label


ObstacleSource = Callable[[Consent, datetime], Iterable[Obstacle]]
LinkSource = Callable[[Consent, Any], Iterable[Link]]

_obstacle_sources: list[ObstacleSource] = []
_link_sources: list[LinkSource] = []


def register_obstacles(source: ObstacleSource) -> ObstacleSource:
    """``source(consent, moment)`` yields what stands in the way of a contact at ``moment``."""
    _obstacle_sources.append(source)
    return source


def register_links(source: LinkSource) -> LinkSource:
    """``source(consent, user)`` yields verbs that ``user`` may open from a consent's page."""
    _link_sources.append(source)
    return source


def obstacles_of(consent: Consent, moment: datetime) -> list[Obstacle]:
    return [found for source in _obstacle_sources for found in source(consent, moment)]


def links_of(consent: Consent, user: Any) -> list[Link]:
    return [link for source in _link_sources for link in source(consent, user)]
