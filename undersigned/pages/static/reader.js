// Remembers what a reader chose in the settings, on this device alone. Without it the settings work, for one page.
"use strict";
(() => {
  const place = "undersigned.reader";
  const radios = () => document.querySelectorAll("[data-settings] input[type=radio]");

  function recall() {
    try {
      return JSON.parse(localStorage.getItem(place)) || {};
    } catch {
      return {}; // no storage, as in some private windows, or something else's words in our place
    }
  }

  function restore() {
    const chosen = recall();
    for (const radio of radios()) {
      const wanted = document.getElementById(chosen[radio.name]);
      radio.checked = wanted ? radio === wanted : radio.defaultChecked;
    }
  }

  function remember(event) {
    const radio = event.target;
    const chosen = { ...recall(), [radio.name]: radio.id };
    if (radio.defaultChecked) delete chosen[radio.name];
    try {
      if (Object.keys(chosen).length) localStorage.setItem(place, JSON.stringify(chosen));
      else localStorage.removeItem(place);
    } catch {
      // then it holds for this page
    }
  }

  restore();
  addEventListener("pageshow", restore); // a page that comes back from the browser's own memory
  addEventListener("storage", restore); // another window
  const panel = document.querySelector("[data-settings]");
  panel.addEventListener("change", remember);
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!panel.contains(event.target)) panel.open = false;
  });
})();
