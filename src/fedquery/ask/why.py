"""Why a nation gave no answer: each slug in words, with what to do about it."""

from typing import Final

_WORDS: Final = {
    "node-down": ("its node does not answer", "Ask again later."),
    "timeout": ("its node did not answer in time", "Ask again later."),
    "coordinator-down": ("no coordinator carried the question", "Run `fedquery doctor`."),
    "no-such-dataset": ("it offers nothing of this kind", "Ask it by a formal request."),
    "not-ready": ("it has published nothing yet", "Ask again later."),
    "busy": ("its node has no room now", "Ask again in a minute."),
    "tls": ("its certificate is not the one of the member list", "Tell its operator."),
    "clock": ("its clock and this machine's differ", "Set the clock of this machine."),
    "expired": ("its clock and this machine's differ", "Set the clock of this machine."),
    "stale": ("its manifest has expired", "Tell its operator."),
    "not-witnessed": (
        "too few witnesses have seen what it offers",
        "Ask again in a minute; `fedquery doctor` names those that are missing.",
    ),
    "manifest-unavailable": ("what it offers could not be fetched whole", "Ask again later."),
    "members-expired": ("the member list of its node has expired", "Tell its operator."),
    "audit-unavailable": ("its node cannot log questions now", "Ask again later."),
    "view-too-large": (
        "what it has published is too large for a list",
        "Look up what matters most; tell its operator.",
    ),
    "disk-full": (
        "the disk of this machine is full, so it was not asked again after it had published anew",
        "Make room, and ask again.",
    ),
    "outcome-unknown": (
        "it was under way when the program ended, and what came of it stays unknown",
        "Ask again; it may be counted twice.",
    ),
}


def in_words(slug: str) -> tuple[str, str]:
    """Say what a slug means, and what to do; a slug without words is told as it is."""
    return _WORDS.get(slug, (slug, "Ask again later."))
