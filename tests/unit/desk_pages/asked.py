"""Cases and questions of a desk in memory, asked of its honest nation."""

from unit.ask import nation as made

from fedquery.desk import cases, questions
from fedquery.desk.asked import AskedIdentifier, NewQuestion
from fedquery.desk.facts import Facts
from fedquery.desk.kept_case import NewCase
from fedquery.identifiers import decode

NUMBER = "FIR 12/2026"
FACTS = Facts(
    purpose="fraud",
    offence="telecom fraud",
    maximum_penalty_years=10,
    opened_ms=made.NOW_MS - 86_400_000,
)


def begun(desk, account, number=NUMBER, title="Call centre"):
    """Begin a case."""
    return cases.begin(desk.store, account, NewCase(number=number, title=title), desk.clock())


async def ask(desk, account, kept, *identifiers, question_id="0123456789abcdef"):
    """Ask VN, and keep what it answers."""
    found = tuple(map(decode, identifiers or (made.KNOWN, made.OTHER)))
    new = NewQuestion(
        question_id=question_id,
        case_id=kept.case_id,
        account_id=account.account_id,
        asked=tuple(AskedIdentifier.of(one, one.canonical) for one in found),
        nations=("VN",),
        facts=FACTS,
    )
    questions.begin(desk.store, new, desk.clock())
    case = FACTS.case_of(kept.number, account.name)
    lookup = await desk.client.lookup(found, case, nations=["VN"])
    questions.finish(desk.store, question_id, lookup)
    return questions.read(desk.store, account, question_id)


def hit_of(question):
    """Give the hit of a question."""
    return next(one for one in question.outcomes if one.word == "hit")
