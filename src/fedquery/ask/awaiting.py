"""Which datasets will say something of each identifier, so that no "no hit" is told too early."""

from collections.abc import Sequence

from fedquery.ask.planning import forms_by_kind
from fedquery.ask.session import Distrusted, Session
from fedquery.identifiers import Identifier


def awaited(
    session: Session, identifiers: Sequence[Identifier], nations: Sequence[str]
) -> dict[tuple[int, str], frozenset[str]]:
    """Say which outcomes a lookup will have, by the manifests that the session holds.

    Args:
        session: the open session, as the lookup has freshened it.
        identifiers: what is asked about.
        nations: whom.

    Returns:
        By place and nation the names of datasets; "" where the nation as a whole, or of this kind,
        gives no answer.
    """
    own, wider = forms_by_kind(identifiers)
    found: dict[tuple[int, str], set[str]] = {}
    for nation in nations:
        state = session.state(nation)
        offers = [] if isinstance(state, Distrusted) else list(state.datasets.items())
        for by_kind, is_missed in ((own, True), (wider, False)):
            for kind, forms in by_kind.items():
                names = {name for name, one in offers if one.publication.kind == kind}
                if not names and is_missed:
                    names = {""}
                for form in forms:
                    found.setdefault((form.place, nation), set()).update(names)
    return {key: frozenset(names) for key, names in found.items()}
