
// Keeps the text of one letter readable without a connection: a copy of it in each language, which bears no name of a
// signatory, and what that page needs. It stores these files and never anything else, whatever is asked for; what they
// must hold is said above, so that an old copy on the way here is not taken for the new one.
const CACHE = `${KEPT.root} ${KEPT.version}`;
const PATIENCE_MS = 10000;

async function store() {
  const cache = await caches.open(CACHE);
  const fetched = Object.entries(KEPT.files).map(async ([address, integrity]) => {
    const mode = address.endsWith("/") ? "no-cache" : "default"; // what has its hash in its name never changes
    const answer = await fetch(address, { integrity, cache: mode, redirect: "error" });
    if (answer.status !== 200) throw new TypeError(`${answer.status} ${address}`);
    await cache.put(address, answer);
  });
  await Promise.all(fetched);
  await self.skipWaiting();
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(`${KEPT.root} `) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function kept(address) {
  const cache = await caches.open(CACHE);
  return cache.match(address);
}

// What the network says, unless it says nothing for too long, or that it is broken.
async function read(request, copy) {
  const live = fetch(request);
  const patience = new Promise((enough) => setTimeout(enough, PATIENCE_MS));
  const answer = await Promise.race([live, patience]).catch(() => undefined);
  return answer && answer.status < 500 ? answer : (await kept(copy)) || live;
}

self.addEventListener("install", (event) => event.waitUntil(store()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (Object.hasOwn(KEPT.texts, pathname)) event.respondWith(read(request, KEPT.texts[pathname]));
  } else if (Object.hasOwn(KEPT.files, pathname)) {
    event.respondWith(kept(pathname).then((copy) => copy || fetch(request)));
  }
});
