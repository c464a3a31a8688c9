"""What is wrong with a file as a whole: told by the place, never by what stands there."""

from fedquery.errors import InputError


class FileError(InputError):
    """A data file is unusable as a whole; nothing of it was taken."""

    slug = "data-file"
    default_do = "Save it as CSV in UTF-8, or as an Excel workbook (.xlsx), and try again."
