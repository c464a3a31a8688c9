"""Complete the ids of the screenings that are kept, on the command line."""

import click

from fedquery.ask.screening.files import DIRECTORY


def complete_ids(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Complete the id of a screening from the names of what is kept, without opening it."""
    home = context.find_root().params["home"]
    found = sorted(path.stem for path in (home / DIRECTORY).glob("*.db"))
    return [job_id for job_id in found if job_id.startswith(begun)]
