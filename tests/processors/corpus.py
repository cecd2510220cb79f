"""Documents as enemies craft them, each with the word it is refused by, and harmless ones."""

import io
import tarfile
import zipfile
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.processors import pdfs
from tests.processors.pdfs import pdf
from tests.processors.raw_pdfs import CATALOG, PAGE, PAGES, packed, raw, stream, updated

SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
HTML = b"% <html><script>alert(1)</script></html>\n"
MHT = b"%\nMIME-Version: 1.0\nContent-Type: multipart/related\n\n"
PUBLIC_KEY = b"<</Filter/Adobe.PubSec/V 4/SubFilter/adbe.pkcs7.s5/Recipients[(x)]>>"
SHARE = b"(\\\\\\\\host\\\\share)"


def archive() -> bytes:
    with zipfile.ZipFile(made := io.BytesIO(), "w") as file:
        file.writestr("macro.js", "alert(1)")
    return made.getvalue()


def archive_around() -> bytes:
    """The archive's last comment is the rest of the PDF, so that both begin and end rightly."""
    whole = raw(b"", b"", stream(archive()))
    end = whole.index(b"PK\x05\x06") + 20
    rest = len(whole) - end - 2
    return whole[:end] + rest.to_bytes(2, "little") + whole[end + 2 :]


def tape() -> bytes:
    """A tar whose first member is called like the header of a PDF."""
    member = tarfile.TarInfo("%PDF-1.7\n")
    return member.tobuf() + raw()[9:]


def inserted(place: int, mark: bytes) -> bytes:
    """``mark`` at ``place``, in a comment before the first object."""
    filling = b"%" * (place - len(b"%PDF-1.7\n"))
    return raw(head=filling + mark + b"\n")


def many_pages(count: int) -> Callable[[pikepdf.Pdf], None]:
    def add(made: pikepdf.Pdf) -> None:
        for _page in range(count - 1):
            made.add_blank_page()

    return add


def multimedia(made: pikepdf.Pdf) -> None:
    act = Dictionary(S=Name.Rendition, OP=0, R=Dictionary(S=Name.MR))
    screen = Dictionary(Type=Name.Annot, Subtype=Name.Screen, Rect=[0, 0, 9, 9], A=act)
    made.pages[0].obj.Annots = Array([made.make_indirect(screen)])


def locked(**options: object) -> bytes:
    encryption = pikepdf.Encryption(**options)  # type: ignore[arg-type]
    return pdf(deterministic_id=False, encryption=encryption)


