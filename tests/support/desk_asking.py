"""An officer's way through the desk, from a pasted text to answers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from support.desk_users import User

# Cambodia answers in the first ninety days of a case.
OPENED = (datetime.now(UTC) - timedelta(days=5)).date().isoformat()


@dataclass(frozen=True)
class CaseFacts:
    """What an officer types of a new case."""

    number: str
    purpose: str = "fraud"
    penalty: str = "10"


def case_of(user: User) -> CaseFacts:
    """Give a case that nobody else has: a case belongs to who began it."""
    return CaseFacts(f"2026/{user.name}")


def paste(page, text: str) -> None:
    """Paste a text, and look at what it was taken for."""
    page.goto("/desk/ask")
    page.fill("[name=pasted]", text)
    page.click("main button[type=submit]")
    page.wait_for_selector("ol.chips")


def name_case(page, facts: CaseFacts) -> None:
    """Name a case that is new, and go on to what the question costs."""
    page.fill("[name=number]", facts.number)
    page.select_option("[name=purpose]", facts.purpose)
    page.fill("[name=penalty]", facts.penalty)
    page.fill("[name=opened]", OPENED)
    page.click("main .actions button[type=submit]")
    page.wait_for_selector("[action='/desk/questions']")


def ask_now(page) -> None:
    """Ask, and wait until all answers have come and what was said is shown."""
    page.click("[action='/desk/questions'] button[type=submit]")
    page.wait_for_selector("a.to-proof")


def ask(page, text: str, facts: CaseFacts) -> None:
    """Go the whole way."""
    paste(page, text)
    name_case(page, facts)
    ask_now(page)


def word_of(page, place: int, nation: str) -> str:
    """Read the word of a cell of the table."""
    return page.inner_text(f"[data-cell='{place}-{nation}'] .badge").strip()
