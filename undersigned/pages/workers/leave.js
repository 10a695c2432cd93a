
// Takes the place of a worker that kept the text of a letter, forgets what it stored, and leaves.
async function leave() {
  const names = await caches.keys();
  const ours = names.filter((name) => name.startsWith(`${KEPT.root} `));
  await Promise.all(ours.map((name) => caches.delete(name)));
  await self.registration.unregister();
}

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(leave()));
