"""Why not, and what must be said: codes, their order, and sentences (verdict.md §2).

The order of ``REASONS`` is the order of every answer; the first one is the one a list counts by.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Reason:
    """``sentence`` says it of one person; ``law`` is the provision behind it, or nothing."""

    code: str
    label: str | Promise
    sentence: str | Promise
    law: str | Promise = ""


@dataclass(frozen=True)
class Obligation:
    """``sentence`` is to be said or done; ``when`` tells at which point and why."""

    code: str
    sentence: str | Promise
    when: str | Promise
    law: str | Promise = ""


OF_THE_PURPOSE = (
    Reason(
        "purpose_inactive",
        # Translators: Cel nieaktywny
        _("Purpose not active"),
        # Translators: Tego celu wtedy nie realizowano.
        _("The purpose is not pursued at that moment."),
        # Translators: art. 5 ust. 1 lit. b RODO
        _("Art. 5(1)(b) GDPR"),
    ),
    Reason(
        "no_instruction",
        # Translators: Brak umowy z klientem
        _("No agreement with the client"),
        # Translators: Nie obowiązuje umowa powierzenia z klientem, dla którego miałby to być
        # kontakt.
        _("No processing agreement is in force with the client for whom contact would be made."),
        # Translators: art. 28 ust. 3 lit. a i art. 29 RODO
        _("Art. 28(3)(a) and 29 GDPR"),
    ),
    Reason(
        "balance_test_missing",
        # Translators: Brak testu równowagi
        _("No balance test"),
        # Translators: Cel opiera się na prawnie uzasadnionym interesie, a nikt nie zatwierdził
        # testu równowagi.
        _("The purpose rests on a legitimate interest, and no balance test has been approved."),
        # Translators: art. 6 ust. 1 lit. f RODO
        _("Art. 6(1)(f) GDPR"),
    ),
    Reason(
        "balance_test_expired",
        # Translators: Test równowagi nieaktualny
        _("Balance test out of date"),
        # Translators: Minął termin przeglądu testu równowagi, na którym opiera się cel.
        _("The balance test that the purpose rests on is past its review."),
        # Translators: art. 6 ust. 1 lit. f RODO
        _("Art. 6(1)(f) GDPR"),
    ),
    Reason(
        "tool_not_in_use",
        # Translators: Narzędzie nie jest w użyciu
        _("Tool not in use"),
        # Translators: Wskazanego narzędzia nie dopuszczono do użycia albo nie do tej czynności.
        _("The tool that was named has not been put in use, or not for this activity."),
        # Translators: art. 28 i 32 RODO
        _("Art. 28 and 32 GDPR"),
    ),
    Reason(
        "consent_request_blocked",
        # Translators: Pytanie o zgodę też wymaga zgody
        _("A request for consent needs consent too"),
        # Translators: Kontakt z prośbą o zgodę jest marketingiem. Na tym kanale sam wymaga zgody.
        _("Asking for consent is marketing, and this channel needs consent beforehand."),
        # Translators: art. 398 PKE
        _("Art. 398 PKE"),
    ),
)
OF_THE_CONTACT = (
    Reason(
        "invalid_contact",
        # Translators: Nieprawidłowy numer lub adres
        _("Not a valid contact"),
        # Translators: To nie jest numer ani adres, z którego można skorzystać na tym kanale.
        _("This is no number or address that the channel can use."),
    ),
    Reason(
        "unknown_contact",
        # Translators: Spoza rejestru
        _("Not in the register"),
        # Translators: Tego numeru ani adresu nie ma w rejestrze.
        _("This number or address is not in the register."),
        # Translators: art. 7 ust. 1 RODO
        _("Art. 7(1) GDPR"),
    ),
    Reason(
        "undeliverable",
        # Translators: Kontakt nieosiągalny
        _("Undeliverable"),
        # Translators: Numer lub adres nie działa albo zmienił właściciela.
        _("The number or address does not work, or reaches somebody else."),
        # Translators: art. 5 ust. 1 lit. d RODO
        _("Art. 5(1)(d) GDPR"),
    ),
    Reason(
        "processing_restricted",
        # Translators: Ograniczone przetwarzanie
        _("Processing restricted"),
        # Translators: Osoba zażądała ograniczenia przetwarzania.
        _("The person had the processing restricted."),
        # Translators: art. 18 RODO
        _("Art. 18 GDPR"),
    ),
    Reason(
        "do_not_contact",
        # Translators: Zakaz kontaktu
        _("Do not contact"),
        # Translators: Osoba nie życzy sobie kontaktu.
        _("The person does not want to be contacted."),
        # Translators: art. 21 RODO
        _("Art. 21 GDPR"),
    ),
    Reason(
        "suppressed",
        # Translators: Lista wykluczeń
        _("Suppression list"),
        # Translators: Numer lub adres jest na liście wykluczeń.
        _("The number or address is on the suppression list."),
        # Translators: art. 17 i 21 RODO
        _("Art. 17 and 21 GDPR"),
    ),
    Reason(
        "objection",
        # Translators: Sprzeciw wobec marketingu
        _("Objection"),
        # Translators: Osoba sprzeciwiła się takiemu kontaktowi.
        _("The person objected to such contact."),
        # Translators: art. 21 ust. 1–3 RODO
        _("Art. 21(1)–(3) GDPR"),
    ),
    Reason(
        "minor",
        # Translators: Osoba prawdopodobnie niepełnoletnia
        _("Apparent minor"),
        # Translators: Osoba wygląda na niepełnoletnią: marketing jest zamknięty.
        _("The person seems to be a minor, which closes marketing."),
        # Translators: motyw 38 RODO
        _("Recital 38 GDPR"),
    ),
    Reason(
        "art14_overdue",
        # Translators: Zaległy obowiązek informacyjny
        _("Art. 14 information overdue"),
        # Translators: Dane są od innych, a osoby nie poinformowano w ciągu miesiąca.
        _("The data came from others, and the person was not informed within a month."),
        # Translators: art. 14 ust. 3 lit. a RODO
        _("Art. 14(3)(a) GDPR"),
    ),
    Reason(
        "source_unproven",
        # Translators: Zakup bez dowodu zgody
        _("Bought without proof"),
        # Translators: Kontakt kupiono bez dowodu, że osoba zgodziła się na tego administratora.
        _("The contact was bought without proof that the person agreed to this controller."),
        # Translators: art. 7 ust. 1 RODO
        _("Art. 7(1) GDPR"),
    ),
)
OF_THE_CONSENT = (
    Reason(
        "no_consent",
        # Translators: Brak zgody
        _("No consent"),
        # Translators: Osoba nie zgodziła się na ten kanał.
        _("The person has not consented to this channel."),
        # Translators: art. 6 ust. 1 lit. a RODO, art. 398 PKE
        _("Art. 6(1)(a) GDPR, Art. 398 PKE"),
    ),
    Reason(
        "refused",
        # Translators: Zgody odmówiono
        _("Consent refused"),
        # Translators: Osoba odmówiła zgody.
        _("The person refused consent."),
        # Translators: art. 6 ust. 1 lit. a RODO, art. 398 PKE
        _("Art. 6(1)(a) GDPR, Art. 398 PKE"),
    ),
    Reason(
        "withdrawn",
        # Translators: Zgoda wycofana
        _("Consent withdrawn"),
        # Translators: Osoba wycofała zgodę.
        _("The person withdrew consent."),
        # Translators: art. 7 ust. 3 RODO
        _("Art. 7(3) GDPR"),
    ),
    Reason(
        "unconfirmed",
        # Translators: Zgoda niepotwierdzona
        _("Consent not confirmed"),
        # Translators: Osoba nie potwierdziła zgody.
        _("The person has not confirmed the consent."),
        # Translators: art. 7 ust. 1 RODO
        _("Art. 7(1) GDPR"),
    ),
    Reason(
        "expired",
        # Translators: Zgoda wygasła
        _("Consent expired"),
        # Translators: Minął termin ważności zgody.
        _("The consent has run out."),
        # Translators: art. 5 ust. 1 lit. e RODO
        _("Art. 5(1)(e) GDPR"),
    ),
    Reason(
        "wording_unknown",
        # Translators: Nieznana treść zgody
        _("Wording unknown"),
        # Translators: Nie wiadomo, na jaką treść osoba się zgodziła.
        _("It is not known to which text the person agreed."),
        # Translators: art. 7 ust. 1 RODO
        _("Art. 7(1) GDPR"),
    ),
    Reason(
        "controller_not_named",
        # Translators: Treść nie wskazuje administratora
        _("Controller not named"),
        # Translators: Treść zgody nie wymienia tego administratora danych.
        _("The wording does not name this controller."),
        # Translators: art. 4 pkt 11 RODO, motyw 42
        _("Art. 4(11) GDPR, recital 42"),
    ),
    Reason(
        "wording_defective",
        # Translators: Wadliwa treść zgody
        _("Wording defective"),
        # Translators: Treść zgody nie spełnia wymogów prawa, które tu obowiązuje.
        _("The wording does not meet the law in force here."),
        # Translators: art. 7 ust. 2 i 4 RODO, art. 400 PKE
        _("Art. 7(2) and (4) GDPR, Art. 400 PKE"),
    ),
    Reason(
        "wording_pending",
        # Translators: Treść zgody czeka na ocenę
        _("Wording not yet reviewed"),
        # Translators: Nie oceniono jeszcze, czy treść zgody spełnia wymogi obecnego prawa.
        _("Nobody has reviewed yet whether the wording meets the present law."),
        # Translators: art. 400 PKE
        _("Art. 400 PKE"),
    ),
    Reason(
        "giver_not_user",
        # Translators: Zgodę dała inna osoba
        _("Given by somebody else"),
        # Translators: Zgodę dała osoba, która nie jest abonentem ani użytkownikiem.
        _("The consent came from somebody who is neither subscriber nor user."),
        # Translators: art. 398 ust. 1 PKE
        _("Art. 398(1) PKE"),
    ),
)
REASONS = (*OF_THE_PURPOSE, *OF_THE_CONTACT, *OF_THE_CONSENT)
CODES = tuple(reason.code for reason in REASONS)
REASON = {reason.code: reason for reason in REASONS}
BIT = {code: 1 << place for place, code in enumerate(CODES)}


def reasons_in(mask: int) -> tuple[str, ...]:
    """The codes that a mask of ``BIT`` holds, in order."""
    return tuple(code for code in CODES if mask & BIT[code])


OBLIGATIONS = (
    Obligation(
        "give_art14_notice",
        # Translators: „Pani/Pana dane otrzymaliśmy z innego źródła: %(source)s. Administratorem
        # danych jest %(controller)s. Pełną informację prześlę od razu.”
        _(
            "“We received your data from %(source)s. The controller is %(controller)s. I will send "
            "you the full information right away.”"
        ),
        # Translators: Przy pierwszym kontakcie: osoba nie wie jeszcze, skąd są jej dane.
        _("At first contact: the person does not know yet where the data came from."),
        # Translators: art. 14 ust. 2 lit. f i ust. 3 lit. b RODO
        _("Art. 14(2)(f) and (3)(b) GDPR"),
    ),
    Obligation(
        "tell_right_to_object",
        # Translators: „W każdej chwili może Pani/Pan sprzeciwić się takiemu kontaktowi. Wystarczy
        # jedno słowo.”
        _("“You may object to such contact at any time. One word is enough.”"),
        # Translators: Najpóźniej przy pierwszym kontakcie, wyraźnie i osobno.
        _("At first contact at the latest, clearly and apart from anything else."),
        # Translators: art. 21 ust. 4 RODO
        _("Art. 21(4) GDPR"),
    ),
    Obligation(
        "announce_recording",
        # Translators: „%(recording)s”
        _("“%(recording)s”"),
        # Translators: Zanim zacznie się nagrywanie.
        _("Before the recording starts."),
        # Translators: art. 13 RODO
        _("Art. 13 GDPR"),
    ),
    Obligation(
        "announce_ai",
        # Translators: „%(ai)s”
        _("“%(ai)s”"),
        # Translators: Najpóźniej na początku pierwszego kontaktu, wyraźnie.
        _("At the beginning of the first contact at the latest, clearly."),
        # Translators: art. 50 ust. 1 i 5 aktu o sztucznej inteligencji
        _("Art. 50(1) and (5) AI Act"),
    ),
    Obligation(
        "mark_commercial",
        # Translators: Oznacz wiadomość jako informację handlową i podaj nadawcę.
        _("Mark the message as commercial and name the sender."),
        # Translators: W temacie i treści wiadomości.
        _("In the subject and the text of the message."),
        # Translators: art. 9 UŚUDE
        _("Art. 9 UŚUDE"),
    ),
    Obligation(
        "honour_hours",
        # Translators: Kontaktuj się w godzinach %(hours)s.
        _("Make contact within %(hours)s."),
        # Translators: Godziny kontaktu ustalone w tej instalacji.
        _("The contact hours of this installation."),
    ),
)
OBLIGATION = {obligation.code: obligation for obligation in OBLIGATIONS}
