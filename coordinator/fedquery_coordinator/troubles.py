"""What is the matter with whom, said once when it begins and once when it is over."""

from dataclasses import dataclass, field

from fedquery.config import logs


@dataclass(slots=True)
class Troubles:
    """Remembers what was said, so that a nation that is down fills no log."""

    _known: dict[tuple[str, str], str] = field(default_factory=dict, init=False)

    def say(self, nation: str, origin: str, why: str) -> bool:
        """Say what is the matter with the witness of a nation, where that is news.

        Args:
            nation: the nation, or "" for this coordinator itself.
            origin: the log that it has to do with, or "" for all of them.
            why: a word of the log's closed list, or "" where nothing is the matter.

        Returns:
            Whether it was something, and news.
        """
        if why == self._known.get((nation, origin), ""):
            return False
        self._known[nation, origin] = why
        fields = {"nation": nation} if nation else {}
        if why:
            logs.event("witness-away", why=why, **fields)
        else:
            logs.event("witness-back", **fields)
        return bool(why)
