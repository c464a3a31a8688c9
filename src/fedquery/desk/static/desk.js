// Everything on these pages works without this script. It takes away what should not stay on a
// screen: pages of a session that has ended, here or in another tab.
"use strict";

(() => {
  const everyMs = 60 * 1000;
  const login = "/desk/login";
  const signedIn = document.body.hasAttribute("data-signed-in");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("fedquery-desk") : null;

  const leave = () => window.location.replace(login);

  // Going back shows a page as it was left, also when nobody is signed in any more.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      window.location.reload();
    }
  });

  if (tabs) {
    tabs.addEventListener("message", (event) => {
      if (event.data === "signed-out" && signedIn) {
        leave();
      }
    });
  }

  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", () => tabs?.postMessage("signed-out"));
  }

  // The server decides whether a session has ended; this only looks, and does not prolong it.
  const look = async () => {
    try {
      const answer = await fetch("/desk/session", { cache: "no-store" });
      if (answer.status === 401) {
        leave();
        return;
      }
    } catch {
      // The desk does not answer now; look again later.
    }
    window.setTimeout(look, everyMs);
  };

  if (signedIn) {
    window.setTimeout(look, everyMs);
  }

  // Whoever sent a form with a mistake goes on at the mistake.
  document.querySelector("[aria-invalid='true']")?.focus();
})();
