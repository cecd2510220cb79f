"""May these contacts be contacted? Asked by machines before they dial (performance.md)."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.quota import take
from accounts.api.serializers import ProblemSerializer
from accounts.api.views import ApiView
from accounts.choices import Scope
from audit import access
from audit.choices import AccessAction
from audit.text import iso
from screening.api.questions import question
from screening.api.serializers import AnswersSerializer, CheckSerializer
from screening.duties import Duty, duties
from screening.evidence import Evidence, Rule, evidence
from screening.manifests import subject_of
from screening.question import Question
from screening.verdict import Verdict, check_valid_until, judge

ASKED = {
    "purpose": "marketing-own",
    "channel": "voice",
    "contacts": ["601 602 603", "+48 22 555 01 23"],
}
ALLOWED = {
    "contact": "601 602 603",
    "verdict": "allow",
    "reasons": [],
    "basis": {
        "gdpr": "6-1-a",
        "law": None,
        "rules": [
            {
                "slug": "voice-pke398",
                "regime": "pke398",
                "consent_required": True,
                "provision_pl": "art. 398 ust. 1 PKE",
                "provision_en": "art. 398(1) PKE",
            }
        ],
    },
    "evidence": {
        "event": "0b6e7a52-8f0c-4d52-9a55-6a4a2c1d6f10",
        "since": "2025-03-01T12:00:00Z",
        "wording": "marketing-own/voice/pl/3",
        "source": "web-form",
        "balance_test": None,
        "notice": "klienci/4",
    },
    "obligations": [
        {
            "code": "announce_recording",
            "sentence_pl": "„Ta rozmowa jest nagrywana.”",
            "sentence_en": "“This call is recorded.”",
        }
    ],
}
DENIED = {
    "contact": "+48 22 555 01 23",
    "verdict": "deny",
    "reasons": ["withdrawn"],
    "basis": None,
    "evidence": None,
    "obligations": [],
}
ANSWERED = {
    "as_of": "2026-11-24T08:42:00Z",
    "valid_until": "2026-11-24T08:57:00Z",
    "results": [ALLOWED, DENIED],
}


# It keeps nothing of what it reads: to make one for each call takes longer than to read by it.
CHECK = CheckSerializer()


class ChecksView(ApiView):
    scope = Scope.CHECK

    @extend_schema(
        operation_id="ask_checks",
        summary="May these contacts be contacted?",
        tags=["checks"],
        request=CheckSerializer,
        responses={
            200: AnswersSerializer,
            **dict.fromkeys((400, 401, 403, 404, 415, 429), ProblemSerializer),
        },
        examples=[
            OpenApiExample("two numbers", ASKED, request_only=True),
            OpenApiExample("one yes, one no", ANSWERED, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """The verdict on each contact, in order; nothing is changed by asking.

        Ask again once `valid_until` has passed. Each contact counts against the day's quota, also
        one that the register does not know.
        """
        asked = CHECK.run_validation(request.data)
        contacts = asked.pop("contacts")
        take(self.client, len(contacts))
        about = question(self.client, **asked)
        verdicts = judge(about, contacts)
        if settings.LOG_CHECKS:
            _log(about, verdicts)
        return Response(answers(about, contacts, verdicts))


def _log(about: Question, verdicts: Sequence[Verdict]) -> None:
    allowed = sum(verdict.is_allowed for verdict in verdicts)
    access.answered(
        AccessAction.CHECK,
        subject_of(about),
        rows=len(verdicts),
        filters={
            "purpose": about.purpose.slug,
            "channel": about.channel,
            "tool": about.tool.slug if about.tool else "",
            "as_of": iso(about.at),
            "known_at": iso(about.known_at),
            "allowed": allowed,
            "denied": len(verdicts) - allowed,
        },
    )


# The answer --------------------------------------------------------------------------------------


def answers(
    about: Question, contacts: Sequence[str], verdicts: Sequence[Verdict]
) -> dict[str, Any]:
    """As ``AnswersSerializer`` describes it; written by hand, which takes a tenth of the time."""
    return {
        "as_of": iso(about.at),
        "valid_until": iso(check_valid_until(about)),
        "results": list(_results(about, contacts, verdicts)),
    }


def _results(
    about: Question, contacts: Sequence[str], verdicts: Sequence[Verdict]
) -> Iterator[dict[str, Any]]:
    rests_on, to_do = evidence(about, verdicts), duties(about, verdicts)
    bases: dict[bool, dict[str, Any]] = {}
    for contact, verdict, proof, said in zip(contacts, verdicts, rests_on, to_do, strict=True):
        if proof and verdict.is_company not in bases:
            bases[verdict.is_company] = _basis(proof)
        yield {
            "contact": contact,
            "verdict": "allow" if proof else "deny",
            "reasons": verdict.reasons,
            "basis": bases[verdict.is_company] if proof else None,
            "evidence": _evidence(proof) if proof else None,
            "obligations": [_obligation(duty) for duty in said],
        }


def _basis(proof: Evidence) -> dict[str, Any]:
    return {
        "gdpr": proof.basis or None,
        "law": proof.basis_law or None,
        "rules": [{name: getattr(rule, name) for name in Rule.__slots__} for rule in proof.rules],
    }


def _evidence(proof: Evidence) -> dict[str, Any]:
    return {
        "event": str(proof.event) if proof.event else None,
        "since": iso(proof.since) if proof.since else None,
        "wording": proof.wording or None,
        "source": proof.source or None,
        "balance_test": proof.balance_test or None,
        "notice": proof.notice or None,
    }


def _obligation(duty: Duty) -> dict[str, str]:
    return {
        "code": duty.code,
        "sentence_pl": duty.sentence_pl,
        "sentence_en": duty.sentence_en,
    }
