// Shows how far a list is. Without it the page reads itself again by a refresh.
// Only texts and attributes are set, from lines of JSON; never HTML.
"use strict";

(() => {
  const progress = document.getElementById("progress");
  const address = progress?.dataset.progress;
  if (!address) {
    return;
  }

  const showNation = (line) => {
    const item = document.querySelector(`.progress [data-nation="${line.nation}"]`);
    if (!item) {
      return;
    }
    for (const name of ["answered", "of", "hits", "told"]) {
      item.querySelector(`.${name}`).textContent = line[name];
    }
    item.querySelector("progress").value = line.share;
  };

  const end = (line) => {
    progress.textContent = line.text;
    window.location.reload();
  };

  const show = { nation: showNation, end };

  const follow = async () => {
    const answer = await fetch(address, { cache: "no-store" });
    if (!answer.ok || !answer.body) {
      throw new Error("no progress");
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const read = JSON.parse(line);
        show[read.type](read);
      }
    }
  };

  // Where the line breaks, the page is read again: the list goes on without it.
  follow().catch(() => window.setTimeout(() => window.location.reload(), 2000));
})();
