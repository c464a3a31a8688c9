"""Whether what the desk is made of is installed: it is an extra, which few machines need."""

from importlib.util import find_spec
from typing import Final

from fedquery.errors import ConfigError

_NEEDED: Final = ("argon2", "babel", "jinja2", "multipart", "pyotp", "segno", "starlette")


def require_installed() -> None:
    """Check that the packages of the extra `desk` are here; none of them is loaded.

    Raises:
        ConfigError: if one is missing, with the command that installs them.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise ConfigError(
            "what the desk needs is not installed here",
            do="Install it beside fedquery: pip install 'fedquery[desk]'.",
        )
