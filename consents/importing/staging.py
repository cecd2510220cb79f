"""A file read into the staging tables: what it says, in the order in which it will be recorded."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.jobs import Lost
from audit.reading.errors import Refused
from audit.reading.tables import Member
from consents.choices import EventKind, ImportState, RestrictionKind
from consents.contacts import Contact, keyed_hmac
from consents.importing.buffers import Buffer
from consents.importing.errors import RowError
from consents.importing.mapping import checked
from consents.importing.parties import parties
from consents.importing.plan import Plan, Table
from consents.importing.rows import GIVEN, NOES, Interpreter, Row
from consents.importing.times import Clock, Told
from consents.models import ConsentImport, SourceWording, StagedAct, StagedContact, StagedReject
from consents.needing import Needed
from consents.services import end_of
from processing.models import Purpose

SUPPRESSED = "suppressed"
# Rows without a no stand behind all that hold one, whatever their line (product.md, Import).
AFTER_NOES = 1 << 40
STAGED = (StagedContact, StagedAct, StagedReject)


def stage(
    upload: ConsentImport,
    plan: Plan,
    *,
    contacts: Member | None = None,
    beat: Callable[[], None] = lambda: None,
) -> None:
    """Read all of the file into the staging tables; Refused where it cannot be read as a whole.

    Afterwards ``upload.counts`` holds ``rows``, ``rejected``, ``reasons`` and ``notes``. ``beat``
    is called for each batch; what it raises ends the reading, and nothing stays staged. Only Lost
    leaves what there is: it is the other worker's by then.
    """
    clear(upload)
    reader = _Reader(upload, plan, contacts or plan.contacts, beat)
    try:
        reader.read()
    except Lost:
        raise
    except BaseException:
        clear(upload)
        raise
    counts, unfinished = reader.counts(), (ImportState.UPLOADED, ImportState.STAGED)
    waiting = ConsentImport.objects.filter(pk=upload.pk, state__in=unfinished)
    if not waiting.update(counts=counts, state=ImportState.STAGED):
        # Abandoned by its owner while it was being read.
        clear(upload)
        raise Refused(_("This file was abandoned meanwhile. Upload it again."))
    upload.counts, upload.state = counts, ImportState.STAGED


@transaction.atomic
def clear(upload: ConsentImport) -> None:
    """Erase what was staged of ``upload``, rejected rows too."""
    clear_rows(upload)
    StagedReject.objects.filter(upload=upload)._raw_delete(using="default")


def clear_rows(upload: ConsentImport) -> None:
    for model in (StagedContact, StagedAct):
        model.objects.filter(upload=upload)._raw_delete(using="default")


def first_imported_at(upload: ConsentImport) -> datetime:
    """When the same bytes from the same source were first imported: now, if never before."""
    begun = (ImportState.APPLYING, ImportState.APPLIED)
    same = ConsentImport.objects.filter(
        sha256=upload.sha256, source=upload.source_id, state__in=begun
    )
    first = same.order_by("created_at").values_list("created_at", flat=True).first()
    return min(first, upload.created_at) if first else upload.created_at


class _Reader:
    """Reads the tables of a plan into the staging tables of one upload."""

    def __init__(
        self,
        upload: ConsentImport,
        plan: Plan,
        contacts: Member | None,
        beat: Callable[[], None],
    ) -> None:
        self.upload, self.plan = upload, plan
        self.moment = first_imported_at(upload)
        self.parties = parties(contacts, upload.encoding) if contacts else None
        controller = upload.source.controller_id
        own = Purpose.objects.filter(activity__controller=controller)
        self.purposes = {purpose.slug: purpose for purpose in own}
        self.needed = Needed()
        self.is_own_export = any(table.mapping.get("own_export") for table in plan.tables)
        self.ends = _Ends(upload.source_id)
        self.staged = {model: Buffer(model, beat) for model in STAGED}
        self.rows, self.positions, self.reasons, self.notes = (
            0,
            [0, AFTER_NOES],
            Counter(),
            Counter(),
        )
        self.timed = self.untimed = False
        self.undated: set[str] = set()

    def read(self) -> None:
        for table in self.plan.tables:
            # A saved format may name purposes of another controller.
            checked(table.mapping, self.purposes, preset=True)
            self._read(table)
        if self.untimed and not self.timed:
            raise _undated()
        for buffer in self.staged.values():
            buffer.flush()
        if self.undated >= {GIVEN, "no"}:
            self._reject_contradictions()

    def counts(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "rejected": sum(self.reasons.values()),
            "reasons": dict(self.reasons),
            "notes": dict(self.notes),
        }

    def _read(self, table: Table) -> None:
        interpreter = self._interpreter(table)
        for raw in table.rows():
            self.rows += 1
            row = interpreter.read(raw)
            if isinstance(row, RowError):
                self._reject(row)
            else:
                self._stage(row)
        self.timed |= interpreter.timed
        self.untimed |= interpreter.untimed
        if len(interpreter.purpose_ids) > 1:
            ids = ", ".join(sorted(interpreter.purpose_ids)[:10])
            text = _("The rows are of several purposes ({ids}): map each id to a purpose.")
            raise Refused(text.format(ids=ids))

    def _interpreter(self, table: Table) -> Interpreter:
        upload = self.upload
        clock = Clock(upload.time_zone, timezone.now(), upload.as_of or self.moment)
        return Interpreter(
            table.columns,
            table.mapping,
            clock,
            purpose=upload.purpose.slug,
            purposes=frozenset(self.purposes),
            as_of=Told(upload.as_of, upload.as_of) if upload.as_of else None,
            fallback=self._fallback(table),
            asks_confirmation=upload.source.confirmation_asked,
            sends_letters=upload.source.confirmation_sent,
            parties=self.parties,
            spreadsheet=table.member.spreadsheet,
            member=table.member.name if table.in_archive else "",
        )

    def _fallback(self, table: Table) -> datetime | None:
        """A bounce counts from the import if the other files of its archive have times."""
        if table.mapping.get("as_of") != "file" or self.upload.as_of:
            return None
        if not (table.in_archive and self.timed):
            raise _undated()
        return self.moment

    def _reject(self, error: RowError) -> None:
        self.reasons[error.reason] += 1
        cells = (error.line, error.member, error.column[:200], error.value, error.reason)
        self.staged[StagedReject].add((self.upload.pk, *cells))

    def _stage(self, row: Row) -> None:
        place = 0 if row.says_no else 1
        self.positions[place] += 1
        position = self.positions[place]
        self.notes["no_contact_for_channel"] += row.homeless
        ordinal = -1
        for ordinal, (kind, contact) in enumerate(row.contacts):
            self._stage_contact(row, position, ordinal, kind, contact, stranger=False)
        for act in row.acts:
            self._stage_act(position, act)
        for number, ban in enumerate(row.bans, ordinal + 1):
            stranger = Contact("", ban.key)
            self._stage_contact(row, position, number, ban.kind, stranger, stranger=True)
            cells = (SUPPRESSED, ban.channel, None, None, False, False, None, ban.until)
            self.staged[StagedAct].add((self.upload.pk, position, number, *cells))

    def _stage_contact(
        self, row: Row, position: int, ordinal: int, kind: str, contact: Contact, *, stranger: bool
    ) -> None:
        names = row.names if ordinal == 0 else {}
        key = "" if stranger else contact.key
        self.staged[StagedContact].add(
            (
                self.upload.pk,
                position,
                ordinal,
                row.line,
                row.member[:200],
                kind,
                contact.value,
                key,
                keyed_hmac(kind, contact.key),
                stranger,
                names.get("first_name", ""),
                names.get("last_name", ""),
                names.get("company", ""),
                names.get("external_id", ""),
                row.ip if ordinal == 0 else "",
            )
        )

    def _stage_act(self, position: int, act: Any) -> None:
        purpose = self.purposes[act.purpose] if act.purpose else None
        key = purpose.pk if purpose else None
        until, said = act.until, act.kind == GIVEN or act.kind in NOES
        if act.kind == GIVEN and until is None:
            until = self.ends.of(key, act.channel, act.at)
        if not act.own_time:
            self.undated.add(GIVEN if act.kind == GIVEN else "no" if act.kind in NOES else "")
        self.staged[StagedAct].add(
            (
                self.upload.pk,
                position,
                act.contact,
                act.kind,
                act.channel,
                key,
                act.at,
                act.own_time and said,  # restrictions have one time only
                act.needs_confirmation,
                act.confirmed_at,
                until,
            )
        )
        if purpose and self._objects(act, purpose):
            objection = (RestrictionKind.OBJECTION_PURPOSE, act.channel, key, act.at)
            nothing_more = (False, False, None, None)
            row = (self.upload.pk, position, act.contact, *objection, *nothing_more)
            self.staged[StagedAct].add(row)

    def _objects(self, act: Any, purpose: Purpose) -> bool:
        """Whether ``act`` withdraws what needs no consent; our own export tells both by itself."""
        if act.kind != EventKind.WITHDRAWN or self.is_own_export:
            return False
        return not self.needed.of(purpose, act.channel, natural=True)

    def _reject_contradictions(self) -> None:
        """Of undated rows that disagree about one consent, the yes is left out (verdict.md §1)."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_CONTRADICTED, [self.upload.pk, self.upload.pk])
            rows = cursor.fetchall()
            for row in rows:
                self._leave_out(*row)
        self.staged[StagedReject].flush()

    def _leave_out(self, position: int, ordinal: int, line: int, member: str) -> None:
        mine = {"upload": self.upload, "position": position}
        gives = StagedAct.objects.filter(**mine, ordinal=ordinal, kind=GIVEN, own_time=False)
        if position < AFTER_NOES:  # the row also holds a no, which stays
            self.notes["contradiction"] += 1
            gives._raw_delete(using="default")
            return
        if StagedContact.objects.filter(**mine)._raw_delete(using="default"):
            StagedAct.objects.filter(**mine)._raw_delete(using="default")
            self._reject(RowError(line, "", "", "contradiction", member))


