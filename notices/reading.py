"""Notices as people read them: Markdown to plain HTML elements, and versions side by side."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from audit.changes import word_difference

TAGS = {
    *("h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "a", "br", "hr"),
    *("blockquote", "table", "thead", "tbody", "tr", "th", "td"),
}
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
# No images and no styles: a notice loads nothing and looks as the page around it does.
_allowed = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    url_schemes={"https", "mailto", "tel"},
    link_rel="noopener noreferrer",
)
# A pair of paragraphs that share less than this reads better struck and written anew.
ALIKE = 0.5


def html_of(markdown: str) -> SafeString:
    """``markdown`` as HTML of plain elements alone: no script, style, image or form survives."""
    return mark_safe(_allowed.clean(_markdown.render(markdown)))  # noqa: S308 (what nh3 lets through)


class Block(NamedTuple):
    """A heading, an item of a list or a paragraph, without the signs of Markdown."""

    kind: str
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One block of a comparison: ``same``, ``added``, ``removed`` or ``changed``."""

    what: str
    kind: str
    html: SafeString


def difference(before: str, after: str) -> list[Paragraph]:
    """How one text became another: paragraph by paragraph, in a changed one word by word."""
    old, new = list(_blocks(before)), list(_blocks(after))
    found: list[Paragraph] = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            found += [Paragraph("same", b.kind, format_html("{}", b.text)) for b in old[i1:i2]]
        else:
            found += _replaced(old[i1:i2], new[j1:j2])
    return found


def _blocks(markdown: str) -> Iterator[Block]:
    """Headings, items of lists and paragraphs, each by itself."""
    kinds = {"heading_open": "heading", "list_item_open": "item", "list_item_close": ""}
    kind = ""
    for token in _markdown.parse(markdown):
        if token.type == "inline":
            yield Block(kind or "text", _words(token))
        kind = kinds.get(token.type, "" if token.type == "heading_close" else kind)


def _words(inline: Token) -> str:
    shown = [" " if part.type.endswith("break") else part.content for part in inline.children or ()]
    return "".join(shown).strip()


def _replaced(old: list[Block], new: list[Block]) -> Iterator[Paragraph]:
    left = list(old)
    for block in new:
        if (near := _nearest(block, left)) is None:
            yield _marked("added", "ins", block)
            continue
        # What stood before the nearest one and found no partner is gone.
        place = left.index(near)
        yield from (_marked("removed", "del", gone) for gone in left[:place])
        del left[: place + 1]
        yield Paragraph("changed", block.kind, word_difference(near.text, block.text))
    yield from (_marked("removed", "del", gone) for gone in left)


def _nearest(block: Block, candidates: list[Block]) -> Block | None:
    """The most alike of the same kind, unless none is alike enough."""
    of_kind = [each for each in candidates if each.kind == block.kind]
    ranked = [(_alike(block.text, each.text), each) for each in of_kind]
    best, found = max(ranked, default=(0.0, None), key=lambda pair: pair[0])
    return found if best >= ALIKE else None


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(a=one.split(), b=other.split(), autojunk=False).ratio()


def _marked(what: str, tag: str, block: Block) -> Paragraph:
    return Paragraph(what, block.kind, format_html("<{0}>{1}</{0}>", tag, block.text))
