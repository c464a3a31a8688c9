"""A catalogue says each text in its language, and values stay values."""

import pytest
from jinja2 import Environment, StrictUndefined

from fedquery.desk.catalogue import Catalogue, Catalogues, parse, source_text
from fedquery.desk.language import LANGUAGES
from fedquery.errors import ConfigError

LAO = LANGUAGES["lo"]
FILE = """
# reviewed: 2027-01-31
msgid "refused"
msgstr "ຖືກປະຕິເສດ"

# reviewed: {reviewed}
msgid "%(done)s of %(all)s"
msgstr "%(all)s: %(done)s"

# reviewed: 2027-01-31
msgid "%(num)s question"
msgid_plural "%(num)s questions"
msgstr[0] "ຄຳຖາມ %(num)s"

# reviewed: 2027-01-31
msgid "not yet translated"
msgstr ""

# reviewed: 2027-01-31
#, fuzzy
msgid "guessed"
msgstr "ເດົາ"
"""


def catalogue(reviewed="2027-01-31"):
    """Parse the file above."""
    return parse(FILE.format(reviewed=reviewed).encode(), LAO)


def rendered(template, made, **values):
    """Render a template as the desk does."""
    environment = Environment(
        autoescape=True, extensions=["jinja2.ext.i18n"], undefined=StrictUndefined
    )
    environment.newstyle_gettext = True
    return environment.from_string(template).render(**made.for_templates(), **values)


def test_a_text_is_said_in_the_language():
    """The translation may put the values into another order."""
    assert "ຖືກປະຕິເສດ" == catalogue().gettext("refused")
    assert "6: 2" == catalogue().gettext("%(done)s of %(all)s", done=2, all=6)


@pytest.mark.parametrize("text", ["not yet translated", "guessed", "unknown"])
def test_what_has_no_translation_is_said_in_english(text):
    """An empty or a guessed translation is none."""
    assert text == catalogue().gettext(text)


def test_numbers_choose_the_form():
    """Lao has one form for every number, English has two."""
    counted = ("%(num)s question", "%(num)s questions")
    assert "ຄຳຖາມ 1" == catalogue().ngettext(*counted, 1)
    english = Catalogues.read()["en"]
    assert ["0 questions", "1 question", "2 questions"] == [
        english.ngettext(*counted, number) for number in range(3)
    ]


def test_one_text_that_waits_makes_the_catalogue_unreviewed():
    """The footer says that a translation was not reviewed until all of it was."""
    assert catalogue().reviewed
    assert not catalogue("no").reviewed
    assert not catalogue("soon").reviewed


def test_a_broken_file_is_refused():
    """A file that is no catalogue stops the desk, and says which one it is."""
    with pytest.raises(ConfigError, match="lo"):
        parse(b"refused = no", LAO)
    with pytest.raises(ConfigError, match="lo"):
        parse(b'msgid "a"\nmsgstr "\xff\xfe"', LAO)


@pytest.mark.parametrize(
    "template",
    [
        '{{ _("%(done)s of %(all)s", done=done, all=6) }}',
        "{% trans done=done, all=6 %}{{ done }} of {{ all }}{% endtrans %}",
    ],
)
def test_values_are_escaped_in_templates(template):
    """What somebody typed cannot become a tag by standing in a translation."""
    assert "6: &lt;b&gt;" == rendered(template, catalogue(), done="<b>")


def test_templates_count():
    """Counted texts work in templates, in both ways of writing them."""
    made = catalogue()
    called = '{{ ngettext("%(num)s question", "%(num)s questions", n) }}'
    block = "{% trans num=n %}{{ num }} question{% pluralize %}{{ num }} questions{% endtrans %}"
    assert "ຄຳຖາມ 2" == rendered(called, made, n=2) == rendered(block, made, n=2)


def test_a_text_without_values_is_not_touched():
    """The same text can be filled in by the caller."""
    assert "%(done)s of %(all)s" == source_text("%(done)s of %(all)s")


def test_the_installed_catalogues_are_read():
    """Each language has one; a tag that is none of ours is shown English."""
    made = Catalogues.read()
    assert set(LANGUAGES) == set(made.by_tag)
    assert all(tag == made[tag].language.tag for tag in LANGUAGES)
    assert "en" == made["xx"].language.tag
    assert isinstance(made["my"], Catalogue)
