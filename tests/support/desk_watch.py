"""What a page of the desk may never do, looked at while a browser visits it, and pictures of it."""

from dataclasses import dataclass, field
from pathlib import Path

AXE = Path(__file__).parents[1] / "e2e" / "axe" / "axe.min.js"
SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
WIDTHS = (360, 768, 1440)
# WCAG 2.2, levels A and AA.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = "async rules => await axe.run(document, {runOnly: rules, resultTypes: ['violations']})"


@dataclass
class Watch:
    """Notes what goes wrong in a browser's page.

    Attributes:
        origin: where the desk is.
        complaints: errors of scripts, refusals of the policy of content security and the like.
        elsewhere: addresses of requests to anybody else.
        addresses: every address that was asked for.
    """

    origin: str
    complaints: list = field(default_factory=list)
    elsewhere: list = field(default_factory=list)
    addresses: list = field(default_factory=list)

    def follow(self, page) -> None:
        """Watch a page from now on."""
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))
        page.on("request", lambda request: self._see(request.url))

    def require_quiet(self) -> None:
        """Refuse what was noted.

        Raises:
            AssertionError: if a script failed, a policy was broken, or anybody else was asked.
        """
        assert [] == self.elsewhere
        assert [] == self.complaints

    def _hear(self, sort, text):
        # A status of 4xx is what some tests are about, and no fault of the page.
        if sort in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.complaints.append(text)

    def _see(self, address):
        self.addresses.append(address)
        if not address.startswith(f"{self.origin}/"):
            self.elsewhere.append(address)


def violations(page) -> list:
    """List what axe-core finds inaccessible on a page: rule, impact, and where.

    The engine runs in the world of the test, where the page's policy does not hold.
    """
    session = page.context.new_cdp_session(page)
    tree = session.send("Page.getFrameTree")
    world = session.send("Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]})[
        "executionContextId"
    ]
    for expression, awaited in (
        (AXE.read_text(encoding="utf-8"), False),
        (f"({_RUN})({_RULES!r})", True),
    ):
        done = session.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": world,
                "awaitPromise": awaited,
                "returnByValue": awaited,
            },
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
    session.detach()
    return [
        (found["id"], found["impact"], [node["target"] for node in found["nodes"]])
        for found in done["result"]["value"]["violations"]
    ]


def keep_picture(page, name: str) -> Path:
    """Keep a picture of a whole page as an artefact of the run, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def wider_than_the_window(page) -> int:
    """Say by how many pixels a page is wider than its window: then it scrolls sideways."""
    return page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
