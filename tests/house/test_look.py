"""The style sheet and the templates, held to what look.md and the security policy ask."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR, "static/ccgdpr/tokens.css").read_text(encoding="utf-8")
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))

# Text on its ground.
PAIRS = [
    ("body-fg", "body-bg"),
    ("body-quiet-color", "body-bg"),
    ("body-quiet-color", "darkened-bg"),
    ("body-quiet-color", "selected-bg"),
    ("body-quiet-color", "accent-soft"),
    ("link-fg", "body-bg"),
    ("link-fg", "accent-soft"),
    ("ok-fg", "ok-bg"),
    ("warn-fg", "warn-bg"),
    ("bad-fg", "bad-bg"),
    ("off-fg", "off-bg"),
    ("primary-fg", "button-bg"),
    ("primary-fg", "button-hover-bg"),
    ("primary-fg", "delete-button-bg"),
]
# Edges and plots on the page.
EDGES = [
    ("control-border", "body-bg"),
    ("focus", "body-bg"),
    ("plot-a", "body-bg"),
    ("plot-b", "body-bg"),
]


def colours(opening: str) -> dict[str, str]:
    """Variables of the first block after ``opening``."""
    block = TOKENS.split(opening, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


THEMES = {"light": colours('html[data-theme="light"],'), "dark": colours('html[data-theme="dark"]')}


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(theme: str, text: str, ground: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_and_plots_can_be_seen(theme: str, edge: str, ground: str) -> None:
    assert contrast(THEMES[theme][edge], THEMES[theme][ground]) >= 3


def test_the_dark_theme_is_the_same_by_choice_and_by_preference() -> None:
    assert colours("@media (prefers-color-scheme: dark) {\n    :root {") == THEMES["dark"]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_templates_hold_no_inline_style_script_or_handler(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", source)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_templates_name_no_external_host(file: Path) -> None:
    source = file.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
    assert not re.search(r"https?://", source)
