"""What one nation offers and how it may be asked, as the page of the federation tells it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fedquery.ask.agreeing import Standing, standing
from fedquery.ask.allowance import Allowance
from fedquery.ask.session import Distrusted
from fedquery.ask.trust import Trusted
from fedquery.desk.cost import window_line
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do
from fedquery.federation.policy_summary import PolicySummary, RuleSummary
from fedquery.psi.publication import Publication
from fedquery.transport.head import QuotaLeft

_OWN: Final = N_("This agency's own nation. It is not asked from here.")
_NO_NODE: Final = N_("It has no node, and cannot be asked.")
_NOT_FETCHED: Final = N_("Nothing of it has been fetched yet.")
_CAN_BE_ASKED: Final = N_("It can be asked.")
_FALSE: Final = N_("What it showed is false. Stop asking it, and tell the operator of this desk.")
_WITNESSED: Final = N_("%(count)s of %(of)s witnesses have seen its log; %(needed)s are needed.")
_WAITS: Final = N_("It offers something newer, which waits for witnesses.")
_OVERDUE: Final = N_("overdue since %(moment)s")
EFFECTS: Final[Mapping[str, str]] = MappingProxyType(
    {"permit": N_("permits"), "forbid": N_("forbids")}
)
_CASE: Final = N_("%(count)s for each case in all")
_RULES: Final[Mapping[Standing, str]] = MappingProxyType(
    {
        "newer": N_("newer rules of spelling; it is asked by ours"),
        "older": N_("older rules of spelling; it is asked by those"),
        "differ": N_("other rules of spelling; it is not asked"),
        "unknown": N_("a kind that this desk does not know; it is not asked"),
    }
)
_LEVELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hit": N_("a hit"),
        "reference": N_("a reference"),
        "summary": N_("a summary"),
        "everything": N_("everything"),
        "more than hit": N_("more than a hit"),
        "more than reference": N_("more than a reference"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetLine:
    """A dataset of a nation.

    Attributes:
        name: its name, as the nation wrote it.
        kind: the kind of its identifiers.
        version: the newest version.
        published_ms: when that was published.
        age: how long ago that is.
        remarks: what is to be said of it: past its time, or of other rules.
    """

    name: str
    kind: str
    version: str
    published_ms: int
    age: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule of a nation's policy.

    Attributes:
        policy_id: its id, which a refusal names too.
        effect: what it does.
        level: up to what.
        title: its title, as the nation wrote it.
    """

    policy_id: str
    effect: str
    level: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NationView:
    """One nation.

    Attributes:
        nation: its code.
        name: its name.
        is_askable: whether it can be asked now.
        is_alarm: whether something that it showed is false.
        remarks: how it stands, in sentences.
        datasets: what it offers.
        policy: the beginning of the digest of its policy; "" where it tells none.
        rules: the rules of it.
        more: how many more rules there are.
        left: what is left of its quota, one line for each ceiling.
    """

    nation: str
    name: str
    is_askable: bool = False
    is_alarm: bool = False
    remarks: tuple[str, ...]
    datasets: tuple[DatasetLine, ...] = ()
    policy: str = ""
    rules: tuple[RuleLine, ...] = ()
    more: str = ""
    left: tuple[str, ...] = ()


def own_nation(nation: str, voice: Voice) -> NationView:
    """Tell the nation whose agency this is."""
    return _plain(nation, (voice.say(_OWN),), voice)


def without_node(nation: str, voice: Voice) -> NationView:
    """Tell a nation that signs member lists and holds nothing."""
    return _plain(nation, (voice.say(_NO_NODE),), voice)


def nation_view(
    nation: str,
    state: Trusted | Distrusted | None,
    left: QuotaLeft | None,
    now_ms: int,
    voice: Voice,
) -> NationView:
    """Tell a nation that can be asked.

    Args:
        nation: its code.
        state: what its manifest is worth; None where none was fetched yet.
        left: what is left of its quota in any case, as far as that is known.
        now_ms: the time.
        voice: of the visitor.
    """
    if state is None:
        return _plain(nation, (voice.say(_NOT_FETCHED),), voice)
    if isinstance(state, Distrusted):
        return _distrusted(nation, state, voice)
    policy = state.manifest.policy
    return NationView(
        nation=nation,
        name=nation_name(nation, voice.say),
        is_askable=True,
        remarks=tuple(_standing(state, voice)),
        datasets=tuple(
            _dataset(name, one.publication, now_ms, voice)
            for name, one in sorted(state.datasets.items())
        ),
        policy="" if policy is None else policy.digest.hex()[:16],
        rules=() if policy is None else tuple(rules_of(policy, voice)),
        more=voice.number(policy.more) if policy is not None and policy.more else "",
        left=tuple(_left(state, left, voice)),
    )


def rules_of(policy: PolicySummary, voice: Voice) -> Iterable[RuleLine]:
    """Tell the rules of a policy, by their titles."""
    for rule in policy.rules:
        yield RuleLine(
            policy_id=rule.policy_id,
            effect=voice.say(EFFECTS[rule.effect]),
            level=level_name(rule, voice),
            title=rule.title,
        )


def level_name(rule: RuleSummary, voice: Voice) -> str:
    """Name what a rule permits, or what it forbids."""
    # An action that a later release may name is shown as the nation wrote it.
    named = _LEVELS.get(rule.level)
    return rule.level if named is None else voice.say(named)


def _plain(nation: str, remarks: tuple[str, ...], voice: Voice) -> NationView:
    return NationView(nation=nation, name=nation_name(nation, voice.say), remarks=remarks)


def _distrusted(nation: str, state: Distrusted, voice: Voice) -> NationView:
    why = (_FALSE,) if state.alarm else why_and_what_to_do(state.why)
    return NationView(
        nation=nation,
        name=nation_name(nation, voice.say),
        is_alarm=state.alarm,
        remarks=tuple(map(voice.say, why)),
    )


def _standing(state: Trusted, voice: Voice) -> Iterable[str]:
    yield voice.say(_CAN_BE_ASKED)
    seen = state.witnesses
    if seen.of:
        numbers = {"count": seen.cosigned, "of": seen.of, "needed": seen.needed}
        yield voice.say(
            _WITNESSED, **{name: voice.number(value) for name, value in numbers.items()}
        )
    if not seen.newest:
        yield voice.say(_WAITS)


def _dataset(name: str, one: Publication, now_ms: int, voice: Voice) -> DatasetLine:
    remarks = []
    if now_ms > one.next_due_ms:
        remarks.append(voice.say(_OVERDUE, moment=voice.moment(one.next_due_ms)))
    stands = standing(one)
    if stands != "same":
        remarks.append(voice.say(_RULES[stands]))
    return DatasetLine(
        name=name,
        kind=kind_name(one.kind, voice.say),
        version=voice.number(one.version),
        published_ms=one.published_ms,
        age=voice.age(one.published_ms),
        remarks=tuple(remarks),
    )


def _left(state: Trusted, left: QuotaLeft | None, voice: Voice) -> Iterable[str]:
    if left is not None:
        # What is left of one case is not what is left of another; its ceiling stands below.
        for window in Allowance.of(left, state.datasets).windows:
            if window.name != "case":
                yield window_line(window, voice)
    if state.manifest.ceilings is not None:
        yield voice.say(_CASE, count=voice.number(state.manifest.ceilings.case))