OLD_CATALOG = raw(b"/Names<</JavaScript<</Names[(a)4 0 R]>>>>", b"", SCRIPT)
CRAFTED: dict[str, tuple[str, Callable[[], bytes]]] = {
    # What it says.
    "an action spelled otherwise": ("javascript", lambda: raw(b"/X<</S/J#61vaS#63ript>>")),
    "a key spelled otherwise": ("javascript", lambda: raw(b"/X<</#4a#53(1)>>")),
    "a name of its own": ("launch", lambda: raw(b"/X<</S 4 0 R>>", b"", b"/Launch")),
    "the action after the next": (
        "javascript",
        lambda: raw(b"/X<</S/GoTo/D[3 0 R/Fit]/Next[<</S/URI/URI(a:)/Next 4 0 R>>]>>", b"", SCRIPT),
    ),
    "an action on opening by number": (
        "open_action",
        lambda: raw(b"/OpenAction 4 0 R", b"", SCRIPT),
    ),
    "a step after opening at a page": (
        "open_action",
        lambda: raw(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/URI/URI(https://x.example)>>>>"),
    ),
    "an address fetched on opening a page": (
        "open_action",
        lambda: raw(b"", b"/AA<</O<</S/URI/URI(https://x.example)>>>>"),
    ),
    "a script nobody refers to": ("javascript", lambda: raw(b"", b"", SCRIPT)),
    "a script in the dictionary of a stream": (
        "javascript",
        lambda: raw(b"/X 4 0 R", b"", stream(b"", b"/X<</JS(1)>>")),
    ),
    "a script in a packed stream": ("javascript", lambda: packed(SCRIPT)),
    "a file on a share": ("other_file", lambda: raw(b"/X<</S/GoToR/F" + SHARE + b"/D[0/Fit]>>")),
    "a stream taken from a share": (
        "other_file",
        lambda: raw(b"", b"/Contents 4 0 R", stream(b"", b"/F" + SHARE)),
    ),
    "a page shown from another file": (
        "other_file",
        lambda: raw(b"", b"", stream(b"", b"/Subtype/Form/BBox[0 0 9 9]/Ref<</F(x.pdf)/Page 0>>")),
    ),
    "multimedia": ("embedded", lambda: pdf(multimedia)),
    "a three-dimensional scene": (
        "embedded",
        lambda: raw(b"", b"/Annots[<</Type/Annot/Subtype/3D/Rect[0 0 9 9]>>]"),
    ),
    "data of a form fetched": ("launch", lambda: raw(b"/X<</S/ImportData/F(x.fdf)>>")),
    "a portfolio": (
        "embedded",
        lambda: raw(b"/Collection<<>>/Names<</EmbeddedFiles<</Names[]>>>>"),
    ),
    # Saved more than once.
    "a script that came later": (
        "javascript",
        lambda: updated(raw(b"", b"", b"null"), 4, SCRIPT),
    ),
    "a script that was taken out again": (
        "javascript",
        lambda: updated(OLD_CATALOG, 1, CATALOG % b""),
    ),
    "a script that was written over": ("javascript", lambda: updated(OLD_CATALOG, 4, b"null")),
    "a script between two clean versions": (
        "javascript",
        lambda: updated(updated(raw(b"", b"", b"null"), 4, SCRIPT), 4, b"null"),
    ),
    # Two files in one.
    "an archive around": ("other_type", archive_around),
    "an archive behind": ("more_behind", lambda: raw() + archive()),
    "an archive before": ("no_pdf", lambda: archive() + raw()),
    "a page of the web": ("other_type", lambda: raw(head=HTML)),
    "a page of the web in a stream": ("other_type", lambda: raw(b"", b"", stream(HTML))),
    "a page of the web before": ("no_pdf", lambda: b"<!doctype html>" + raw()),
    "a Word file with macros as MHT": ("other_type", lambda: raw(head=MHT)),
    "a script of a web server": ("other_type", lambda: raw(head=b"% <?php system('id') ?>\n")),
    "a picture that runs": ("other_type", lambda: raw(head=b"% <svg onload='x'>\n")),
    "a tape": ("other_type", tape),
    "an image of a disc": ("other_type", lambda: inserted(0x8001, b"CD001")),
    "an image of a scanner": ("other_type", lambda: inserted(128, b"DICM")),
    "a RAR archive": ("other_type", lambda: raw(b"", b"", stream(b"Rar!\x1a\x07\x01\0"))),
    "a 7z archive": ("other_type", lambda: raw(b"", b"", stream(b"7z\xbc\xaf\x27\x1c\0\4"))),
    "a program before": ("no_pdf", lambda: b"MZ" + raw()),
    "a picture before": ("no_pdf", lambda: b"\xff\xd8\xff\xe0" + raw()),
    "blanks before": ("no_pdf", lambda: b"\n" + raw()),
    # Locked.
    "RC4 with 40 bits": (
        "encrypted",
        lambda: locked(user="u", owner="o", R=2, aes=False, metadata=False),
    ),
    "RC4 with 128 bits": (
        "encrypted",
        lambda: locked(user="u", owner="o", R=3, aes=False, metadata=False),
    ),
    "AES with 128 bits": ("encrypted", lambda: locked(user="u", owner="o", R=4)),
    "AES with 256 bits": ("encrypted", lambda: locked(user="u", owner="o", R=6)),
    "rights alone, RC4": (
        "encrypted",
        lambda: locked(user="", owner="o", R=3, aes=False, metadata=False),
    ),
    "rights alone, AES": ("encrypted", lambda: locked(user="", owner="o", R=6)),
    "locked to a certificate": (
        "encrypted",
        lambda: raw(b"", b"", PUBLIC_KEY, trailer=b"/Encrypt 4 0 R/ID[(a)(a)]"),
    ),
    # Too much.
    "ten thousand pages": ("too_large", lambda: pdf(many_pages(10_000))),
    "a packed stream that bursts": ("too_large", lambda: packed(SCRIPT, blanks=520)),
    # Not whole.
    "pages that hold themselves": (
        "damaged",
        lambda: raw(pages=b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>"),
    ),
    "pages that are none": ("damaged", lambda: raw(pages=b"<</Type/Pages/Kids 7/Count 1>>")),
    "no page at all": ("damaged", lambda: raw(pages=b"<</Type/Pages/Kids[]/Count 0>>")),
    "a table that leads to itself": ("damaged", lambda: raw(trailer=b"/Prev 9")),
    "no catalog": ("damaged", lambda: raw().replace(b"/Root 1", b"/Root 9")),
    "arrays without end": ("damaged", lambda: raw(b"/X " + b"[" * 100_000 + b"]" * 100_000)),
    "dictionaries without end": (
        "damaged",
        lambda: raw(b"/X " + b"<</A" * 100_000 + b" 1" + b">>" * 100_000),
    ),
    "a packed stream that does not unpack": (
        "damaged",
        lambda: packed(SCRIPT).replace(b"\nstream\n\x78", b"\nstream\n\x79", 1),
    ),
    "an object that is not closed": ("damaged", lambda: raw(b"/X 4 0 R", b"", b"<</JS(1)")),
    "a form in another language": ("xfa", lambda: pdf(pdfs.xfa)),
}

SIGNATURE = (
    b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 9 99 9]"
    b"/Contents<" + b"30" * 4000 + b">/M(D:20260301120000+01'00')>>"
)
FIELD = (
    b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 5 0 R/P 3 0 R/Rect[0 0 0 0]/F 132"
    b"/Lock<</Type/SigFieldLock/Action/All>>>>"
)
STAMP = b"<</Type/DocTimeStamp/SubFilter/ETSI.RFC3161/ByteRange[0 9 99 9]/Contents<30>>>"


def signed() -> bytes:
    """As PAdES leaves it: the signature in an update, proofs and a time stamp in later ones."""
    form = b"/AcroForm<</SigFlags 3/Fields[4 0 R]>>/Perms<</DocMDP 5 0 R>>"
    plain = raw(b"", b"", b"null", b"null", b"null", b"null")
    made = updated(updated(updated(plain, 5, SIGNATURE), 4, FIELD), 1, CATALOG % form)
    proofs = b"/DSS<</Type/DSS/VRI<</" + b"AB" * 20 + b"<</Cert[6 0 R]>>>>/Certs[6 0 R]>>"
    proved = updated(updated(made, 6, stream(b"\x30\x82")), 1, CATALOG % (form + proofs))
    return updated(proved, 7, STAMP)


def archival(made: pikepdf.Pdf) -> None:
    """PDF/A-2b: what it claims about itself, the colours it means, and how it is to be read."""
    with made.open_metadata(set_pikepdf_as_editor=False) as meta:
        meta["pdfaid:part"], meta["pdfaid:conformance"] = "2", "B"
        meta["dc:title"] = "Umowa powierzenia"
    profile = made.make_stream(b"\0\0\2\x0cADBE", N=3)
    intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, DestOutputProfile=profile)
    made.Root.OutputIntents = Array([intent])
    made.Root.MarkInfo, made.Root.Lang = Dictionary(Marked=True), String("pl-PL")


def reading_helps(made: pikepdf.Pdf) -> None:
    """Outlines, links within and to the web, notes, layers, and a field to fill in."""
    page = made.pages[0].obj
    with made.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("§ 1", 0))
    web = Dictionary(S=Name.URI, URI=String("https://uodo.gov.pl"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=web)
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String("x"))
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("miejscowość"))
    page.Annots = Array([made.make_indirect(each) for each in (link, note, field)])
    made.Root.AcroForm = Dictionary(Fields=Array([page.Annots[2]]), NeedAppearances=True)
    made.Root.OCProperties = Dictionary(OCGs=Array(), D=Dictionary())


