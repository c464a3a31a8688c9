"""What a screening is to do, and how far it is, as it is kept with it."""

from dataclasses import asdict, dataclass

from fedquery.ask.case import Case
from fedquery.ask.screening.board import Board
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.kept import keep_board
from fedquery.ask.screening.values import State
from fedquery.storage.transaction import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a screening is to do.

    Attributes:
        case: what for.
        nations: whom to ask.
        deadline_ms: how long a node has for one answer.
        padded: whether counts are hidden in whole size classes.
        at_desk: whether it is of the desk, which says who sees, asks and erases it.
    """

    case: Case
    nations: tuple[str, ...]
    deadline_ms: int
    padded: bool
    at_desk: bool = False

    def keep(self, job: Job, now_ms: int) -> None:
        """Keep it in a screening whose list is still to be read."""
        with transaction(job.connection):
            job.write_fact("state", "reading")
            job.write_fact("created_ms", now_ms)
            job.write_fact(
                "asked",
                {
                    "case": asdict(self.case),
                    "nations": self.nations,
                    "deadline_ms": self.deadline_ms,
                    "padded": self.padded,
                    "at_desk": self.at_desk,
                },
            )

    @staticmethod
    def of(job: Job, deadline_ms: int | None = None) -> "Asked":
        """Read what a screening is to do.

        Args:
            job: the screening.
            deadline_ms: how long a node has for one answer; as before by default.
        """
        kept = job.read_fact("asked")
        return Asked(
            case=Case(**kept["case"]),
            nations=tuple(kept["nations"]),
            deadline_ms=deadline_ms or kept["deadline_ms"],
            padded=kept["padded"],
            at_desk=kept.get("at_desk", False),
        )


def note(job: Job, state: State, board: Board) -> None:
    """Keep how far a screening is, and what stopped it where."""
    with transaction(job.connection):
        job.write_fact("state", state)
        keep_board(job, board)
