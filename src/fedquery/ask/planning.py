"""Which questions go to which nation: pure, from publications and counts.

Each nation is asked about each of its datasets of the kind, in the smallest exact cover of size
classes; the prefixes are as long as the number of identifiers of the case allows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.identifiers import Identifier
from fedquery.psi.bucket import bucket_number
from fedquery.psi.prefix import default_prefix_len
from fedquery.psi.publication import Publication
from fedquery.seal.size import class_for, smallest_cover

Held = Mapping[int, bytes]
_LARGEST_WITH_BUCKETS: Final = 64


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an identifier that is asked.

    Attributes:
        place: index into the identifiers.
        identifier: the form by today's rules.
        octets: the encoded form, by the rules that asker and holder share.
        exact: whether finding it names one thing.
        whole: whether all other forms of its identifier are asked as well. Otherwise it can show
            that something is there, and not that nothing is.
    """

    place: int
    identifier: Identifier
    octets: bytes = field(repr=False)
    exact: bool
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Planned:
    """One question to be prepared.

    Attributes:
        publication: on what it stands.
        forms: what is asked.
        size_class: how many elements it has.
        prefix_len: how many bits of each bucket number are told.
        held: the buckets of this version that are held.
    """

    publication: Publication
    forms: tuple[Form, ...]
    size_class: int
    prefix_len: int
    held: Held = field(repr=False)


def forms_by_kind(
    identifiers: Iterable[Identifier],
) -> tuple[dict[str, list[Form]], dict[str, list[Form]]]:
    """List the forms under which identifiers are asked, by the kind of the datasets.

    Args:
        identifiers: what is asked about, by place.

    Returns:
        The forms of each identifier's own kind; and those of another kind, which are asked only
        where a nation has that kind, and are not missed where it has not: a page is looked for
        among domains as well.
    """
    own: dict[str, list[Form]] = {}
    wider: dict[str, list[Form]] = {}
    for place, identifier in enumerate(identifiers):
        for form in (identifier, *identifier.weaker()):
            by_kind = own if form.kind == identifier.kind else wider
            by_kind.setdefault(form.kind, []).append(Form(place, form, form.encode(), form.exact))
    return own, wider


def bits_to_tell(publication: Publication, *, asked_in_case: int, sensitive: bool) -> int:
    """Say how many bits of its bucket number each identifier may tell.

    Args:
        publication: the newest publication of the dataset.
        asked_in_case: how many different forms were asked of this holder in this case, those that
            are asked now included.
        sensitive: whether nothing of the bucket numbers is told.
    """
    if sensitive:
        return 0
    return default_prefix_len(asked_in_case, publication.prefix_bits, publication.capacity)


def plan(
    publication: Publication,
    forms: Sequence[Form],
    *,
    prefix_len: int,
    held: Held,
    padded: bool,
) -> list[Planned]:
    """Plan the questions about one dataset.

    Args:
        publication: its newest publication.
        forms: what is asked, at least one.
        prefix_len: how many bits of each bucket number may be told (`bits_to_tell`).
        held: the buckets of this version that are held, with all of their neighbours below the
            same prefix of that length (`held_buckets.held`).
        padded: whether the list is padded to one size class, where one is large enough.
    """
    bits = publication.prefix_bits
    distinct = list({form.octets: form for form in forms})
    all_held = all(bucket_number(octets, bits) in held for octets in distinct)
    if padded and len(distinct) <= _LARGEST_WITH_BUCKETS:
        classes = [class_for(len(distinct))]
    else:
        classes = smallest_cover(len(distinct), allow_largest=all_held)
    planned = []
    start = 0
    for size_class in classes:
        chunk = set(distinct[start : start + size_class])
        start += size_class
        chosen = tuple(form for form in forms if form.octets in chunk)
        planned.append(Planned(publication, chosen, size_class, prefix_len, held))
    return planned
