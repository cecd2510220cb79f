"""Looks into one PDF in a process of its own and writes its number of pages to stdout.

Run as a script by ``inspection``, without Django: a hostile file can exhaust this process only,
which lives under the limits given on the command line (security.md 32). It changes nothing. Why a
file is refused goes to stderr as one word.
"""

import resource
import sys

OK, UNUSABLE = 0, 3
HEADER, END = b"%PDF-", b"%%EOF"
TAIL = 1024  # bytes of white space that may follow the end
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
    ("/Type", "/EmbeddedFile"): "embedded",
}


def main(path: str, memory: int, cpu: int, max_pages: int) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    try:
        _refuse_by_its_bytes(path)
        sys.stdout.write(str(_pages(path, max_pages)))
    except MemoryError:
        return _unusable("too_large")
    except ValueError as error:
        return _unusable(str(error))
    return OK


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


def _pages(path: str, max_pages: int) -> int:
    import pikepdf  # only now: within the limits

    try:
        # A damaged file is read by each program in its own way; nobody knows which was signed.
        with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise ValueError("encrypted")
            count = len(pdf.pages)
            if count > max_pages:
                raise ValueError("too_large")
            for each in pdf.objects:
                _refuse_active(each, pikepdf)
            return count
    except pikepdf.PasswordError as error:
        raise ValueError("encrypted") from error
    except (pikepdf.PdfError, RuntimeError, RecursionError, KeyError, TypeError) as error:
        raise ValueError("damaged") from error


def _refuse_active(top, pikepdf) -> None:
    """Raise ValueError where ``top``, or what is written within it, brings something to run."""
    waiting = [top]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            waiting += [child for child in each if _is_within(child, pikepdf)]
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
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
    # An array says at which page to open, as LibreOffice writes it into all of its files; only a
    # dictionary is an action.
    if key == "/OpenAction" and not isinstance(child, pikepdf.Array):
        raise ValueError("open_action")
    if isinstance(child, pikepdf.Name) and (key, str(child)) in FORBIDDEN_VALUES:
        raise ValueError(FORBIDDEN_VALUES[key, str(child)])


def _unusable(code: str) -> int:
    sys.stderr.write(code)
    return UNUSABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
