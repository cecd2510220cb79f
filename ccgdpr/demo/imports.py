"""The files that people from partners and vendors came in."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from audit.act import new_batch
from audit.choices import Way
from consents.choices import EvidenceKind, ImportState
from consents.models import ConsentImport, Evidence, LeadSource
from processing.models import Purpose


@dataclass(eq=False)
class Batch:
    """One imported file; ``applied_at`` is when its rows reached the register."""

    source: str
    file_name: str
    obtained_at: datetime
    applied_at: datetime
    owner: User
    batch: UUID = field(init=False)
    line: int = 1
    evidence: Evidence = field(init=False)

    def __post_init__(self) -> None:
        self.batch = new_batch(self.applied_at)
        self.sha256 = hashlib.sha256(self.file_name.encode()).hexdigest()
        body = f'{{"plik": "{self.file_name}", "sha256": "{self.sha256}"}}'
        self.evidence = Evidence.of(EvidenceKind.IMPORT_FILE, body)
        self.evidence.save()

    def next_line(self) -> int:
        """Each row tells two consents; the first line is the header."""
        self.line += 1
        return self.line // 2 + 1

    def act(self) -> dict[str, Any]:
        reason = f"Import: {self.file_name}"
        return {"by": self.owner, "way": Way.IMPORT, "reason": reason, "batch": self.batch}

    def write(self) -> None:
        """The head of the import in the trail, with what it brought: two consents a row."""
        people = (self.line - 1) // 2
        ConsentImport.objects.create(
            batch=self.batch,
            source=LeadSource.objects.get(slug=self.source),
            purpose=Purpose.objects.get(slug="marketing-own"),
            owner=self.owner,
            file_name=self.file_name,
            size=96 * self.line,
            sha256=self.sha256,
            encoding="utf-8",
            as_of=self.obtained_at,
            state=ImportState.APPLIED,
            counts={"rows": people, "given": self.line - 1, "applied": people},
            applied_through=people,
            reason="Partia od dostawcy",
            created_at=self.applied_at,
            applied_at=self.applied_at,
        )
