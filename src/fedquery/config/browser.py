"""Open a page in the browser of whoever sits at this machine, if anybody does."""

import os
import sys
import webbrowser


def open_page(address: str) -> bool:
    """Open an address, and tell whether a browser took it.

    Args:
        address: the address; it stands in the arguments of a process, so nothing secret is in it.
    """
    # Without a display the library would start a browser in the terminal, and wait for its end.
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return False
    return webbrowser.open(address)
