"""Who was on a list, by ids of contact points: bitmaps, a block for 65,536 ids in a row.

A million people in a row take 16 blocks, and a question about one person reads one block of each
list.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet

from audit.jobs import sweep
from consents.models import ContactPoint
from screening.models import ContactList, ListBlock
from screening.models.lists import members_kept_since

IN_A_BLOCK = 1 << 16
BYTES = IN_A_BLOCK // 8
# The ids within a byte by its value: reading goes a byte at a time, and most are empty.
SET = [tuple(bit for bit in range(8) if value >> bit & 1) for value in range(256)]


class Members:
    """Collects ids while a list is written; holds 8 KiB for each block that has one.

    ``tell`` is told how many there are so far, now and then.
    """

    def __init__(self, tell: Callable[[int], None] | None = None) -> None:
        self.blocks: dict[int, bytearray] = {}
        self.count = 0
        self.tell = tell

    def add(self, ids: Iterable[int]) -> None:
        blocks, count = self.blocks, self.count
        for each in ids:
            count += 1
            block = blocks.get(each >> 16)
            if block is None:
                block = blocks[each >> 16] = bytearray(BYTES)
            block[each >> 3 & 0x1FFF] |= 1 << (each & 7)
        self.count = count
        if self.tell:
            self.tell(count)

    def save(self, contact_list: ContactList) -> None:
        """Store them as those of ``contact_list``, in the transaction that writes it."""
        ListBlock.objects.bulk_create(
            ListBlock(contact_list=contact_list, block=number, bits=zlib.compress(bits, 1))
            for number, bits in sorted(self.blocks.items())
        )

    def ids(self) -> Iterator[int]:
        """What was added so far, ascending."""
        for number, bits in sorted(self.blocks.items()):
            yield from _unpacked(number, bits)


def ids(contact_list: ContactList) -> Iterator[int]:
    """The ids of the contact points on ``contact_list``, ascending; none once they are erased."""
    blocks = ListBlock.objects.filter(contact_list=contact_list).order_by("block")
    for number, bits in blocks.values_list("block", "bits").iterator(chunk_size=16):
        yield from _unpacked(number, zlib.decompress(bits))


def _unpacked(number: int, bits: bytes | bytearray) -> Iterator[int]:
    first = number << 16
    for place, value in enumerate(bits):
        for bit in SET[value]:
            yield first + place * 8 + bit


def held(contact_list: ContactList, points: Iterable[int]) -> set[int]:
    """Which of ``points`` are on ``contact_list``; reads their blocks alone."""
    asked: dict[int, list[int]] = defaultdict(list)
    for pk in points:
        asked[pk >> 16].append(pk)
    blocks = ListBlock.objects.filter(contact_list=contact_list, block__in=asked)
    found: set[int] = set()
    for number, packed in blocks.values_list("block", "bits").iterator(chunk_size=16):
        bits = zlib.decompress(packed)
        found.update(pk for pk in asked[number] if _is_set(bits, pk))
    return found


def lists_of(point: ContactPoint, since: datetime) -> QuerySet[ContactList]:
    """Lists made from the instant ``since`` on that ``point`` is on, while members are kept."""
    blocks = ListBlock.objects.filter(
        block=point.pk >> 16, contact_list__recorded_at__gte=since
    ).values_list("contact_list", "bits")
    held = [pk for pk, bits in blocks.iterator(chunk_size=64) if _holds(bits, point.pk)]
    return ContactList.objects.filter(pk__in=held)


def _holds(bits: bytes, pk: int) -> bool:
    return _is_set(zlib.decompress(bits), pk)


def _is_set(bits: bytes, pk: int) -> bool:
    return bool(bits[pk >> 3 & 0x1FFF] >> (pk & 7) & 1)


@sweep
def erase_members() -> None:
    """Erase who was on lists that are older than ``LIST_MEMBERS_DAYS``; the lists' facts stay."""
    old = ContactList.objects.filter(recorded_at__lte=members_kept_since())
    ListBlock.objects.filter(contact_list__in=old.values("pk")).delete()
