"""A changed rule: two sides with different releases never read a silent no match, or a wrong hit.

The pretended kind of `pretended.py` has changed once. Old and new askers ask old and new holders.
"""

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.identifiers import pretended
from unit.identifiers.pretended import NEW_DIGEST, OLD, OLD_DIGEST, read_new, read_old

from fedquery.errors import InputError
from fedquery.identifiers import kinds, parse
from fedquery.identifiers.rules import MOST_FORMER, Former, Rules, Spelled, as_today, extended
from fedquery.psi import publication

TEXTS = [
    f"{letter}{hyphen}{digits}{after}"
    for letter in ("A", "m", "Z")
    for hyphen in ("", "-")
    for digits in ("7", "0007", "00007", "0120", "123456")
    for after in ("", "/x", "/y")
]


@dataclass(frozen=True)
class Side:
    """An installation: how it reads texts, and what it knows of rules."""

    read: object
    rules: Rules


def sides(spelling=pretended.before):
    """Give an installation of the first release and one of today's."""
    return {"old": Side(read_old, OLD), "new": Side(read_new, pretended.new(spelling))}


def ask(asker, holder, recorded, asked):
    """Say what comes of a question, as asker and node do it, without the cryptography."""
    record, question = holder.read(recorded), asker.read(asked)
    if record is None or question is None:
        # Either is told so when the text is read, and no question is asked.
        return "unread"
    rows = set(holder.rules.kept_under(record))
    spelling = asker.rules.shared_with(holder.rules.digests)
    forms = spelling(question) if spelling is not None else ()
    if not forms:
        return "stale"
    found = [form for form in forms if form.octets in rows]
    if not found:
        return "no hit"
    return "hit" if any(form.exact for form in found) else "possible hit"


def require_sound(asker, holder, recorded, asked):
    """Require that what is one thing is found or said to be unknown, and that no other is hit."""
    came = ask(asker, holder, recorded, asked)
    one_thing = read_new(recorded) == read_new(asked)
    if one_thing and asker.read is read_old and holder.read is read_old:
        # By the first rules alone: what they write differently was two things to them.
        one_thing = read_old(recorded) == read_old(asked)
    if one_thing:
        assert came != "no hit"
    elif asker.read is read_new:
        assert came != "hit"
    elif came == "hit":
        # To an old asker the two were one, or some text of what is recorded was.
        of_record = {one.octets for one in pretended.before(read_new(recorded))}
        assert read_old(asked).encode() in of_record


def require_all_sound(asker, holder):
    """Require it of all pairs of texts."""
    for recorded, asked in itertools.product(TEXTS, TEXTS):
        require_sound(asker, holder, recorded, asked)


@pytest.mark.parametrize("asker", ["old", "new"])
@pytest.mark.parametrize("holder", ["old", "new"])
def test_no_release_misses_another_silently(asker, holder):
    """Of all pairs of texts, between releases in every combination."""
    found = sides()
    require_all_sound(found[asker], found[holder])


texts = st.builds(
    "{}{}{}{}".format,
    st.sampled_from("AaMmZ"),
    st.sampled_from(["", "-"]),
    st.text("01", min_size=1, max_size=6),
    st.sampled_from(["", "/x"]),
)


@given(texts, texts, st.sampled_from(["old", "new"]), st.sampled_from(["old", "new"]))
def test_no_release_misses_another_whatever_is_asked(recorded, asked, asker, holder):
    """The same for texts that nobody chose."""
    found = sides()
    require_sound(found[asker], found[holder], recorded, asked)


def test_what_an_identifier_whose_form_changed_comes_to():
    """Found by old askers and new; at an old holder by its former form; else stale."""
    found = sides()
    old, new = found["old"], found["new"]
    assert read_old("A-0007").encode() != read_new("A-0007").encode()
    assert "hit" == ask(old, new, "A0007", "A-0007")
    assert "hit" == ask(new, old, "A0007", "A-7")
    assert "hit" == ask(new, new, "A0007", "A-7")
    # Two badges that were one to the holder's rules.
    assert "possible hit" == ask(new, old, "M-0007/x", "M-0007/y")
    # It had no form there, so the old holder cannot have it, and does not know that it cannot.
    assert "stale" == ask(new, old, "A0007", "Z0007")
    # Without the migration nobody would be asked.
    alone = Side(read_new, Rules(NEW_DIGEST))
    assert "stale" == ask(old, alone, "A0007", "A0007") == ask(alone, old, "A0007", "A0007")


@pytest.mark.parametrize(
    ("twin", "asker", "holder"),
    [
        (pretended.before_forgetting, "old", "new"),
        (pretended.before_forgetting, "new", "old"),
        (pretended.before_too_sure, "new", "old"),
    ],
)
def test_a_release_that_forgets_the_second_form_is_found(twin, asker, holder):
    """The check above fails for it, and for one that is too sure of a former form."""
    found = sides(twin)
    with pytest.raises(AssertionError):
        require_all_sound(found[asker], found[holder])


def test_rules_that_are_only_extended_need_no_second_form():
    """A record has one row still, and is found by both releases."""
    former = Former(OLD_DIGEST, extended(lambda phone: phone.canonical.startswith("+84")))
    rules = Rules(NEW_DIGEST, (former,))
    read, unread = parse("phone", "+84855501990").identifier, parse("phone", "+66855501990")
    assert (read.encode(),) == rules.kept_under(read)
    spelling = rules.shared_with([OLD_DIGEST])
    assert as_today(read) == spelling(read)
    assert () == spelling(unread.identifier)


def test_the_newest_rules_that_both_have_are_spoken():
    """Today's before former ones, and none where there are none."""
    one, two = (Former(bytes([number]) * 32, as_today) for number in (1, 2))
    other = Former(bytes([3]) * 32, lambda _: ())
    rules = Rules(bytes(32), (other, one))
    assert as_today is rules.shared_with([bytes(32), other.digest])
    assert other.spelling is rules.shared_with([one.digest, other.digest])
    assert None is rules.shared_with([two.digest])


def test_rules_are_few_and_distinct():
    """As many former rules as a publication can name, and none twice."""
    former = [Former(bytes([number]) * 32, as_today) for number in range(1, MOST_FORMER + 2)]
    assert MOST_FORMER == publication.MOST_FORMER
    Rules(bytes(32), tuple(former[:MOST_FORMER]))
    for wrong in (former, [former[0]] * 2, [Former(bytes(32), as_today)]):
        with pytest.raises(InputError):
            Rules(bytes(32), tuple(wrong))


def test_spelled_forms_do_not_show():
    """A former form is as secret as today's."""
    assert "85550" not in repr(Spelled(b"phone:v1:+84855501990", exact=True))


def test_today_has_the_rules_of_the_first_release():
    """No kind has former rules yet; `test_former.py` holds those that come."""
    assert all(kind.rules == Rules(kind.vectors_digest) for kind in kinds().values())
