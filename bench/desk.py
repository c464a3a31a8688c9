"""Measure the desk as an officer meets it: its pages, and answers as they come, in Chromium.

python -m bench.desk            five nations of 2,000 phones each
python -m bench.desk --runs 8   how many questions are asked, each about five phones
"""

import argparse
import http.client
import json
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from playwright.sync_api import Page, sync_playwright

from bench import scene
from bench.figures import summary_ms
from bench.machine import describe
from fedquery.cli.demo import sample_users
from fedquery.cli.demo.federation import Federation
from fedquery.cli.demo.processes import Service
from fedquery.cli.demo.sample_users import SampleUser

_RESULTS = Path(__file__).parent / "results"
_ROWS = 2_000
_ASKED = 5
_REQUESTS = 50
_WAIT_MS = 30_000
_PAGES = ("/desk/", "/desk/ask", "/desk/cases", "/desk/federation")
# From the first octets that hold an answer to the frame that shows it. The page reads itself again
# when all have come, so what was measured is handed out at once.
_WATCH = """
(() => {
  let cameMs = null;
  const { read } = ReadableStreamDefaultReader.prototype;
  ReadableStreamDefaultReader.prototype.read = async function () {
    const got = await read.call(this);
    const lines = typeof got.value === "string" ? got.value.split("\\n") : [];
    const isAnswer = (line) => line.includes('"cell"') && !line.includes('"waiting"');
    if (cameMs === null && lines.some(isAnswer)) {
      cameMs = performance.now();
    }
    return got;
  };
  addEventListener("DOMContentLoaded", () => {
    const table = document.querySelector(".matrix");
    if (!table) {
      return;
    }
    const observer = new MutationObserver(() => {
      if (cameMs === null) {
        return;
      }
      observer.disconnect();
      const painted = () => window.painted(performance.now() - cameMs, Date.now());
      requestAnimationFrame(() => setTimeout(painted, 0));
    });
    const all = { subtree: true, childList: true, attributes: true, characterData: true };
    observer.observe(table, all);
  });
})();
"""


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.desk", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--runs", type=int, default=8, help="questions")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="fedquery-bench-") as name:
        measured = _measure(Path(name), runs)
    text = json.dumps({"machine": describe(), "rows": _ROWS, **measured}, indent=2)
    print(text)
    day = str(describe()["date"])[:10]
    (_RESULTS / f"desk-{day}.json").write_text(text + "\n", encoding="utf-8")
    return 0


def _measure(root: Path, runs: int) -> dict[str, object]:
    (root / "federation").mkdir(mode=0o700)
    csv = root / "rows.csv"
    scene.write_csv(csv, _ROWS)
    federation = scene.make(root / "federation")
    try:
        for nation in scene.HOLDERS:
            federation.import_csv(nation, scene.DATASET, csv)
            federation.publish(nation)
        federation.start(without=("TH",))
        officer = sample_users.make(federation)[0]
        desk = _desk_of(federation)
        port = desk.start()
        try:
            return _as(officer, port, runs)
        finally:
            desk.stop()
    finally:
        federation.close()


def _desk_of(federation: Federation) -> Service:
    arguments = ("--home", str(federation.asker), "desk", "--port", "0", "--no-browser")
    return Service("desk", "fedquery.cli", arguments, federation.root / "logs" / "desk.log")


def _as(officer: SampleUser, port: int, runs: int) -> dict[str, object]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"),
            # As root Chromium has no sandbox; what it visits here is our own.
            args=["--no-sandbox"],
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}", locale="en-GB")
        context.set_default_timeout(_WAIT_MS)
        page = context.new_page()
        came: list[tuple[float, float]] = []
        page.expose_function("painted", lambda took_ms, at_ms: came.append((took_ms, at_ms)))
        page.add_init_script(_WATCH)
        _sign_in(page, officer)
        asked_ms = [_ask(page, number) for number in range(runs)]
        cookies = context.cookies()
        cookie = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
        # The page of a question with its answers, beside those that links lead to.
        paths = (*_PAGES, page.url.removeprefix(f"http://127.0.0.1:{port}"))
        pages = {_sort_of(path): summary_ms(_read(port, path, cookie)) for path in paths}
        browser.close()
    # By pairs: a question whose answers were all there before its page could follow has none.
    return {
        "pages": pages,
        "first_answer_after_it_came": summary_ms([took / 1000 for took, _ in came]),
        "first_answer_after_the_click": summary_ms(
            [
                (min(at for _, at in came if at > clicked) - clicked) / 1000
                for clicked in asked_ms
                if any(clicked < at < clicked + _WAIT_MS for _, at in came)
            ]
        ),
    }


def _sort_of(path: str) -> str:
    return "/desk/questions/ID" if "/questions/" in path else path


def _sign_in(page: Page, officer: SampleUser) -> None:
    page.goto("/desk/")
    page.fill("[name=name]", officer.name)
    page.fill("[name=password]", officer.password)
    page.fill("[name=code]", pyotp.TOTP(officer.secret).now())
    page.click("main button[type=submit]")
    page.wait_for_selector("body[data-signed-in]")


def _ask(page: Page, number: int) -> float:
    """Ask about five phones in a case of its own, and say when the last button was pressed."""
    known = scene.phones(_ROWS)[number * _ASKED : (number + 1) * _ASKED]
    page.goto("/desk/ask")
    page.fill("[name=pasted]", "\n".join(known))
    page.click("main button[type=submit]")
    page.wait_for_selector("ol.chips")
    page.fill("[name=number]", f"2026/{number}")
    page.select_option("[name=purpose]", "fraud")
    page.fill("[name=penalty]", "10")
    # Some nations answer in the first ninety days of a case alone.
    page.fill("[name=opened]", (datetime.now(UTC) - timedelta(days=5)).date().isoformat())
    page.click("main .actions button[type=submit]")
    page.wait_for_selector("[action='/desk/questions']")
    clicked_ms = time.time() * 1000
    page.click("[action='/desk/questions'] button[type=submit]")
    page.wait_for_selector("a.to-proof")
    return clicked_ms


def _read(port: int, path: str, cookie: str) -> list[float]:
    """Read a page again and again by one connection; give the seconds that each took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT_MS / 1000)
    samples_s = []
    for _ in range(_REQUESTS):
        started_s = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        samples_s.append(time.perf_counter() - started_s)
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"a page was answered with {answer.status}")
    connection.close()
    return samples_s


if __name__ == "__main__":
    sys.exit(main())
