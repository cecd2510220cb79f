"""Notices as people read them: Markdown to plain HTML elements, and versions side by side."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from audit.changes import word_difference

TAGS = {
    *("h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "a", "br", "hr"),
    *("blockquote", "table", "thead", "tbody", "tr", "th", "td"),
}
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
    rendered = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return mark_safe(_allowed.clean(rendered))  # noqa: S308 (what nh3 lets through)


@dataclass(frozen=True)
class Paragraph:
    """One block of a comparison: ``same``, ``added``, ``removed`` or ``changed``."""

    what: str
    html: SafeString


def difference(before: str, after: str) -> list[Paragraph]:
    """How one text became another: paragraph by paragraph, in a changed one word by word."""
    old, new = _blocks(before), _blocks(after)
    found: list[Paragraph] = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            found += [Paragraph("same", format_html("{}", block)) for block in old[i1:i2]]
        else:
            found += _replaced(old[i1:i2], new[j1:j2])
    return found


def _blocks(text: str) -> list[str]:
    """Paragraphs, headings and items of lists, each by itself."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line]


def _replaced(old: list[str], new: list[str]) -> Iterator[Paragraph]:
    left = list(old)
    for block in new:
        if (near := _nearest(block, left)) is None:
            yield Paragraph("added", _mark("ins", block))
            continue
        # What stood before the nearest one and found no partner is gone.
        place = left.index(near)
        yield from (Paragraph("removed", _mark("del", gone)) for gone in left[:place])
        del left[: place + 1]
        yield Paragraph("changed", word_difference(near, block))
    yield from (Paragraph("removed", _mark("del", gone)) for gone in left)


def _nearest(block: str, candidates: list[str]) -> str | None:
    ranked = [(_alike(block, each), each) for each in candidates]
    best, found = max(ranked, default=(0.0, None))
    return found if best >= ALIKE else None


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(a=one.split(), b=other.split(), autojunk=False).ratio()


def _mark(tag: str, block: str) -> SafeString:
    return format_html("<{0}>{1}</{0}>", tag, block)