# Of each contact × purpose × channel with an undated yes and an undated no: the rows that say yes.
_CONTRADICTED = """
WITH said AS (
    SELECT a.position, a.ordinal, a.kind AS act, a.purpose, a.channel,
           c.kind, c.key, c.line, c.member
    FROM consents_stagedact a
    JOIN consents_stagedcontact c
      ON c.upload_id = a.upload_id AND c.position = a.position AND c.ordinal = a.ordinal
    WHERE a.upload_id = %s AND c.upload_id = %s AND NOT a.own_time
      AND a.kind IN ('given', 'refused', 'withdrawn')
), ruled AS (
    SELECT said.*, MAX(CASE WHEN act <> 'given' THEN 1 ELSE 0 END) OVER (
        PARTITION BY kind, key, purpose, channel
    ) AS no_said
    FROM said
)
SELECT position, ordinal, line, member FROM ruled WHERE act = 'given' AND no_said = 1
ORDER BY position, ordinal
"""


class _Ends:
    """When consents given to a source end by the wording it showed then."""

    def __init__(self, source_id: int) -> None:
        shown = SourceWording.objects.filter(source=source_id).select_related("wording")
        self.shown = list(shown.preferred())
        self.any = any(each.wording.valid_months for each in self.shown)

    def of(self, purpose_id: int | None, channel: str, moment: datetime) -> datetime | None:
        if not self.any:
            return None
        for each in self.shown:
            about = (each.wording.purpose_id, each.wording.channel)
            if about == (purpose_id, channel) and each.was_shown(moment):
                return end_of(each.wording, moment)
        return None


def _undated() -> Refused:
    return Refused(_("The file does not say when: name the moment at which it was true (--as-of)."))
