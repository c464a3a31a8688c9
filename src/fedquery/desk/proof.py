"""What was verified of an answer, step by step and in words; what was not is said as plainly.

Every step is done anew when the page is read, from the receipt on the disk, the member list and the
trust policy: nothing is said to be verified because it was once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from fedquery.ask.receipt import Check, Shown
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice

State: TypeAlias = Literal["verified", "failed", "not yet", "not looked at"]
Missing: TypeAlias = Literal["no-answer", "not-kept", "gone", "former-key"]
Place: TypeAlias = Literal["promised", "proved", "false", "of another log"]

STATES: Final[Mapping[State, str]] = MappingProxyType(
    {
        "verified": N_("verified"),
        "failed": N_("failed"),
        "not yet": N_("not yet"),
        "not looked at": N_("not looked at"),
    }
)
_VERDICTS: Final[Mapping[State, str]] = MappingProxyType(
    {
        "verified": N_("Everything that the receipt can show was verified."),
        "failed": N_("A check failed. Stop: do not use this answer, and do not ask again."),
        "not looked at": N_("Nothing was verified."),
    }
)
_CHECKS: Final[Mapping[Check, str]] = MappingProxyType(
    {
        "question": N_("The answer is to the question that was sent."),
        "signature": N_("The node of %(nation)s has signed it, with its key of the member list."),
        "checkpoint": N_("The log of %(nation)s has signed its state."),
        "log": N_("What was searched stands in this log, with its key."),
        "publication": N_("It is the version that was asked about."),
        "opening": N_("The key and the parts of the list are those that the log commits to."),
        "proof": N_("Everything was computed with this key."),
        "buckets": N_("Each part of the list that came belongs to it."),
    }
)
_WITNESSES: Final = N_("Others have seen the same log.")
_PLACE: Final = N_("%(nation)s has logged this answer.")
_MEANING: Final = N_("What was sent stands for this identifier.")
FORMER_KEY: Final = N_(
    "Not looked at: signed under a key that the member list does not name now. It can be verified"
    " with the member list of that time."
)
_MISSING: Final[Mapping[Missing, str]] = MappingProxyType(
    {
        "no-answer": N_("No answer came, so there is nothing to verify."),
        "not-kept": N_("The receipt of this answer could not be kept."),
        "former-key": FORMER_KEY,
        "gone": N_("The receipt is not on this disk any more."),
    }
)
_BEFORE: Final = N_("A check before it failed.")
_STOP: Final = N_("Stop. Do not ask again, keep the receipt, and tell the operator of this desk.")
_NO_DATA: Final = N_("There are no data in this answer that it could be checked on.")
_SEEN: Final = N_("%(cosigned)s of %(of)s witnesses have signed it; %(needed)s are needed.")
_SEEN_BY: Final = N_("%(cosigned)s of %(of)s witnesses have signed it; none is needed.")
_PROVED: Final = N_("It is entry %(index)s, proved in the log of %(size)s entries.")
_PROMISED: Final = N_("It promises entry %(index)s. The proof has not been collected yet.")
_OTHER_LOG: Final = N_("The nation has another log by now, which cannot prove it.")
_UNLOGGED: Final = N_("It names no entry of the log, so this cannot be proved.")
_ONCE: Final = N_(
    "This was so when it was sent. A receipt names no identifier, and cannot show it again."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of verifying a receipt.

    Attributes:
        passed: the checks that were passed.
        shown: what it shows; None where a check failed, or there is no receipt.
        place: what became of the place in the log that the answer promises.
        missing: why there is no receipt, or none that the keys of now can verify; None where
            there is one.
    """

    passed: tuple[Check, ...] = ()
    shown: Shown | None = None
    place: Place = "promised"
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the proof, in the language of the visitor.

    Attributes:
        name: its name for programs.
        what: what it shows.
        state: what became of it.
        word: the same in words.
        detail: numbers, or why it was not looked at; "" for nothing.
    """

    name: str
    what: str
    state: State
    word: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of one answer.

    Attributes:
        state: "verified" where every check was passed, "failed" where one was not, and "not looked
            at" where there is nothing to verify.
        word: the same in a word.
        sentence: the same in a sentence.
        steps: step by step.
    """

    state: State
    word: str
    sentence: str
    steps: tuple[Step, ...]


