"""Of which words, agencies, nations, teams or signers something is or has one, in English."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fedquery.policy import wording
from fedquery.policy.expressions import Expression, entity_of, items_of, path_of
from fedquery.policy.wording import UnwordedError

# Attributes of enumerated words, how they are introduced, and how each word is said.
NAMED: Final = {
    "principal.sort": ("the asking agency", wording.SORTS),
    "context.personRole": ("the person looked for", wording.PERSONS),
    "context.aim": ("the aim", wording.AIMS),
    "context.purpose": ("the purpose", None),
    "resource.kind": ("the dataset's kind of identifier", None),
    "context.record.handling": ("the record's handling code", None),
}
_KINDS: Final = {
    "principal.sort": "Sort",
    "context.personRole": "PersonRole",
    "context.aim": "Aim",
    "context.purpose": "Purpose",
    "resource.kind": "Kind",
    "context.record.handling": "Handling",
}
_SIGNED_BY: Final = "context.case.signedBy"


def one_of(left: Expression, items: Sequence[Expression], same: bool) -> str:  # noqa: FBT001  in or not
    """Say that an attribute is one of some enumerated words, or none of them.

    Args:
        left: an attribute of `NAMED`.
        items: the words, as entities.
        same: whether it is one of them.

    Raises:
        UnwordedError: if there is no word, or one that has none of its own or is of another type.
    """
    lead, words = NAMED[path_of(left)]
    names = [entity_of(item) for item in items]
    if not names or any(kind != _KINDS[path_of(left)] for kind, _ in names):
        # A word of another type is never equal, and no sentence should hide that.
        raise UnwordedError
    if words is not None and any(name not in words for _, name in names):
        raise UnwordedError
    said = [words[name] if words is not None else f"“{name}”" for _, name in names]
    if same:
        return f"{lead} is {wording.listed(said, 'or')}"
    return f"{lead} is {'neither ' if len(said) > 1 else 'not '}{wording.listed(said, 'nor')}"


def within(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  in or not
    """Say `in`: of which nation, team or words something is.

    Args:
        inside: its two sides, in Cedar's JSON form.
        so: whether it is said to be so, or not to be so.

    Raises:
        UnwordedError: if it has no words.
    """
    left, items = inside["left"], items_of(inside["right"])
    path = path_of(left)
    if path in NAMED:
        return one_of(left, items, so)
    entities = [entity_of(item) for item in items]
    kinds = {kind for kind, _ in entities}
    names = [name for _, name in entities]
    word = "is" if so else "is not"
    if path == "principal" and kinds == {"Nation"}:
        return f"the asking agency {word} an agency of {wording.nations(names)}"
    if path == "principal" and kinds == {"Team"}:
        return f"the asking agency {word} in the joint team {wording.teams(names)}"
    if path == "resource" and kinds == {"Nation"}:
        return f"the dataset {word} held by {wording.nations(names)}"
    raise UnwordedError


def contains(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  does or does not
    """Say `contains`: that somebody has signed, or that a listed word is an attribute's.

    Args:
        inside: its two sides, in Cedar's JSON form.
        so: whether it is said to be so, or not to be so.

    Raises:
        UnwordedError: if it has no words.
    """
    left, right = inside["left"], inside["right"]
    if path_of(left) == _SIGNED_BY:
        return _signed([right], "and", so)
    # [a, b].contains(x) is x in [a, b].
    if path_of(right) in NAMED:
        return one_of(right, items_of(left), so)
    raise UnwordedError


def contains_any(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  does or does not
    """Say `containsAny`: that one of some people has signed.

    Args:
        inside: its two sides, in Cedar's JSON form.
        so: whether it is said to be so, or not to be so.

    Raises:
        UnwordedError: if it has no words.
    """
    return _signed_by(inside, "or", so)


def contains_all(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  does or does not
    """Say `containsAll`: that each of some people has signed.

    Args:
        inside: its two sides, in Cedar's JSON form.
        so: whether it is said to be so, or not to be so.

    Raises:
        UnwordedError: if it has no words.
    """
    return _signed_by(inside, "and", so)


def _signed_by(inside: Mapping[str, Any], word: str, so: bool) -> str:  # noqa: FBT001  has or has not
    if path_of(inside["left"]) != _SIGNED_BY:
        raise UnwordedError
    return _signed(items_of(inside["right"]), word, so)


def _signed(items: Sequence[Expression], word: str, so: bool) -> str:  # noqa: FBT001  has or has not
    entities = [entity_of(item) for item in items]
    if not entities or any(kind != "Role" or name not in wording.ROLES for kind, name in entities):
        raise UnwordedError
    roles = [wording.ROLES[name] for _, name in entities]
    if so:
        verb = "have" if word == "and" and len(roles) > 1 else "has"
        return f"{wording.listed(roles, word)} {verb} signed"
    if len(roles) == 1:
        return f"{roles[0].replace('an ', 'no ', 1).replace('a ', 'no ', 1)} has signed"
    if word == "or":
        return f"neither {wording.listed(roles, 'nor')} has signed"
    return f"not all of {wording.listed(roles, 'and')} have signed"


def is_empty(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  is or is not
    """Say `isEmpty`: that nobody has signed.

    Args:
        inside: what may be empty, in Cedar's JSON form.
        so: whether it is said to be so, or not to be so.

    Raises:
        UnwordedError: if it has no words.
    """
    if path_of(inside["arg"]) != _SIGNED_BY:
        raise UnwordedError
    return "nobody has signed" if so else "somebody has signed"
