"""From the items of a request to statements: what they name is read once for all of them."""

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.api.idempotency import digest_of, key_of
from accounts.models import ApiClient
from consents.api.contacts import REASONS
from consents.choices import EvidenceKind
from consents.contacts import Contact, Unusable, normalise
from consents.models import ConsentWording, Evidence, LeadSource
from consents.recording import Person, Statement, wrong
from processing.api.purposes import granted_purposes
from processing.choices import KIND_OF_CHANNEL, Channel


def statements(client: ApiClient, items: list[dict[str, Any]]) -> list[Statement | ValidationError]:
    """Each of ``items`` as a statement, or what it names in vain; undated ones are of now."""
    named = Named(client, items)
    now = timezone.now()
    return [_statement(named, item, now) for item in items]


def _statement(named: "Named", item: dict[str, Any], now: datetime) -> Statement | ValidationError:
    try:
        return named.statement({"occurred_at": now, "is_now": "occurred_at" not in item, **item})
    except ValidationError as error:
        return error


class Named:
    """Purposes granted to ``client``, sources of their controllers, and wordings, by their keys."""

    def __init__(self, client: ApiClient, items: list[dict[str, Any]]) -> None:
        purposes = granted_purposes(client).filter(slug__in={item["purpose"] for item in items})
        self.purposes = {purpose.slug: purpose for purpose in purposes}
        # By controller: a source of somebody else is as good as none.
        sources = LeadSource.objects.filter(
            slug__in={item["source"] for item in items},
            controller__in={p.activity.controller_id for p in self.purposes.values()},
        )
        self.sources = {(source.controller_id, source.slug): source for source in sources}
        wordings = ConsentWording.objects.filter(
            uuid__in={item["wording"] for item in items if "wording" in item},
            purpose__in=self.purposes.values(),
        )
        self.wordings = {wording.uuid: wording for wording in wordings}

    def statement(self, item: dict[str, Any]) -> Statement:
        """Raises ValidationError."""
        purpose = _found(self.purposes, item["purpose"], "purpose")
        source = _found(self.sources, (purpose.activity.controller_id, item["source"]), "source")
        told = {name: item.get(name) for name in ("valid_until", "about")}
        return Statement(
            kind=item["kind"],
            contact=contact_of(KIND_OF_CHANNEL[Channel(item["channel"])], item["contact"]),
            purpose=purpose,
            channel=item["channel"],
            source=source,
            method=item["method"],
            occurred_at=item["occurred_at"],
            giver=item["giver"],
            wording=self._wording(item),
            words=item.get("evidence", ""),
            person=Person(**item["person"]) if "person" in item else None,
            is_now=item["is_now"],
            **told,
        )

    def _wording(self, item: dict[str, Any]) -> ConsentWording | None:
        return _found(self.wordings, item["wording"], "wording") if "wording" in item else None


def _found(known: dict[Any, Any], key: Any, field: str) -> Any:
    if key not in known:
        raise wrong(field, "not_found", _("There is none of this name here."))
    return known[key]


def contact_of(kind: str, text: str) -> Contact:
    """``text`` in its one spelling. Raises ValidationError, without the value."""
    try:
        return normalise(kind, text)
    except Unusable as error:
        raise wrong("contact", error.reason, str(REASONS[error.reason])) from error


def proof_of(request: Request) -> Evidence:
    """What proves that ``request`` was made, for acts that bring no evidence of their own."""
    told = {
        "client": request.user.name,
        "idempotency_key": key_of(request),
        "sha256": digest_of(request),
        "received_at": timezone.now().isoformat(),
    }
    return Evidence.of(EvidenceKind.REQUEST, json.dumps(told, ensure_ascii=False, sort_keys=True))
