"""A voice for tests, which writes so that a test can read it."""

from fedquery.desk.voice import Voice


def english(text, **values):
    """Say a text as it stands in the code."""
    return text % values if values else text


ENGLISH = Voice(
    say=english, moment=lambda at: f"[{at}]", age=lambda at: f"age {at}", number=lambda n: f"{n:,}"
)
