"""Everything shown to a person is translatable: no bare words in templates.

A small reader of our own: it takes out what is translated (`translate`, `blocktranslate`), variables, tags,
scripts and comments, and looks at what is left in the text and in the attributes that people read.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import CHECKOUT, SOURCE

# 500.html is shown when anything may be broken, translation too, and so stands alone.
TEMPLATES = sorted(
    path for path in (SOURCE / "callboard").rglob("templates/**/*.html") if path.name != "500.html"
)
READ_BY_PEOPLE = ("title", "aria-label", "placeholder", "alt", "aria-description", "data-confirm")
NO_WORDS = {"callboard", "esc", "ctrl", "enter", "nbsp", "middot", "mdash", "ndash", "times", "rarr", "larr"}
TAKEN_OUT = [
    re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL),
    re.compile(r"\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.DOTALL),
    # Values of attributes, for programs.
    re.compile(r"\{%\s*block (?:topics|page|only)\s*%\}.*?\{%\s*endblock"),
    re.compile(r"\{#.*?#\}", re.DOTALL),
    re.compile(r"\{\{.*?\}\}", re.DOTALL),
    re.compile(r"\{%.*?%\}", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"<(script|style|svg|kbd|code)\b.*?</\1>", re.DOTALL | re.IGNORECASE),
]


def bare_words(text: str) -> list[str]:
    """Words that a person would read and no translator would see."""
    for pattern in TAKEN_OUT:
        text = pattern.sub(" ", text)
    shown = re.sub(r"<[^>]*>", " ", text)
    for attribute in READ_BY_PEOPLE:
        shown += " " + " ".join(re.findall(rf'\s{attribute}="([^"]*)"', text))
    return [word for word in re.findall(r"[A-Za-z]{3,}", shown) if word.lower() not in NO_WORDS]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(Path(path).relative_to(CHECKOUT)))
def test_a_template_has_no_bare_words(path: Path) -> None:
    assert bare_words(path.read_text()) == []


def test_the_reader_sees_bare_words_and_nothing_else() -> None:
    assert bare_words('<p class="note">Hello {{ name }}</p>') == ["Hello"]
    assert bare_words('<a title="Open the case">{% translate "Open" %}</a>') == ["Open", "the", "case"]
    assert bare_words("{% blocktranslate %}Hello{% endblocktranslate %}<script>const word = 1</script>") == []
