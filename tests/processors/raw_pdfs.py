"""PDFs byte by byte, for what no library would write."""

import zlib

CATALOG = b"<</Type/Catalog/Pages 2 0 R%s>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>%s>>"
TRAILER = b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n"


def raw(
    catalog: bytes = b"",
    page: bytes = b"",
    *more: bytes,
    head: bytes = b"",
    pages: bytes = PAGES,
    trailer: bytes = b"",
) -> bytes:
    """A whole file of one page; ``more`` are objects 4, 5 and on, ``head`` stands before all."""
    out, places = _written(b"%PDF-1.7\n" + head, (CATALOG % catalog, pages, PAGE % page, *more))
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in places)
    size = len(places) + 1
    return out + b"xref\n0 %d\n" % size + table + TRAILER % (size, trailer, len(out))


def stream(content: bytes, keys: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), keys, content)


def updated(data: bytes, number: int, content: bytes) -> bytes:
    """``data`` with the object ``number`` written anew behind it, as signing programs do."""
    before = b"/Prev " + data.rpartition(b"startxref\n")[2].split()[0]
    out, (place,) = _written(data, (content,), first=number)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, place)
    return out + table + TRAILER % (data.count(b" 0 obj") + 1, before, len(out))


def packed(content: bytes, blanks: int = 0) -> bytes:
    """A file whose catalog names object 5, which stands in a packed stream before ``blanks`` MB."""
    packer = zlib.compressobj(9)
    body = packer.compress(b"5 0 ".ljust(16) + content)
    body += b"".join(packer.compress(b" " * 1024 * 1024) for _one in range(blanks))
    holder = stream(body + packer.flush(), b"/Type/ObjStm/N 1/First 16/Filter/FlateDecode")
    objects = (CATALOG % b"/X 5 0 R", PAGES, PAGE % b"", holder)
    out, places = _written(b"%PDF-1.7\n", objects)
    rows = [(0, 0, 255), *((1, place, 0) for place in places), (2, 4, 0), (1, len(out), 0)]
    table = b"".join(
        bytes([kind]) + at.to_bytes(4, "big") + bytes([last]) for kind, at, last in rows
    )
    index = stream(table, b"/Type/XRef/Size 7/W[1 4 1]/Root 1 0 R")
    return out + b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (index, len(out))


def _written(head: bytes, objects: tuple[bytes, ...], first: int = 1) -> tuple[bytes, list[int]]:
    out, places = bytearray(head), []
    for number, content in enumerate(objects, start=first):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return bytes(out), places
