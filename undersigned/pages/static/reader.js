// Remembers what a reader chose in the settings, on this device alone; copies links and opens the device's own way to
// share; has the text kept for reading without a connection. Without it the settings hold for one page, and links are copied by hand.
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

(() => {
  const sheet = document.querySelector("[data-sheet]");
  if (sheet && navigator.share) {
    sheet.parentElement.hidden = false;
    sheet.addEventListener("click", () => {
      const { sheet: url, title, text } = sheet.dataset;
      navigator.share({ url, title, text }).catch(() => {}); // the reader closed it again
    });
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    const told = document.querySelector("[data-copied]");
    field.addEventListener("focus", () => field.select());
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        if (!document.execCommand("copy")) return; // no right to it, as from a file: the link stays selected
      }
      told.textContent = told.dataset.copied;
    });
  }
})();

(() => {
  const field = document.querySelector("[data-seek]");
  if (!field) return;
  const roll = field.closest(field.dataset.seek);
  const told = roll.querySelector("[data-found]");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC").toLowerCase();
  const names = [...roll.querySelectorAll(".names > li")].map((item) => ({
    item,
    text: plain(`${item.textContent} ${item.dataset.also || ""}`),
  }));
  const parts = [...roll.querySelectorAll(".names")];

  function seek() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { item, text } of names) {
      item.hidden = !words.every((word) => text.includes(word));
      found += !item.hidden;
    }
    for (const part of parts) {
      const title = part.previousElementSibling;
      const empty = !part.querySelector(":scope > li:not([hidden])");
      part.hidden = empty;
      if (title && title.matches("h3, h4")) title.hidden = empty;
    }
    told.textContent = words.length
      ? told.dataset.found.replace("{found}", found).replace("{all}", names.length)
      : "";
  }

  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", seek);
  addEventListener("pageshow", seek); // browsers keep what stood in a field
})();

(() => {
  const { worker } = document.currentScript.dataset;
  const saves = navigator.connection && navigator.connection.saveData;
  if (!worker || saves || !navigator.serviceWorker) return;
  // Once the page is there: what is kept for later must not hold up what is read now. Where it is not wanted, as in some
  // private windows, or from a file, everything else goes on.
  addEventListener("load", () => navigator.serviceWorker.register(worker).catch(() => {}));
})();
