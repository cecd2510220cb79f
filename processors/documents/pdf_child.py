"""Looks into one PDF in a process of its own and writes its number of pages to stdout.

Run as a script by ``inspection``, without Django: a hostile file can exhaust this process only,
which lives under the limits given on the command line (security.md 32). It changes nothing. Why a
file is refused goes to stderr as one word.
"""

import io
import re
import resource
import sys
import zipfile
from collections.abc import Iterator

OK, UNUSABLE = 0, 3
HEADER, END = b"%PDF-", b"%%EOF"
TAIL = 1024  # bytes of white space that may follow the end
# What other programs know other types of file by: somewhere, or at the place where they look.
OTHER_TYPES = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|<(?:html|script|svg|!doctype)[\s>]|<\?php\s|mime-version:",
    re.IGNORECASE,
)
PLACED_TYPES = {128: b"DICM", 257: b"ustar", 0x8001: b"CD001"}
# How each version of a file ends that was saved or signed more than once.
REVISION = re.compile(rb"startxref\s+\d+\s+%%EOF")
# Keys that bring something to run or to unpack, wherever they stand.
FORBIDDEN_KEYS = {
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/EmbeddedFiles": "embedded",
    "/EF": "embedded",
    "/XFA": "xfa",
    "/RichMediaContent": "embedded",
}
FORBIDDEN_VALUES = {
    ("/S", "/JavaScript"): "javascript",
    ("/S", "/Launch"): "launch",
    ("/S", "/SubmitForm"): "launch",
    ("/S", "/ImportData"): "launch",
    ("/S", "/GoToE"): "embedded",
    ("/S", "/GoToR"): "other_file",
    ("/S", "/Rendition"): "embedded",
    ("/S", "/Movie"): "embedded",
    ("/S", "/Sound"): "embedded",
    ("/Subtype", "/3D"): "embedded",
    ("/Type", "/EmbeddedFile"): "embedded",
}
# A stream that is taken from another file, or shows one: its reader is made to fetch it.
FETCHED = ("/F", "/Ref")


def main(path: str, memory: int, cpu: int, max_pages: int) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    try:
        sys.stdout.write(str(look(path, max_pages)))
    except MemoryError:
        return _unusable("too_large")
    except ValueError as error:
        return _unusable(str(error))
    return OK


def look(path: str, max_pages: int) -> int:
    """Its number of pages. Raises ValueError with the word for why it is refused."""
    _refuse_by_its_bytes(path)
    return _pages(path, max_pages)


def _refuse_by_its_bytes(path: str) -> None:
    """Something before the header or after the end makes a second file of another type."""
    with open(path, "rb") as file:
        data = file.read()
    if not data.startswith(HEADER):
        raise ValueError("no_pdf")
    _before, end, after = data.rpartition(END)
    if not end:
        raise ValueError("damaged")
    if len(after) > TAIL or after.strip(b"\r\n\t \0"):
        raise ValueError("more_behind")
    placed = any(data.startswith(mark, place) for place, mark in PLACED_TYPES.items())
    if placed or OTHER_TYPES.search(data) or zipfile.is_zipfile(path):
        raise ValueError("other_type")


def _pages(path: str, max_pages: int) -> int:
    import pikepdf  # only now: within the limits

    try:
        # A damaged file is read by each program in its own way; nobody knows which was signed.
        with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True) as pdf:
            count = _looked_through(pdf, max_pages, pikepdf)
        for earlier in _earlier_versions(path, pikepdf):
            _looked_through(earlier, max_pages, pikepdf)
        return count
    except pikepdf.PasswordError as error:
        raise ValueError("encrypted") from error
    except (pikepdf.PdfError, RuntimeError, RecursionError, KeyError, TypeError) as error:
        if "encryption" in str(error):
            raise ValueError("encrypted") from error
        raise ValueError("damaged") from error


def _looked_through(pdf, max_pages: int, pikepdf) -> int:
    if pdf.is_encrypted:
        raise ValueError("encrypted")
    count = len(pdf.pages)
    if count > max_pages:
        raise ValueError("too_large")
    if not count:
        raise ValueError("damaged")
    pdf.get_warnings()  # of pages that name no fonts: until here
    _refuse_active(pdf.trailer, pikepdf)  # no object, yet a catalog may be written within it
    for each in pdf.objects:
        _refuse_active(each, pikepdf)
    _refuse_unread(pdf.get_warnings())
    return count


def _refuse_unread(warnings: list[str]) -> None:
    """What cannot be unpacked or read is passed over as nothing; another program may read it."""
    if any("bad_alloc" in said for said in warnings):
        raise ValueError("too_large")
    if warnings:
        raise ValueError("damaged")


def _earlier_versions(path: str, pikepdf) -> Iterator:
    """What was saved before the latest change: readers show it to who asks what was signed."""
    with open(path, "rb") as file:
        data = file.read()
    for end in [found.end() for found in REVISION.finditer(data)][:-1]:
        try:
            with pikepdf.open(io.BytesIO(data[:end]), attempt_recovery=False) as pdf:
                yield pdf
        except pikepdf.PdfError:
            continue  # no whole file ends here: the first part of a linearised one


def _refuse_active(top, pikepdf) -> None:
    """Raise ValueError where ``top``, or what is written within it, brings something to run."""
    waiting = [top]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            waiting += [child for child in each if _is_within(child, pikepdf)]
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            if isinstance(each, pikepdf.Stream) and any(key in each for key in FETCHED):
                raise ValueError("other_file")
            for key, child in each.items():
                _refuse_entry(key, child, pikepdf)
                if _is_within(child, pikepdf):
                    waiting.append(child)


def _is_within(child, pikepdf) -> bool:
    """Written in its parent: what stands elsewhere is looked at in its own turn."""
    containers = pikepdf.Array | pikepdf.Dictionary
    return isinstance(child, containers) and not child.is_indirect


def _refuse_entry(key: str, child, pikepdf) -> None:
    if key in FORBIDDEN_KEYS:
        raise ValueError(FORBIDDEN_KEYS[key])
    if key == "/OpenAction" and not _says_where(child, pikepdf):
        raise ValueError("open_action")
    if key == "/AA" and len(child):
        _refuse_active(child, pikepdf)
        raise ValueError("open_action")
    if isinstance(child, pikepdf.Name) and (key, str(child)) in FORBIDDEN_VALUES:
        raise ValueError(FORBIDDEN_VALUES[key, str(child)])


def _says_where(child, pikepdf) -> bool:
    """At which page to open: LibreOffice writes it as an array, LaTeX as an action of its own."""
    if isinstance(child, pikepdf.Array):
        return True
    goes = isinstance(child, pikepdf.Dictionary) and child.get("/S") == pikepdf.Name.GoTo
    return goes and "/Next" not in child


def _unusable(code: str) -> int:
    sys.stderr.write(code)
    return UNUSABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
