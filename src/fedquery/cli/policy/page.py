"""The pages that `try` and `diff` write: one file, no script, nothing fetched, printable.

Jinja is no dependency of the commands, and two pages need no loops in a template: text goes through
`html.escape` in `element` and `text`, and nowhere else is a page put together.
"""

from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from string import Template
from typing import Final, NewType

Html = NewType("Html", str)

_TEMPLATE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>$title</title>
<style>
$style
</style>
</head>
<body>
<main>
<header>
$heading
</header>
$body
</main>
</body>
</html>
""")

# How much of the disc is filled: a level is told by its form and its word, and by colour last.
_DISCS: Final[Mapping[str, str]] = {
    "nothing": "",
    "no": "",
    "hit": '<path d="M8 8V2a6 6 0 0 1 6 6z"/>',
    "reference": '<path d="M8 2a6 6 0 0 1 0 12z"/>',
    "summary": '<circle cx="8" cy="8" r="6"/>',
    "yes": '<circle cx="8" cy="8" r="6"/>',
}
_CROSS: Final = '<path class="line" d="M5 5l6 6M11 5l-6 6"/>'


def text(value: object) -> Html:
    """Write a value as text of a page."""
    return Html(escape(str(value)))


def element(tag: str, *inside: Html, **attributes: str) -> Html:
    """Write an element.

    Args:
        tag: its name.
        inside: what it holds.
        attributes: its attributes; an underscore at the end is left out, others become hyphens.
    """
    told = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value
    )
    return Html(f"<{tag}{told}>{''.join(inside)}</{tag}>")


def join(parts: Iterable[Html], between: str = "\n") -> Html:
    """Put parts one after the other."""
    return Html(escape(between).join(parts))


def level(word: str) -> Html:
    """Write a level as a disc and its word."""
    disc = _DISCS.get(word, _CROSS)
    drawn = (
        '<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">'
        f'<circle class="rim" cx="8" cy="8" r="6.25"/>{disc}</svg>'
    )
    known = word if word in _DISCS else "fault"
    return element("span", Html(drawn), text(word), class_=f"level {known}")


def legend(meanings: Mapping[str, str]) -> Html:
    """Write what each level means."""
    rows = [
        element("li", level(word), element("span", text(meaning)))
        for word, meaning in meanings.items()
    ]
    return element("ul", *rows, class_="legend", aria_label="Legend")


def facts(pairs: Iterable[tuple[str, str]], class_: str = "facts") -> Html:
    """Write names and values beside each other; digests one under the other ("facts digests")."""
    return element(
        "dl",
        *(
            element("div", element("dt", text(name)), element("dd", text(value)))
            for name, value in pairs
        ),
        class_=class_,
    )


def page(
    title: str, lede: str, body: Html, *, kicker: str = "fedquery policy", style: str = ""
) -> str:
    """Write a page.

    Args:
        title: its title.
        lede: what it is about, in a sentence or two.
        body: what stands below.
        kicker: which command wrote it.
        style: styles of this page alone, behind those of all.
    """
    heading = join(
        [
            element("p", text(kicker), class_="kicker"),
            element("h1", text(title)),
            element("p", text(lede), class_="lede"),
        ]
    )
    common = files("fedquery.cli.policy").joinpath("page.css").read_text(encoding="utf-8")
    return _TEMPLATE.substitute(
        title=escape(title), style=f"{common}{style}", heading=heading, body=body
    )
