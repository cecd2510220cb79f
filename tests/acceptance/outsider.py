"""What an outsider does with the house: hands files in, takes lists out, asks what is known."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from consents.models import Consent, ConsentEvent, ContactPoint, Restriction, Suppression

COUNTS = (
    *("rows", "given", "confirmed", "withdrawn", "refused", "restricted", "suppressed"),
    *("protected", "unchanged", "rejected", "applied"),
)
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
AS_OF = "2026-06-01T12:00:00+02:00"


@dataclass
class Outcome:
    """What ``import_consents --json --rejects`` said."""

    said: dict[str, Any]
    rejects: list[dict[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The counts that are not nought."""
        return {name: self.said[name] for name in COUNTS if self.said[name]}

    @property
    def lines(self) -> list[tuple[int, str]]:
        """Line and column of each rejected row."""
        return [(int(row["line"]), row["column"]) for row in self.rejects]

    def __getattr__(self, name: str) -> Any:
        if name in COUNTS:
            return self.said[name]
        raise AttributeError(name)


class Outsider:
    """``run`` imports, ``refusal`` expects exit 2, ``take`` exports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # Files ---------------------------------------------------------------------------------------

    def file(self, body: str | bytes | Path, name: str = "people.csv") -> Path:
        if isinstance(body, Path):
            return body
        path = self.folder / name
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return path

    def archive(self, members: dict[str, str | bytes], name: str = "export.zip") -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, body in members.items():
                archive.writestr(member, body)
        return path

    # In ------------------------------------------------------------------------------------------

    def run(
        self,
        body: str | bytes | Path,
        name: str = "people.csv",
        *,
        mapping: dict[str, Any] | None = None,
        **options: Any,
    ) -> Outcome:
        out, rejects = io.StringIO(), self.folder / "rejects.csv"
        options = {"source": "web-form", "purpose": "newsletter", **options}
        if mapping is not None:
            options["map"] = str(self.file(json.dumps(mapping), "map.json"))
        path = str(self.file(body, name))
        call_command(
            "import_consents", path, json=True, rejects=str(rejects), stdout=out, **options
        )
        with rejects.open(encoding="utf-8-sig", newline="") as file:
            return Outcome(json.loads(out.getvalue()), list(csv.DictReader(file)))

    def refusal(self, body: str | bytes | Path, name: str = "people.csv", **options: Any) -> str:
        """Why the file was refused as a whole; exit 2 and nothing recorded are asserted."""
        before = census()
        with pytest.raises(CommandError) as refused:
            self.run(body, name, **options)
        assert refused.value.returncode == 2
        assert census() == before
        return str(refused.value)

    # Out -----------------------------------------------------------------------------------------

    def take(self, purpose: str = "newsletter", channel: str = "email", **options: Any) -> Path:
        path = self.folder / f"list.{options.get('format', 'csv')}"
        call_command(
            "export_consents",
            purpose=purpose,
            channel=channel,
            output=str(path),
            stdout=io.StringIO(),
            **options,
        )
        return path

    def listed(
        self, purpose: str = "newsletter", channel: str = "email", **options: Any
    ) -> set[str]:
        """The contact points on the list."""
        path = self.take(purpose, channel, **options)
        return {row["contact_point"] for row in read_csv(path)}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# What the register says -------------------------------------------------------------------------


def states(value: str) -> dict[str, str]:
    """The state of each ``purpose channel`` of a live contact point."""
    found = Consent.objects.filter(contact_point__value=value, contact_point__retired_at=None)
    return {
        f"{purpose} {channel}": state
        for purpose, channel, state in found.values_list("purpose__slug", "channel", "state")
    }


def state(value: str, on: str = "newsletter email") -> str | None:
    return states(value).get(on)


def events(value: str) -> list[tuple[str, str]]:
    """Kind and moment (UTC, to the minute) of what a contact point's person did, in order."""
    found = ConsentEvent.objects.filter(contact_point__value=value).order_by("occurred_at", "kind")
    return [(kind, f"{at:%Y-%m-%dT%H:%M}") for kind, at in found.values_list("kind", "occurred_at")]


def stops(value: str) -> set[tuple[str, str | None]]:
    """Kind and channel of the restrictions on a contact point."""
    found = Restriction.objects.filter(contact_point__value=value, lifts=None)
    return set(found.values_list("kind", "channel"))


def known(value: str) -> bool:
    return ContactPoint.objects.filter(value=value).exists()


def suppressions() -> list[Suppression]:
    return list(Suppression.objects.order_by("pk"))


# Uploads, jobs and the access log may tell that somebody tried; staged rows are working data.
WORK = {
    "consents.ConsentImport",
    "consents.StagedAct",
    "consents.StagedContact",
    "consents.StagedReject",
    "audit.Job",
    "audit.AccessEvent",
}


def census() -> dict[str, int]:
    """How many rows each register, record and history table holds."""
    models = (m for m in apps.get_models() if m._meta.label not in WORK)
    return {m._meta.label: m._base_manager.count() for m in models}
