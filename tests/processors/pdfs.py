"""PDFs as people and enemies make them, small and written by the tests themselves."""

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String


def pdf(change: Callable[[pikepdf.Pdf], None] = lambda made: None, **options: object) -> bytes:
    """One blank page, after ``change`` has been at it; ``options`` are those of saving."""
    made = pikepdf.new()
    made.add_blank_page()
    change(made)
    out = io.BytesIO()
    # The same bytes each time: two runs then agree on what is "the same document".
    made.save(out, **{"deterministic_id": True, **options})
    return out.getvalue()


def javascript(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def named_javascript(made: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.JavaScript, JS=made.make_stream(b"app.alert(1)"))
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def launch(made: pikepdf.Pdf) -> None:
    act = Dictionary(S=Name.Launch, F=String("calc.exe"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=act)
    made.pages[0].obj.Annots = Array([made.make_indirect(link)])


def sends_form(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.AA = Dictionary(
        O=Dictionary(S=Name.SubmitForm, F=String("https://x.example"))
    )


def embedded(made: pikepdf.Pdf) -> None:
    made.attachments["virus.exe"] = b"MZ"


def unnamed_attachment(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.Hidden = made.make_stream(b"MZ", Type=Name.EmbeddedFile)


def opens_address(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://x.example"))


def opens_at_its_page(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = Array([made.pages[0].obj, Name.XYZ, None, None, 0])


def xfa(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = Dictionary(Fields=Array(), XFA=made.make_stream(b"<xdp/>"))


def deep(made: pikepdf.Pdf) -> None:
    act = Dictionary(S=Name.JavaScript, JS=String("1"))
    for _level in range(60):
        act = Array([Dictionary(K=act)])
    made.Root.PieceInfo = act


def many_pages(made: pikepdf.Pdf) -> None:
    for _page in range(2000):
        made.add_blank_page()


def secret(**passwords: str) -> bytes:
    return pdf(deterministic_id=False, encryption=pikepdf.Encryption(**passwords))
