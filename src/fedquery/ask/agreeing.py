"""By which spelling rules a holder's dataset is asked: those that both sides have, or none."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from fedquery.ask.outcome import RULES_DIFFER, Outcome, rules_differ
from fedquery.ask.planning import Form
from fedquery.identifiers import kinds
from fedquery.psi.publication import Publication

Standing: TypeAlias = Literal["same", "newer", "older", "differ", "unknown"]


def agree(publication: Publication, forms: Sequence[Form]) -> tuple[list[Form], list[Form]]:
    """Write forms as the rules do that this installation shares with a holder.

    Args:
        publication: what is to be asked, of a kind that is known here.
        forms: the forms of identifiers, all of one kind.

    Returns:
        What can be asked; and the forms of the identifiers that cannot, for they or a less exact
        form of them have no form under those rules. Asking the rest of one would be a *no hit*
        that says less than it seems to. What is asked for another identifier anyway is among the
        first for both, for there it may be found.
    """
    spelling = kinds()[publication.kind].rules.shared_with(publication.rules)
    if spelling is None:
        return [], list(forms)
    spelled = [(form, one) for form in forms for one in spelling(form.identifier)]
    written = {form for form, _ in spelled}
    lost = {form.place for form in forms if form not in written or not form.whole}
    wanted = {one.octets for form, one in spelled if form.place not in lost}
    asked = [
        Form(
            form.place,
            form.identifier,
            one.octets,
            form.identifier.exact and one.exact,
            whole=form.place not in lost,
        )
        for form, one in spelled
        if one.octets in wanted
    ]
    stale = lost - {form.place for form in asked}
    return list(dict.fromkeys(asked)), [form for form in forms if form.place in stale]


def beside_lost(forms: Iterable[Form], said: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Say only that it is stale of an identifier of which forms could not be asked (protocol.md 1).

    A hit of a form that was asked for another one is shown, and an alarm is one for both.

    Args:
        forms: what a question asked.
        said: what came of it, for each identifier.
    """
    lost = {form.place for form in forms if not form.whole}
    return tuple(
        one
        if one.place not in lost or one.alarm
        else replace(one, why=RULES_DIFFER)
        if one.word == "hit"
        else rules_differ(one)
        for one in said
    )


def standing(publication: Publication) -> Standing:
    """Say how the rules of a publication stand to those of this installation.

    Returns:
        `newer` where it is asked by ours, which are former ones there; `older` where it is asked
        by rules that are former ones here; `differ` where there are none that both have;
        `unknown` where there is no such kind here.
    """
    kind = kinds().get(publication.kind)
    if kind is None:
        return "unknown"
    if publication.vectors_digest == kind.vectors_digest:
        return "same"
    if kind.vectors_digest in publication.rules:
        return "newer"
    return "differ" if kind.rules.shared_with(publication.rules) is None else "older"
