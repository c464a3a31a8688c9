"""Look at everything that a question needs, in the order in which it is needed."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fedquery.ask.agreeing import Standing, standing
from fedquery.ask.clock import ClockError
from fedquery.ask.outcome import Witnesses
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Trusted
from fedquery.ask.why import in_words
from fedquery.errors import FedqueryError, PeerError
from fedquery.federation.ceilings import Ceilings
from fedquery.oprf.backends import LIBSODIUM, names
from fedquery.oprf.group import default_group

_SOON_MS: Final = 3 * 86_400_000
# Of publications whose spelling rules are not those of here: what is found, and what to do.
_STANDING: Final[Mapping[Standing, tuple[str, str]]] = {
    "newer": (
        "newer spelling rules; questions by ours are still answered: install that version",
        "",
    ),
    "older": (
        "older spelling rules; asked by those, and stale (rules differ) for what they cannot write",
        "",
    ),
    "differ": (
        "other spelling rules, and none that both sides have: it is not asked",
        "Install the same version, here or there; a node then imports with --replace.",
    ),
    "unknown": (
        "a kind that this version does not know: it is not asked",
        "Install the version that it has.",
    ),
}
_MISSING: Final = "If it stays so for some minutes, tell the operators of those that are missing."
_AHEAD: Final = "Tell the operators of those in the future that their clocks are ahead."
_OTHER_LOGS: Final = "Add a log line for it to trust.txt of this home, or remove the file."
_PROXIES: Final = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what it is.
        ok: whether it is in order.
        what: what was found.
        do: what to do where it is not.
    """

    name: str
    ok: bool
    what: str
    do: str = ""


async def examine(session: Session) -> list[Check]:
    """Examine settings, keys, member list, coordinators, clock and manifests."""
    checks = [*_local(session)]
    try:
        await session.freshen(force=True)
    except ClockError as error:
        return [*checks, Check("clock", ok=False, what=error.what, do=error.do)]
    except PeerError as error:
        do = "Check address, certificate and firewall of the coordinators; each is named above."
        return [*checks, Check("coordinators", ok=False, what=f"{error.what}: {error.why}", do=do)]
    except FedqueryError as error:
        return [*checks, Check("coordinators", ok=False, what=error.what, do=error.do)]
    names = ", ".join(entry.name for entry in session.federation.coordinators)
    checks.append(Check("coordinators", ok=True, what=f"one of {names} answers"))
    checks.append(
        Check("clock", ok=True, what="agrees with the times that nodes and witnesses sign")
    )
    return [*checks, *_nations(session)]


def _local(session: Session) -> Iterator[Check]:
    settings, federation = session.home.settings, session.federation
    yield Check("settings", ok=True, what=f"{settings.agency} ({settings.sort})")
    yield Check("keys", ok=True, what="private, and the ones that the member list names")
    left_ms = federation.expires_ms - session.clock()
    until = datetime.fromtimestamp(federation.expires_ms / 1000, UTC).strftime("%Y-%m-%d")
    yield Check(
        "member list",
        ok=left_ms > _SOON_MS,
        what=f"list {federation.number} of {federation.name}, until {until}",
        do="" if left_ms > _SOON_MS else "Ask for the renewed list, and install it.",
    )
    yield _auditor(session)
    yield _backend()
    proxy = next((name for name in _PROXIES if os.environ.get(name)), None)
    yield Check(
        "proxy",
        ok=True,
        what="none is set" if proxy is None else f"{proxy} is set, and is not used",
    )


def _auditor(session: Session) -> Check:
    auditor = session.home.auditor
    if auditor is None:
        return Check(
            "auditor",
            ok=False,
            what="there is no auditor's key: nobody can learn later what officers looked up",
            do="Ask your nation's auditor for one, and `fedquery audit install` it.",
        )
    return Check("auditor", ok=True, what=f"what is asked is sealed to key {auditor.key_id.hex()}")


def _backend() -> Check:
    name = default_group().name
    if name == LIBSODIUM and len(names()) == 1:
        what = "libsodium alone: the batch kernel was not compiled, so large lists take longer"
        return Check("backend", ok=True, what=what)
    return Check("backend", ok=True, what=f"{name}, of {', '.join(names())}")


def _nations(session: Session) -> Iterator[Check]:
    for nation, state in sorted(session.nations.items()):
        yield _node(nation, state, session.clock())
        if isinstance(state, Trusted):
            yield from _rules(nation, state)
            yield _quota(nation, state.manifest.ceilings)
        if state.witnesses is not None:
            yield _witnessed(nation, state, state.witnesses)


def _node(nation: str, state: Trusted | Distrusted, now_ms: int) -> Check:
    name = f"node {nation}"
    if isinstance(state, Distrusted):
        what, do = in_words(state.why)
        if state.alarm:
            what = f"what it showed is false ({state.why})"
            do = "Stop asking it, and tell its operator."
        return Check(name, ok=False, what=what, do=do)
    publications = [(name, one.publication) for name, one in state.datasets.items()]
    late = [name for name, one in publications if now_ms > one.next_due_ms]
    if late:
        what, do = f"overdue: {', '.join(late)}", "Its operator has to publish."
    else:
        what, do = f"offers {', '.join(state.datasets) or 'nothing'}", ""
    return Check(name, ok=not do, what=what, do=do)


def _rules(nation: str, trusted: Trusted) -> Iterator[Check]:
    """Say of each kind whose spelling rules are others than here how the two stand."""
    found: dict[tuple[str, Standing], None] = {}
    for offered in trusted.datasets.values():
        found[offered.publication.kind, standing(offered.publication)] = None
    for kind, stands in found:
        if stands != "same":
            what, do = _STANDING[stands]
            yield Check(f"rules {nation}", ok=not do, what=f"{kind}: {what}", do=do)


def _quota(nation: str, ceilings: Ceilings | None) -> Check:
    """Say how much one agency may ask; what is left of it stands in answers alone."""
    if ceilings is None:
        what = "no ceilings are told; what is left is learned with the first answer"
    else:
        what = (
            f"{ceilings.hour:,} elements an hour, {ceilings.day:,} a day, {ceilings.year:,} a year,"
            f" {ceilings.case:,} in one case"
        )
    return Check(f"quota {nation}", ok=True, what=what)


def _witnessed(nation: str, state: Trusted | Distrusted, found: Witnesses) -> Check:
    waiting = state.waiting
    if waiting is not None and not waiting.missing:
        # Nobody is missing: the agency's own policy does not name this log.
        return Check(f"witnesses {nation}", ok=False, what=waiting.what, do=_OTHER_LOGS)
    missing = state.cosigned.missing if isinstance(state, Trusted) else ()
    what = f"{found.cosigned} of {found.of}" if found.of else "none is asked for"
    if waiting is not None:
        # Those have to be found who are missing under what is newest.
        missing = waiting.missing
        if isinstance(state, Trusted):
            what += f" of what is used; {waiting.cosigned} of something newer, which waits"
    if missing:
        what += f"; missing: {', '.join(missing)}"
    do = _MISSING if waiting is not None else ""
    if waiting is not None and waiting.ahead:
        what += f"; by this clock in the future: {', '.join(waiting.ahead)}"
        do = _AHEAD
    return Check(f"witnesses {nation}", ok=not do, what=what, do=do)
