"""Bad files, each named for its fault; every one is refused with a place."""

import pytest

from fedquery.errors import ConfigError

GOOD = """@id("TH-01")
@title("title")
@law("EXAMPLE, Art. 1")
permit (
  principal,
  action in Action::"up to hit",
  resource in Nation::"TH"
)
when { context.purpose == Purpose::"fraud" };
"""
SECOND = GOOD.replace("TH-01", "TH-02").replace("permit", "forbid").replace("up to", "more than")


def _change(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


BAD = {
    "no id": (_change('@id("TH-01")\n', ""), "needs @id", 1),
    "empty title": (_change('@title("title")', '@title("")'), "needs @title", 2),
    "blank title": (_change('@title("title")', '@title(" ")'), "needs @title", 2),
    "no law": (_change('@law("EXAMPLE, Art. 1")\n', ""), "needs @law", 1),
    "bare law": (_change('@law("EXAMPLE, Art. 1")', "@law"), "needs @law", 3),
    "hidden character in a title": (_change("title(", 'title("\\u{202e}")\n@x('), "printable", 2),
    "long title": (_change('"title"', '"' + "x" * 201 + '"'), "at most 200", 2),
    "id of another nation": (_change("TH-01", "VN-01"), '@id must read "TH-"', 1),
    "id out of form": (_change("TH-01", "TH-1x"), "@id must read", 1),
    "id used twice": (GOOD + SECOND.replace("TH-02", "TH-01"), "same @id", 10),
    "annotation twice": (_change("@title", '@id("TH-02")\n@title'), "duplicate annotation", 10),
    "foreign nation": (_change('Nation::"TH"', 'Nation::"VN"'), "must say `resource in", 7),
    "any resource": (_change('resource in Nation::"TH"', "resource"), "must say `resource in", 7),
    "one dataset": (_change("resource in Nation", "resource == Dataset"), "must say", 7),
    "permit from where on": (_change("up to hit", "more than hit"), "up to ...", 6),
    "permit any answer": (_change("up to hit", "any answer"), "up to ...", 6),
    "permit one rung": (_change('in Action::"up to hit"', '== Action::"hit"'), "up to ...", 6),
    "permit everything": (
        _change('action in Action::"up to hit"', "action").replace(
            'context.purpose == Purpose::"fraud"', 'principal.sort == Sort::"police"'
        ),
        "up to ...",
        6,
    ),
    "permit a list": (
        _change('Action::"up to hit"', '[Action::"hit", Action::"reference"]'),
        "up to ...",
        6,
    ),
    "forbid up to": (_change("permit", "forbid"), "any answer", 6),
    "forbid one rung": (
        _change('in Action::"up to hit"', '== Action::"hit"').replace("permit", "forbid"),
        "any answer",
        6,
    ),
    "template": (_change("principal,", "principal == ?principal,"), "templates are not used", 5),
    "misspelt nation": (_change('Nation::"TH"', 'Nation::"TX"'), "must say `resource in", 7),
    "misspelt purpose": (_change('"fraud"', '"frawd"'), "frawd", 9),
    "misspelt attribute": (_change("context.purpose", "context.purpouse"), "purpouse", 9),
    "misspelt type": (_change("Purpose::", "Porpoise::"), "Porpoise", 9),
    "misspelt action": (_change("up to hit", "up to hitt"), "up to hitt", 6),
    "missing comma": (_change("principal,", "principal"), "unexpected token", 6),
    "missing semicolon": (
        GOOD.rstrip().rstrip(";") + "\n" + SECOND,
        "`;` or a bracket is missing",
        9,
    ),
    "doubled operator": (_change("==", "== =="), "unexpected token", 9),
    "half written": (GOOD[: len(GOOD) // 2], "unexpected end of input", 6),
    "record in a question": (
        SECOND.replace("more than hit", "any answer").replace(
            'context.purpose == Purpose::"fraud"', 'context.record.handling == Handling::"open"'
        ),
        "record",
        9,
    ),
}


def test_good_file_compiles(compiled):
    """The file that all the bad ones are made from is good."""
    assert set(compiled(GOOD + SECOND).policies) == {"TH-01", "TH-02"}


@pytest.mark.parametrize("fault", sorted(BAD))
def test_bad_file_is_refused(fault, compiled):
    """Each fault is refused in words that name it, at its line or at the head of its rule."""
    text, words, line = BAD[fault]
    with pytest.raises(ConfigError) as caught:
        compiled(text)
    assert words in caught.value.what
    assert f", line {line}, column " in caught.value.what


def test_a_forbid_may_name_every_action(compiled):
    """To forbid all is the strongest rule there is, and the right way round."""
    rules = compiled(
        '@id("TH-99")\n@title("closed")\n@law("EXAMPLE, Art. 9")\n'
        'forbid (principal, action, resource in Nation::"TH");'
    )
    assert rules.policies["TH-99"].effect == "forbid"


def test_record_behind_a_guard_is_taken(compiled, rule):
    """On every answer a rule may look at the record where there is one."""
    guarded = 'context has record && context.record.handling == Handling::"restricted"'
    text = rule("TH-90", "forbid", 'in Action::"any answer"', when=guarded)
    assert set(compiled(text).policies) == {"TH-90"}
