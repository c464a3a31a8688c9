"""The voice for whoever looks at a page, from their request."""

from functools import cache, partial

from starlette.requests import Request

from fedquery.ask.session import Distrusted
from fedquery.desk import pages
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.voice import Voice


def voice_of(request: Request) -> Voice:
    """Give the voice for whoever looks at a page."""
    dates = pages.dates_of(request)
    return Voice(
        say=pages.gettext_of(request),
        # Hundreds of cells share the few moments at which nations have published.
        moment=cache(dates.moment),
        age=cache(partial(dates.age, now_ms=desk_of(request).clock())),
        number=dates.number,
    )


def titles_of(desk: Desk) -> dict[str, dict[str, str]]:
    """Give, by nation, the titles of the rules of its policy, as its manifest tells them."""
    found: dict[str, dict[str, str]] = {}
    for nation, state in desk.client.session.nations.items():
        if not isinstance(state, Distrusted) and state.manifest.policy is not None:
            rules = state.manifest.policy.rules
            found[nation] = {rule.policy_id: rule.title for rule in rules}
    return found
