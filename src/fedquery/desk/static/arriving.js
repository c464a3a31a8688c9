// Puts answers into their cells as they come. Without it the page reads itself again by a refresh.
// Only texts, attributes and class names are set, from lines of JSON; never HTML.
"use strict";

(() => {
  const progress = document.getElementById("progress");
  const address = progress?.dataset.answers;
  if (!address) {
    return;
  }

  const shapeOf = (element) => [...element.classList].find((name) => name.startsWith("is-"));

  const reshape = (element, shape) => {
    const before = shapeOf(element);
    if (before) {
      element.classList.remove(before);
    }
    element.classList.add(`is-${shape || "none"}`);
    element.querySelector("use")?.setAttribute("href", `#shape-${shape || "none"}`);
  };

  const showCell = (line) => {
    const cell = document.querySelector(`[data-cell="${line.place}-${line.nation}"]`);
    const badge = cell?.querySelector(".badge");
    if (!badge) {
      return;
    }
    reshape(badge, line.shape);
    badge.querySelector("span").textContent = line.word;
    cell.querySelector(".age").textContent = line.age;
    cell.classList.toggle("is-alarm", line.alarm);
    if (line.shape !== "waiting") {
      progress.textContent = line.text;
    }
  };

  const showTile = (line) => {
    const tile = document.querySelector(`[data-tile="${line.nation}"]`);
    if (tile) {
      reshape(tile, line.shape);
      tile.querySelector(".map-word").textContent = line.word;
    }
  };

  let isWhole = false;

  const end = (line) => {
    isWhole = true;
    progress.textContent = line.text;
    // Whoever is somewhere on the page stays there, and goes on when they want to.
    const isElsewhere = document.activeElement && document.activeElement !== document.body;
    if (isElsewhere && document.activeElement.id !== "content") {
      document.getElementById("all-came").hidden = false;
    } else {
      window.location.reload();
    }
  };

  const show = { cell: showCell, tile: showTile, end };

  const follow = async () => {
    const answer = await fetch(address, { cache: "no-store" });
    if (!answer.ok || !answer.body) {
      throw new Error("no answers");
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done && isWhole) {
        return;
      }
      if (done) {
        throw new Error("broken off");
      }
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const read = JSON.parse(line);
        show[read.type](read);
      }
    }
  };

  // Where the line breaks, the page is read again: the question goes on without it.
  follow().catch(() => window.setTimeout(() => window.location.reload(), 2000));
})();
