"""All that is wrong in a file is listed, each at its place, with the word that was meant."""

import pytest

from fedquery.policy.examine import MOST, examine
from fedquery.policy.source import read_source, unsafe

HEAD = '@id("TH-0{0}")\n@title("title")\n@law("EXAMPLE, Art. 1")\n'
SCOPE = 'permit (principal, action in Action::"up to hit", resource in Nation::"TH")\n'


@pytest.fixture(scope="module")
def listed(schema_text):
    """List the complaints about a file as `line:column text`."""

    def complaints(text):
        source = read_source(text.encode(), "file")
        assert not list(unsafe(source))
        found = examine(source, read_source(schema_text, "schema"), "TH").complaints
        return [f"{one.line}:{one.column} {one.text}" for one in found]

    return complaints


def rules(*clauses):
    """Write a file of one policy for each clause, five lines each."""
    return "".join(
        HEAD.format(number) + SCOPE + clause + ";\n" for number, clause in enumerate(clauses, 1)
    )


def test_every_wrong_word_of_one_policy_is_listed(listed):
    """Cedar stops at some of them; a reader wants all."""
    clause = (
        'when { context.purpouse == Purpose::"frawd" || principal.sotr == Sorte::"police" ||'
        ' context has "openeed" || context["aimm"] == Aim::"knwn" || principal is Agensy }'
    )
    assert [
        "5:16 there is no attribute called `purpouse`; did you mean purpose?",
        '5:37 there is no Purpose called "frawd"; did you mean "fraud"?',
        "5:58 there is no attribute called `sotr`; did you mean sort?",
        "5:66 there is no entity type called `Sorte`; did you mean Sort?",
        '5:97 there is no attribute called `openeed`; did you mean "opened"?',
        '5:118 there is no attribute called `aimm`; did you mean "aim"?',
        '5:134 there is no Aim called "knwn"; did you mean "known"?',
        "5:157 there is no entity type called `Agensy`; did you mean Agency?",
    ] == listed(rules(clause))


def test_every_policy_s_own_syntax_error_is_listed(listed):
    """A mistake in one policy hides none in the next, whatever bracket or semicolon is lacking."""
    text = rules(
        "wheni { true }",
        "when { context.case.signedBy.containz(1) }",
        "when { [1].contains(principaal) }",
        "when { (true }",
        'when { context.purpose == Purpose::"frawd" }',
    )
    text = text.replace('"frawd" };', '"frawd" }') + rules("").replace("TH-01", "TH-06")
    assert [
        "5:1 invalid policy condition: wheni; did you mean when?",
        "10:30 `containz` is not a valid method; did you mean contains?",
        "15:21 invalid variable: principaal; did you mean principal?",
        "20:15 unexpected token `}`",
        '25:36 there is no Purpose called "frawd"; did you mean "fraud"?',
        "25:44 a `;` or a bracket is missing before the next policy begins",
    ] == listed(text)


def test_a_type_mistake_is_shown_at_its_clause(listed):
    """Cedar says which policy; the clause is found by asking again for its beginning."""
    text = rules('when { context.elements > 1 }\nwhen { context.elements == "1" }\nwhen { true }')
    assert ["6:1 the types Long and String are not compatible"] == listed(text)


def test_an_id_of_another_type_is_named_with_its_own(listed):
    """Cedar takes a purpose compared with a sort as never equal; a sort's id as purpose it refuses.

    What would be right is said where the id exists under another type.
    """
    (complaint,) = listed(rules('when { context.purpose == Purpose::"fiu" }'))
    assert complaint.endswith('there is no Purpose called "fiu"; did you mean Sort::"fiu"?')


def test_a_wrong_action_brings_no_complaints_that_follow_from_it(listed):
    """What an unknown action's context holds is unknown too, and says nothing."""
    text = rules('when { context.purpose == Purpose::"fraud" }').replace("up to hit", "up to hitt")
    (complaint,) = listed(text)
    assert complaint.endswith('there is no Action called "up to hitt"; did you mean "up to hit"?')


def test_names_of_agencies_and_datasets_have_a_form(listed):
    """They are not enumerated, but one without its nation can name nobody."""
    text = rules('when { principal == Agency::"police" || resource == Dataset::"TH/phones" }')
    assert ['5:29 Agency names are written "NATION/name"'] == listed(text)


def test_a_record_s_own_names_are_no_attributes_of_the_schema(listed):
    """A policy may write a record and read it."""
    assert [] == listed(rules("when { {mine: 1}.mine == 1 }"))


def test_house_rules_are_all_listed(listed):
    """Each breach of one policy is a complaint at its part."""
    text = (
        'permit (principal, action, resource);\n@id("VN-01") permit (principal, action, resource);'
    )
    found = listed(text)
    for words in ("@id", "@title", "@law", "a permit must name", "must say `resource"):
        assert sum(words in one for one in found) == 2, words


def test_a_file_of_mistakes_ends(listed):
    """However many there are, no more are listed than a person reads."""
    wrong = "when { " + " || ".join(["context.purpouse == 1"] * 20) + " }"
    assert len(listed(rules(*[wrong] * 50))) == MOST


def test_an_annotation_may_be_called_permit(listed):
    """The word that begins a policy begins none behind an @."""
    assert [] == listed('@permit("x")\n' + rules(""))
