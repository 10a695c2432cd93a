// Checks a receipt in the browser, without sending it anywhere: docs/log.md describes what is checked.
"use strict";
(() => {
  const place = document.querySelector("[data-log]");
  if (!place || !window.crypto || !crypto.subtle) return;
  const log = JSON.parse(place.dataset.log);
  const words = JSON.parse(place.dataset.words);
  const status = place.querySelector("[role=status]");
  const utf8 = (text) => new TextEncoder().encode(text);
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  };
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const hex = (text) => {
    if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("hex");
    return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  };
  const base64 = (text) => {
    const binary = atob(text);
    if (btoa(binary) !== text) throw new Error("base64");
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  };

  const UNDOING = ["merged", "withdrawn", "invalidated"];

  class Wrong extends Error {}

  // A verifier key: NAME+ID+KEY, where KEY begins with the byte 1 (Ed25519).
  const keyOf = (text) => {
    const [name, id, ...key] = text.split("+");
    return { name, id, raw: base64(key.join("+")).slice(1) };
  };

  const proofOf = (text) => {
    const at = text.indexOf("\n\n");
    const lines = text.slice(0, at).replace(/^c2sp\.org\/tlog-proof@v1\n/, "").split("\n");
    const index = /^index (0|[1-9][0-9]{0,14})$/.exec(lines[0]);
    if (at < 0 || !index) throw new Wrong();
    return { index: Number(index[1]), path: lines.slice(1).map(base64), note: text.slice(at + 2) };
  };

  // Name, size and root of a checkpoint, and whether a key of this log has signed it; null where the browser cannot tell.
  const headOf = async (note) => {
    const at = note.lastIndexOf("\n\n");
    const text = note.slice(0, at + 1);
    const [origin, size, root, end] = text.split("\n");
    if (at < 0 || end !== "" || origin !== log.origin || !/^(0|[1-9][0-9]{0,14})$/.test(size)) throw new Wrong();
    return { size: Number(size), root: base64(root), signed: await isSigned(text, note.slice(at + 2)) };
  };

  const isSigned = async (text, lines) => {
    const keys = log.keys.map(keyOf);
    let found = false;
    for (const line of lines.trimEnd().split("\n")) {
      const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) || [];
      if (!encoded) throw new Wrong();
      const raw = base64(encoded);
      const id = Array.from(raw.slice(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join("");
      const key = keys.find((one) => one.name === name && one.id === id);
      if (!key) continue;
      try {
        const imported = await crypto.subtle.importKey("raw", key.raw, "Ed25519", false, ["verify"]);
        if (!(await crypto.subtle.verify("Ed25519", imported, raw.slice(4), utf8(text)))) throw new Wrong();
      } catch (fault) {
        if (fault instanceof Wrong) throw fault;
        return null;
      }
      found = true;
    }
    if (!found) throw new Wrong();
    return true;
  };

  // The root to which an audit path leads (RFC 9162, 2.1.3.2).
  const rootOf = async (index, size, leaf, path) => {
    if (index >= size) throw new Wrong();
    let at = index, last = size - 1, root = leaf;
    const half = (number) => Math.floor(number / 2);
    for (const hash of path) {
      if (last === 0 || hash.length !== 32) throw new Wrong();
      if (at % 2 === 1 || at === last) {
        root = await sha256([1], hash, root);
        while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
      } else {
        root = await sha256([1], root, hash);
      }
      [at, last] = [half(at), half(last)];
    }
    if (last !== 0) throw new Wrong();
    return root;
  };

  const check = async (entry) => {
    const proof = proofOf(entry.proof);
    const head = await headOf(proof.note);
    const leaf = await sha256([0], utf8(entry.entry));
    if (!same(await rootOf(proof.index, head.size, leaf, proof.path), head.root)) throw new Wrong();
    const found = head.signed ? words.good : words.unsigned;
    const said = [found.replace("{index}", proof.index).replace("{size}", head.size)];
    if (!entry.opening) return [...said, words.closed];
    const [, event, kind, , , commitment] = entry.entry.split(" ");
    const isNonce = "nonce" in entry.opening;
    const salt = hex(entry.opening.salt);
    const record = isNonce ? hex(entry.opening.nonce) : utf8(entry.opening.record);
    // Else the same bytes could be read in another way: a record that begins in the middle of a name, a name as a nonce.
    if (salt.length !== 32 || (isNonce && record.length !== 32)) throw new Wrong();
    if (isNonce !== (kind === "hidden" || UNDOING.includes(event))) throw new Wrong();
    if (!same(await sha256(salt, record), hex(commitment))) throw new Wrong();
    return isNonce ? [...said, words.hidden] : [...said, words.opened, entry.opening.record];
  };

  const checked = async (text) => {
    let receipt;
    try {
      receipt = JSON.parse(text);
      if (receipt.format !== "undersigned/receipt/v1" || !receipt.entries.length) throw new Error("format");
    } catch {
      return [words.unreadable];
    }
    try {
      if (receipt.origin !== log.origin) throw new Wrong();
      return (await Promise.all(receipt.entries.map(check))).flat();
    } catch {
      return [words.bad];
    }
  };

  place.querySelector("input").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const said = await checked(await file.text());
    status.replaceChildren(
      ...said.map((sentence) => {
        const paragraph = document.createElement("p");
        paragraph.textContent = sentence;
        return paragraph;
      }),
    );
  });
  document.querySelector("[data-without]").hidden = true;
  place.hidden = false;
})();
