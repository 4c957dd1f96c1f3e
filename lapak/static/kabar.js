// What a browser runs to show news while no page of ours is open. It keeps nothing and answers for no page.

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  if (!event.data) return;
  const { title, body, link, tag } = event.data.json();
  // The same news twice has the same tag and shows once.
  event.waitUntil(self.registration.showNotification(title, { body, tag, lang: "id", icon: "/favicon.ico", data: { link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { link } = event.notification.data;
  const open = async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = pages.find((page) => page.url === link);
    return there ? there.focus() : self.clients.openWindow(link);
  };
  event.waitUntil(open());
});