def proof_of(checked: Checked, nation: str, voice: Voice) -> Proof:
    """Say what was verified of an answer.

    Args:
        checked: what became of verifying its receipt.
        nation: who answered.
        voice: of the visitor.
    """
    say = voice.say
    steps = [
        _step(name, _CHECKS[name], _state(name, checked), checked, (nation, voice))
        for name in get_args(Check)
    ]
    steps += [
        _witnesses(checked, voice),
        _place(checked, nation, voice),
        _made("identifier", _MEANING, "not looked at", say(_ONCE), (nation, voice)),
    ]
    state = verdict(checked)
    return Proof(state, say(STATES[state]), say(_VERDICTS[state]), tuple(steps))


def verdict(checked: Checked) -> State:
    """Say what became of verifying a receipt: verified, failed, or not looked at."""
    if checked.missing is not None:
        return "not looked at"
    return "failed" if checked.shown is None or checked.place == "false" else "verified"


def _state(name: Check, checked: Checked) -> State:
    if name in checked.passed:
        return "verified"
    if checked.missing is not None or checked.shown is not None:
        return "not looked at"
    first = next(one for one in get_args(Check) if one not in checked.passed)
    return "failed" if name == first else "not looked at"


def _step(
    name: Check, what: str, state: State, checked: Checked, voiced: tuple[str, Voice]
) -> Step:
    say = voiced[1].say
    if state == "verified":
        detail = ""
    elif state == "failed":
        detail = say(_STOP)
    elif checked.missing is not None:
        detail = say(_MISSING[checked.missing])
    else:
        detail = say(_BEFORE if checked.shown is None else _NO_DATA)
    return _made(name, what, state, detail, voiced)


def _witnesses(checked: Checked, voice: Voice) -> Step:
    if checked.shown is None:
        return _unseen("witnesses", _WITNESSES, checked, ("", voice))
    cosigned = checked.shown.cosigned
    numbers = {"cosigned": voice.number(cosigned.count), "of": voice.number(cosigned.of)}
    if not cosigned.needed:
        detail = voice.say(_SEEN_BY, **numbers)
        return _made("witnesses", _WITNESSES, "not looked at", detail, ("", voice))
    detail = voice.say(_SEEN, needed=voice.number(cosigned.needed), **numbers)
    state: State = "verified" if cosigned.count >= cosigned.needed else "not yet"
    return _made("witnesses", _WITNESSES, state, detail, ("", voice))


def _place(checked: Checked, nation: str, voice: Voice) -> Step:
    if checked.shown is None:
        return _unseen("place", _PLACE, checked, (nation, voice))
    promised = checked.shown.head.receipt
    if promised is None:
        return _made("place", _PLACE, "not looked at", voice.say(_UNLOGGED), (nation, voice))
    index = voice.number(promised.index)
    size = voice.number(checked.shown.proved_size)
    states: dict[Place, tuple[State, str]] = {
        "promised": ("not yet", voice.say(_PROMISED, index=index)),
        "proved": ("verified", voice.say(_PROVED, index=index, size=size)),
        "false": ("failed", voice.say(_STOP)),
        "of another log": ("not looked at", voice.say(_OTHER_LOG)),
    }
    state, detail = states[checked.place]
    return _made("place", _PLACE, state, detail, (nation, voice))


def _unseen(name: str, what: str, checked: Checked, voiced: tuple[str, Voice]) -> Step:
    why = _BEFORE if checked.missing is None else _MISSING[checked.missing]
    return _made(name, what, "not looked at", voiced[1].say(why), voiced)


def _made(name: str, what: str, state: State, detail: str, voiced: tuple[str, Voice]) -> Step:
    nation, voice = voiced
    named = nation_name(nation, voice.say) if nation else ""
    return Step(name, voice.say(what, nation=named), state, voice.say(STATES[state]), detail)
