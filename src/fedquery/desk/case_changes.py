"""What a case says of itself, changed: the old values stay in its history, sealed.

Facts change on their own page, by typing the number of the case anew with others, and by new cards.
The number stays: other nations count under a name that is made of it, and another one would begin
to count anew.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from fedquery.cases.case_file import CaseFile
from fedquery.desk import acts, cases
from fedquery.desk.access import Reader
from fedquery.desk.acts import Act
from fedquery.desk.facts import Facts
from fedquery.desk.facts_words import ON_CARDS
from fedquery.desk.kept_case import KeptCase, Said
from fedquery.desk.store import DeskStore, new_id
from fedquery.storage.transaction import transaction


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a case.

    Attributes:
        change_id: its id.
        account_id: who made it.
        changed_ms: when.
        before: what the case said.
        after: what it says from then on.
    """

    change_id: str
    account_id: str
    changed_ms: int
    before: Said = field(repr=False)
    after: Said = field(repr=False)


def edit(store: DeskStore, reader: Reader, case_id: str, said: Said, now_ms: int) -> None:
    """Change what a case says; the same sent twice changes it once.

    Args:
        store: the store.
        reader: who changes it.
        case_id: the case.
        said: what it says from now on.
        now_ms: the time.

    Raises:
        NotThereError, CaseError: as `cases.read_to_act`.
    """
    kept = cases.read_to_act(store, reader, case_id)
    with transaction(store.connection):
        _write(store, kept, said, reader.account_id, now_ms)


def remember(
    store: DeskStore,
    account_id: str,
    case_id: str,
    facts: Facts,
    now_ms: int,
    *,
    file: CaseFile | None = None,
    said_ms: int | None = None,
) -> None:
    """Keep the facts with which something went out, for the next question of the case.

    Args:
        store: the store.
        account_id: who sent it; whoever calls has read the case to act in it.
        case_id: the case.
        facts: what it went out with; those of a threat to life are not kept.
        now_ms: the time.
        file: the file of the opened case, where what went out was taken from its cards: they do not
            take back what was changed since they were made.
        said_ms: when these facts were confirmed, where what goes out has waited since: then they do
            not take back what was changed meanwhile either.
    """
    with transaction(store.connection):
        kept = cases.read_any(store, case_id)
        if said_ms is not None and kept.facts is not None and since(store, case_id, said_ms):
            return
        if file is not None and kept.facts is not None:
            facts = replace(facts, **{name: getattr(kept.facts, name) for name in ON_CARDS})
        _write(store, kept, Said(kept.title, facts), account_id, now_ms)


def since(store: DeskStore, case_id: str, since_ms: int) -> bool:
    """Tell whether what a case says was changed since a moment."""
    row = store.connection.execute(
        "SELECT 1 FROM case_change WHERE case_id = ? AND changed_ms >= ?", (case_id, since_ms)
    ).fetchone()
    return row is not None


def some_of_case(
    store: DeskStore, reader: Reader, case_id: str, change_ids: Iterable[str]
) -> dict[str, Change]:
    """Read some changes of a case, by their ids; what is none of it is passed over.

    Raises:
        NotThereError: if there is no case of this id that this person may read.
    """
    cases.read(store, reader, case_id)
    found = {}
    for change_id in change_ids:
        row = store.connection.execute(
            "SELECT change_id, account_id, changed_ms, sealed FROM case_change"
            " WHERE change_id = ? AND case_id = ?",
            (change_id, case_id),
        ).fetchone()
        if row is not None:
            said = store.unseal(case_id, _place(*row[:3]), row[3])
            found[change_id] = Change(
                change_id=row[0],
                account_id=row[1],
                changed_ms=row[2],
                before=_said(said["before"]),
                after=_said(said["after"]),
            )
    return found


def _write(store: DeskStore, kept: KeptCase, after: Said, account_id: str, now_ms: int) -> None:
    before = Said(kept.title, kept.facts)
    after = cases.lasting(kept, after)
    if after == before:
        return
    cases.say_anew(store, kept, after)
    if before == replace(after, facts=None):
        # The first facts of a case change nothing that anybody could want to read again.
        return
    change_id = new_id(store.random)
    document = {"before": asdict(before), "after": asdict(after)}
    store.connection.execute(
        "INSERT INTO case_change VALUES (?, ?, ?, ?, ?)",
        (
            change_id,
            kept.case_id,
            account_id,
            now_ms,
            store.seal(kept.case_id, _place(change_id, account_id, now_ms), document),
        ),
    )
    acts.write(store.connection, kept.case_id, Act(now_ms, account_id, "facts", change_id))


def _said(document: dict[str, Any]) -> Said:
    facts = document["facts"]
    return Said(document["title"], None if facts is None else Facts(**facts))


def _place(change_id: str, account_id: str, changed_ms: int) -> str:
    return f"change {change_id} {account_id} {changed_ms}"
