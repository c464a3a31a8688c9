"""A browser is opened where somebody can see it."""

import pytest

from fedquery.config.browser import open_page


@pytest.mark.parametrize(
    ("platform", "display", "opened"),
    [
        ("linux", None, []),
        ("linux", "DISPLAY", ["http://127.0.0.1/"]),
        ("linux", "WAYLAND_DISPLAY", ["http://127.0.0.1/"]),
        ("darwin", None, ["http://127.0.0.1/"]),
    ],
)
def test_none_is_started_in_a_terminal(monkeypatch, platform, display, opened):
    """Without a display a browser would take the terminal over, and the service would wait."""
    asked = []
    monkeypatch.setattr("fedquery.config.browser.sys.platform", platform)
    monkeypatch.setattr("fedquery.config.browser.webbrowser.open", asked.append)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if display is not None:
        monkeypatch.setenv(display, ":0")
    open_page("http://127.0.0.1/")
    assert opened == asked
