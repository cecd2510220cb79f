"""How a kept reason reads."""

from django.utils import translation

from audit.reasons import readable

EVIDENCE = f"evidence 64e28c8b-eb98-4f9e-af99-74f59453be36, SHA-256 {'f1' * 32}"


def test_the_evidence_behind_a_reason_is_named_in_short() -> None:
    with translation.override("en"):
        assert readable(EVIDENCE) == "evidence 64e28c8b, SHA-256 f1f1f1f1f1f1…"


def test_words_about_evidence_stay_as_they_were_typed() -> None:
    with translation.override("en"):
        assert readable(f"see {EVIDENCE}") == f"see {EVIDENCE}"
