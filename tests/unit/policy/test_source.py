"""What reaches the parser is small, flat and plain."""

import cedarpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import ConfigError
from fedquery.policy.source import MAX_BYTES, check_source, read_source

HEAD = 'permit (principal, action, resource in Nation::"TH") when { '


def _check(text, *, generics=False):
    source = read_source(text.encode("utf-8"), "file")
    check_source(source, generics=generics)
    return source


@pytest.mark.parametrize(("opening", "closing"), ["()", "[]", "{}"])
def test_nesting_is_capped_at_twenty(opening, closing):
    """Twenty brackets pass and the twenty-first is refused where it stands."""
    _check(opening * 20 + closing * 20)
    with pytest.raises(ConfigError, match=r"line 2, column 21: nested more than 20 deep"):
        _check("\n" + opening * 21 + closing * 21)


def test_generics_nest_in_a_schema_only():
    """Angle brackets are brackets in a schema, and comparisons in a policy."""
    deep = "type T = " + "Set<" * 21 + "Long" + ">" * 21 + ";"
    with pytest.raises(ConfigError, match="nested"):
        _check(deep, generics=True)
    _check(HEAD + " && ".join(["1 < 2"] * 30) + " };")


def test_closing_brackets_earn_no_credit():
    """Closing brackets in front do not let more opening ones pass."""
    with pytest.raises(ConfigError, match="nested"):
        _check(")" * 100 + "(" * 21)


def test_chained_ifs_are_capped():
    """An `if` in the else of an `if` is as deep as a bracket, though it shows none."""
    _check(HEAD + "if true then true else " * 20 + "true };")
    with pytest.raises(ConfigError, match="more than 20 `if`"):
        _check(HEAD + "if true then true else " * 21 + "true };")


@pytest.mark.parametrize("link", [" && true", " || true", ".a", " + 1", " has a"])
def test_chains_of_operators_are_capped(link):
    """A chain is as deep as it is long; 101 operators are refused."""
    with pytest.raises(ConfigError, match="more than 100 operators"):
        _check(HEAD + "context" + link * 101 + " };")


def test_cap_on_chains_is_needed():
    """Known-bad twin: past its own limit the validator accepts an attribute that does not exist."""
    schema = "entity A; action b appliesTo { principal: A, resource: A, context: {} };"
    short = f"permit (principal, action, resource) when {{ context{'.a' * 20} }};"
    long = f"permit (principal, action, resource) when {{ context{'.a' * 10_000} }};"
    assert not cedarpy.validate_policies(short, schema).validation_passed
    assert cedarpy.validate_policies(long, schema).validation_passed


def test_counts_begin_anew_with_each_clause():
    """Many small clauses are no deep one."""
    _check((HEAD + "1 < 2 && 2 < 3 };\n") * 200)


def test_an_attribute_called_when_resets_nothing():
    """Inside a clause no word lets a chain go on for longer."""
    with pytest.raises(ConfigError, match="operators"):
        _check(HEAD + "context" + ".when.unless" * 60 + " };")


def test_brackets_do_not_hide_behind_a_lone_cr():
    """A comment ends at CR, for the count of brackets as for Cedar."""
    with pytest.raises(ConfigError, match="nested"):
        _check("// comment\r" + "(" * 21)
    assert len(cedarpy.PolicySet.from_str("// comment\rpermit (principal, action, resource);")) == 1


def test_brackets_in_strings_and_comments_do_not_count():
    """Text is not structure."""
    _check(f'@title("{"(" * 50}") // {"(" * 50}\n{HEAD} true }};')


REFUSED = {
    "look-alike letter": "p\u0435rmit (principal, action, resource);",
    "reversed comment": "// \u202e);\npermit (principal, action, resource);",
    "non-ASCII comment": "// ไทย\npermit (principal, action, resource);",
    "escape sequence in a comment": "// \x1b[2J\npermit (principal, action, resource);",
    "no-break space": "permit\u00a0(principal, action, resource);",
    "form feed": "permit\f(principal, action, resource);",
    "zero-width space in a string": '@id("TH\u200b-01")\npermit (principal, action, resource);',
    "reversed string": '@id("TH\u202e-01")\npermit (principal, action, resource);',
    "NUL in a string": '@id("TH\x00")\npermit (principal, action, resource);',
    "string over two lines": '@id("TH\n-01")\npermit (principal, action, resource);',
    "open string": '@id("TH-01',
    "byte order mark": "\ufeffpermit (principal, action, resource);",
}


@pytest.mark.parametrize("fault", sorted(REFUSED))
def test_text_that_reads_otherwise_than_it_parses_is_refused(fault):
    """No character outside strings but plain ASCII, and none in strings that cannot be seen."""
    with pytest.raises(ConfigError, match=r"line \d, column \d"):
        _check(REFUSED[fault])


def test_titles_may_be_written_in_a_nation_s_own_script():
    """Thai, Lao, Khmer, Burmese, Vietnamese and Chinese words pass in strings."""
    for title in ("ไม่เกิน", "ບໍ່ເກີນ", "មិនលើស", "မကျော်", "không quá", "不超过"):
        assert f'"{title}"' in [t.text for t in _check(f'@title("{title}")').tokens]


def test_not_utf8_is_refused_by_line():
    """The line of the first bad byte is named, and none of the bytes."""
    with pytest.raises(ConfigError, match=r"^file, line 3, column 2: not UTF-8$"):
        read_source(b"a\nb\nc\xff\n", "file")


def test_too_large_is_refused():
    """200 kB pass and one byte more is refused."""
    read_source(b" " * MAX_BYTES, "file")
    with pytest.raises(ConfigError, match="larger"):
        read_source(b" " * (MAX_BYTES + 1), "file")


def test_policies_are_split_as_cedar_numbers_them():
    """The nth piece is Cedar's policy n."""
    source = _check('@id("a;b")\npermit (principal, action, resource); // ;\nforbid (;);\nrest')
    assert [piece[0].start for piece in source.policies()] == [0, 54, 66]


@given(st.text(alphabet=st.sampled_from('(){}[]<>;"\\/. \n\raif&|+-!é\u202e'), max_size=200))
def test_any_text_is_taken_or_refused(text):
    """Whatever is taken is within every cap; whatever is not is a ConfigError with a place."""
    try:
        source = _check(text)
    except ConfigError as error:
        assert "line" in error.what  # noqa: PT017  both outcomes are right
        return
    assert all(token.text.isascii() or token.text.startswith('"') for token in source.tokens)


@given(st.binary(max_size=100))
def test_any_bytes_are_taken_or_refused(octets):
    """No bytes bring anything but a ConfigError."""
    try:
        check_source(read_source(octets, "file"))
    except ConfigError as error:
        assert error.what.startswith("file")  # noqa: PT017  both outcomes are right
