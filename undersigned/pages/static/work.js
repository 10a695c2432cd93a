// A little work for each sign-on, done while somebody fills in the form; intake/work.py says what it is and checks it.
// Without it, or without scripts, a sign-on is taken all the same: when many come from one place, its mail waits longer.
(() => {
  "use strict";
  const PUZZLES = 16, BITS = 12, SLICE_MS = 6, GOOD_MINUTES = 50, PATIENCE_MS = 4000;

  // SHA-256 (FIPS 180-4) of texts shorter than 56 letters of ASCII, and of longer ones for the seed.
  const K = new Uint32Array(64), H = new Uint32Array(8), W = new Uint32Array(64);
  for (let n = 2, count = 0; count < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
    if (!prime) continue;
    if (count < 8) H[count] = (Math.sqrt(n) % 1) * 4294967296;
    K[count++] = (Math.cbrt(n) % 1) * 4294967296;
  }
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  const block = (state) => {
    for (let t = 16; t < 64; t++) {
      const a = W[t - 15], b = W[t - 2];
      W[t] = W[t - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + W[t - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + W[t]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    const sum = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < 8; i++) state[i] += sum[i];
  };

  const sha256 = (text) => {
    const state = Uint32Array.from(H);
    const blocks = ((text.length + 8) >> 6) + 1;
    for (let n = 0; n < blocks; n++) {
      for (let t = 0; t < 16; t++) {
        let word = 0;
        for (let k = 0; k < 4; k++) {
          const at = n * 64 + t * 4 + k;
          word = (word << 8) | (at < text.length ? text.charCodeAt(at) : at === text.length ? 128 : 0);
        }
        W[t] = word;
      }
      if (n === blocks - 1) W[15] = text.length * 8;
      block(state);
    }
    return state;
  };
  const hex = (state) => Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");

  // Work in short slices, so that typing stays smooth.
  const begin = (version, done) => {
    const minute = Math.floor(Date.now() / 60000);
    const salt = Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16).padStart(2, "0")).join("");
    const seed = hex(sha256(`undersigned work 1 ${version} ${minute} ${salt}`)).slice(0, 32);
    const nonces = [];
    let nonce = 0;
    const slice = () => {
      const until = performance.now() + SLICE_MS;
      while (performance.now() < until) {
        for (let n = 0; n < 64 && nonces.length < PUZZLES; n++, nonce++) {
          if (sha256(`${seed}.${nonces.length}.${nonce.toString(36)}`)[0] >>> (32 - BITS) === 0) {
            nonces.push(nonce.toString(36));
            nonce = -1;
          }
        }
        if (nonces.length === PUZZLES) return done(minute, [minute, salt, ...nonces].join("."));
      }
      setTimeout(slice, 0);
    };
    slice();
  };

  for (const form of document.querySelectorAll("form.sign-form")) {
    const version = form.querySelector("input[name=version]");
    if (!version) continue;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "work";
    form.append(field);
    let begun = 0, waits = false, sends = false;
    const start = () => {
      const minute = Math.floor(Date.now() / 60000);
      if (begun && minute - begun < GOOD_MINUTES) return;
      begun = minute;
      field.value = "";
      begin(version.value, (since, work) => {
        if (since < begun) return;
        field.value = work;
        if (waits) send();
      });
    };
    const send = () => {
      if (sends) return;
      sends = true;
      form.submit();
    };
    form.addEventListener("input", start);
    form.addEventListener("submit", (event) => {
      start();
      if (field.value || sends) return;
      event.preventDefault();
      waits = true;
      form.setAttribute("aria-busy", "true");
      setTimeout(send, PATIENCE_MS);
    });
    // Who comes back to the page has spent their work.
    addEventListener("pageshow", (event) => {
      if (event.persisted) { begun = 0; waits = sends = false; field.value = ""; form.removeAttribute("aria-busy"); }
    });
  }
})();
