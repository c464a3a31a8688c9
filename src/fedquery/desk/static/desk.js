// Everything on these pages works without this script. It takes away what should not stay on a
// screen: pages of a session that has ended, here or in another tab.
"use strict";

(() => {
  const everyMs = 60 * 1000;
  const login = "/desk/login";
  const signedIn = document.body.hasAttribute("data-signed-in");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("fedquery-desk") : null;

  // Going back shows a page as it was left, also when nobody is signed in any more.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      window.location.reload();
    }
  });

  // The server says whether a session has ended; asking it prolongs nothing.
  const look = async () => {
    try {
      const answer = await fetch("/desk/session", { cache: "no-store" });
      if (answer.status === 401) {
        window.location.replace(login);
      }
    } catch {
      // The desk does not answer now; it is asked again later.
    }
  };

  if (signedIn) {
    window.setInterval(look, everyMs);
    tabs?.addEventListener("message", look);
  } else {
    // Somebody has signed out here, or a session has ended: the other tabs look at once.
    tabs?.postMessage("look");
  }

  // Whoever sent a form with a mistake goes on at the mistake.
  document.querySelector("[aria-invalid='true']")?.focus();
})();