HARMLESS: dict[str, Callable[[], bytes]] = {
    "a plain one": raw,
    "a packed one": lambda: packed(b"<</Title(Umowa)>>"),
    "a linearised one": lambda: pdf(linearize=True),
    "one with packed objects": lambda: pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "one that opens at its page": lambda: pdf(pdfs.opens_at_its_page),
    "one that opens at its page as LaTeX writes it": lambda: raw(
        b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"
    ),
    "one signed with proofs and a time stamp": signed,
    "one signed after another program wrote it": lambda: updated(pdf(), 9, SIGNATURE),
    "one for the archive": lambda: pdf(archival),
    "one with links, notes and a field": lambda: pdf(reading_helps),
    "one that was saved anew": lambda: updated(raw(), 3, PAGE % b"/Rotate 90"),
    "one of two thousand pages": lambda: pdf(many_pages(2000)),
    "one of version 2.0": lambda: pdf(force_version="2.0"),
    "one with an empty list of actions": lambda: raw(b"", b"/AA<<>>"),
    "one with objects left empty": lambda: raw(b"/X 4 0 R", b"", b"null"),
    "one that names what is not there": lambda: raw(b"/X 99 0 R"),
    "one that counts its pages wrongly": lambda: raw(pages=PAGES.replace(b"1>>", b"999999999>>")),
    "one whose lines end as on Windows": lambda: raw() + b"\r\n",
    "one with letters of a picture": lambda: raw(b"", b"", stream(bytes(range(256)) * 40)),
}
