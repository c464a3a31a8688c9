"""The catalogues have every text of the desk, with its values, and no HTML."""

import ast
import re

import pytest

from fedquery.desk.catalogue import messages_of, read_catalog, said_of
from fedquery.desk.language import ENGLISH, LANGUAGES
from fedquery.desk.messages import PACKAGE, Found, file_of, main, sources, texts_of, updated

TAGS = sorted(set(LANGUAGES) - {ENGLISH})
LAO = LANGUAGES["lo"]
VALUE = re.compile(r"%\([a-z_]+\)s")
# The letters of each script: a sign of another one looks alike, and is read and sorted otherwise.
SCRIPTS = {
    "zh": "\u2e80-\u9fff\uff00-\uffef",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
}
MARKUP = re.compile(r"[<>]|&[#a-zA-Z]")
CODE = b"""
from fedquery.desk.language import N_
TITLES = (N_("refused"), N_("no"
          " hit"))
def said(_, ngettext, n):
    return _("%(n)s asked", n=n) + ngettext("%(num)s hit", "%(num)s hits", n) + _(TITLES[0])
"""
PAGE = b"""
<h1>{{ _("Cases") }}</h1>
{% trans n=n %}
  {{ n }} answers
  have come
{% endtrans %}
{% trans num=n %}{{ num }} day{% pluralize %}{{ num }} days{% endtrans %}
"""


def installed(tag):
    """Read the messages of a language."""
    language = LANGUAGES[tag]
    return messages_of(read_catalog(file_of(language).read_bytes(), language))


def faults(message):
    """List what is wrong with a translation: nothing, values that differ, or markup in it."""
    source = message.id if isinstance(message.id, str) else message.id[1]
    said = said_of(message)
    found = []
    if not said.strip():
        found.append("missing")
    elif sorted(VALUE.findall(source)) != sorted(VALUE.findall(said)):
        found.append("values")
    if "%" in VALUE.sub("", said) or "%" in VALUE.sub("", source):
        found.append("percent")
    if MARKUP.search(said) or MARKUP.search(source):
        found.append("markup")
    if said != said.strip():
        found.append("space")
    return found


def test_texts_are_found_in_code_and_pages():
    """All ways of writing a text are found, and what is only marked elsewhere is not."""
    assert [
        "refused",
        "no hit",
        "%(n)s asked",
        ("%(num)s hit", "%(num)s hits"),
    ] == [one.text for one in texts_of(CODE, "words.py")]
    assert [
        "Cases",
        "%(n)s answers have come",
        ("%(num)s day", "%(num)s days"),
    ] == [one.text for one in texts_of(PAGE, "templates/page.html")]


