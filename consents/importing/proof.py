"""What an import keeps as proof: the file's hash, and a row's own traces such as an IP address."""

import json
from typing import Any

from consents.choices import EvidenceKind
from consents.models import ConsentImport, Evidence


def file_evidence(upload: ConsentImport, member: str) -> Evidence:
    """The evidence of one file (or of one file of an archive), made when first needed."""
    kept: dict[str, int] = upload.counts.setdefault("evidence", {})
    if member in kept:
        return Evidence.objects.get(pk=kept[member])
    evidence = Evidence.of(EvidenceKind.IMPORT_FILE, _told({**_file(upload), "member": member}))
    evidence.save()
    kept[member] = evidence.pk
    return evidence


def row_evidence(upload: ConsentImport, rows: list[tuple[int, int, str, str]]) -> list[Evidence]:
    """Saved evidence of rows (position, line, member, IP address), in their order."""
    made = [
        Evidence.of(
            EvidenceKind.IMPORT_ROW,
            _told({"sha256": upload.sha256, "member": member, "line": line, "ip": ip}),
        )
        for _position, line, member, ip in rows
    ]
    return Evidence.objects.bulk_create(made)


def _file(upload: ConsentImport) -> dict[str, Any]:
    return {
        "file": upload.file_name,
        "sha256": upload.sha256,
        "size": upload.size,
        "source": upload.source.slug,
        "purpose": upload.purpose.slug,
        "format": upload.preset,
        "encoding": upload.encoding,
        "time_zone": upload.time_zone,
        "as_of": upload.as_of.isoformat() if upload.as_of else None,
        "mapping": upload.mapping,
    }


def _told(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)