def unfindable(source):
    """List the lines in which a text is put together, so that no catalogue can have it."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name | ast.Attribute)
        and (call.func.id if isinstance(call.func, ast.Name) else call.func.attr)
        in {"_", "N_", "gettext", "ngettext"}
        and any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in call.args[:2])
    ]


def test_no_text_is_put_together():
    """A text with its values already in it would be found in no catalogue."""
    assert [1, 2, 3] == unfindable("_(f'{n} hits')\nx.gettext('a' + b)\nN_('a %s' % b)\n_(TITLE)")
    paths = sorted(PACKAGE.rglob("*.py"))
    assert {} == {path.name: found for path in paths if (found := unfindable(path.read_text()))}


def test_a_page_that_cannot_be_read_is_an_error():
    """No page is passed over in silence, and its texts with it."""
    with pytest.raises(Exception, match="translation block"):
        texts_of(b"{% trans %}without an end", "templates/page.html")


def test_an_update_keeps_translations_and_drops_what_is_gone():
    """A new text waits, unreviewed; a reviewed one stays reviewed; a text that is gone goes."""
    before = (
        b'# reviewed: 2027-01-31\nmsgid "refused"\nmsgstr "X"\n\n'
        b'# reviewed: no\nmsgid "gone"\nmsgstr "Y"\n'
    )
    found = [Found("unavailable", "b.py"), Found("refused", "b.py"), Found("refused", "a.py")]
    after = updated(before, LAO, found)
    assert (
        b'# reviewed: 2027-01-31\n#: a.py b.py\nmsgid "refused"\nmsgstr "X"\n\n'
        b'# reviewed: no\n#: b.py\nmsgid "unavailable"\nmsgstr ""\n'
    ) == after
    assert after == updated(after, LAO, reversed(found))


@pytest.mark.parametrize("tag", TAGS)
def test_no_catalogue_is_behind(tag):
    """Each text of the desk stands in each catalogue, once, and nothing else does."""
    language = LANGUAGES[tag]
    octets = file_of(language).read_bytes()
    assert octets == updated(octets, language, sources()), "run `make messages`"


@pytest.mark.parametrize("tag", TAGS)
def test_every_text_is_translated_whole(tag):
    """No translation is missing, loses or invents a value, or holds HTML."""
    wrong = {message.id: found for message in installed(tag) if (found := faults(message))}
    assert {} == wrong


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", ["missing"]),
        ("%(asked)s", ["values"]),
        ("%(done)s %(done)s", ["values"]),
        ("%(done)s 100 %", ["percent"]),
        ("<b>%(done)s</b>", ["markup"]),
        ("%(done)s &nbsp;", ["markup"]),
        (" %(done)s", ["space"]),
        ("%(done)s", []),
    ],
)
def test_a_bad_translation_is_noticed(said, expected):
    """The check above sees each fault."""
    octets = f'msgid "%(done)s answers"\nmsgstr "{said}"\n'.encode()
    [message] = messages_of(read_catalog(octets, LAO))
    assert expected == faults(message)


def foreign(tag, text):
    """List the letters of a text that belong to the script of another language."""
    others = "".join(letters for other, letters in SCRIPTS.items() if other != tag)
    return re.findall(f"[{others}]", text)


@pytest.mark.parametrize("tag", TAGS)
def test_no_letter_of_another_script_is_in_a_translation(tag):
    """Full stops of Khmer and Burmese look alike, and so do letters of Thai and Lao."""
    assert ["\u104b"] == foreign("km", "\u1780\u104b")
    assert [] == foreign("my", "\u1000\u104b")
    said = {message.id: said_of(message) for message in installed(tag)}
    assert {} == {text: found for text, one in said.items() if (found := foreign(tag, one))}


@pytest.mark.parametrize("tag", TAGS)
def test_every_entry_says_whether_it_was_reviewed(tag):
    """An entry has one comment, and that is the state of its review."""
    state = re.compile(r"reviewed: (no|[0-9]{4}-[0-9]{2}-[0-9]{2})")
    assert all(
        len(message.user_comments) == 1 and state.fullmatch(message.user_comments[0])
        for message in installed(tag)
    )


def test_the_program_says_that_all_is_up_to_date():
    """`--check` writes nothing and ends with 0 where nothing is to be done."""
    assert 0 == main(["--check"])


def glossary():
    """Read the glossary: each English word, without what explains it, in each language."""
    page = (PACKAGE.parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    languages = {language.name: tag for tag, language in LANGUAGES.items()}
    tags = [languages[name] for name in rows[0]]
    return {row[0].split(":")[0]: dict(zip(tags, row, strict=True)) for row in rows[2:]}


@pytest.mark.parametrize("tag", TAGS)
def test_outcomes_are_called_what_the_glossary_calls_them(tag):
    """The words that carry the meaning are the same wherever an officer reads them."""
    said = {message.id: said_of(message) for message in installed(tag)}
    words = {word: row[tag] for word, row in glossary().items() if word in said}
    outcomes = {"hit", "possible hit", "no hit", "refused", "unavailable", "stale"}
    assert outcomes <= set(words)
    assert words == {word: said[word] for word in words}


@pytest.mark.parametrize("tag", TAGS)
def test_the_glossary_has_another_word_for_each_meaning(tag):
    """An officer who reads two meanings in one word acts on the wrong one."""
    words = [row[tag] for row in glossary().values()]
    assert [] == [word for word in words if words.count(word) > 1]


@pytest.mark.parametrize("tag", TAGS)
def test_evidence_is_spoken_of_where_the_english_speaks_of_it(tag):
    """A proof, a receipt or a signature that is called evidence would be taken to court as such."""
    evidence = glossary()["evidence"][tag]
    said = {message.id: said_of(message) for message in installed(tag)}
    named = {text for text, one in said.items() if evidence in one}
    meant = {text for text in said if isinstance(text, str) and "evidence" in text}
    assert named == meant
