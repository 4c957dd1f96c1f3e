// Lets this browser show news, or no more. The page's own form carries the browser's address to the server.

const place = document.querySelector("[data-push]");
const form = place.querySelector("[name=endpoint]").form;
const status = place.querySelector("[data-status]");
const say = (text) => (status.textContent = text);

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));

const markOf = async (endpoint) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

const current = async () => {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return worker ? worker.pushManager.getSubscription() : null;
};

const subscribe = async () => {
  await navigator.serviceWorker.register(place.dataset.worker, { scope: "/" });
  const worker = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.push) };
  try {
    return await worker.pushManager.subscribe(wanted);
  } catch (error) {
    // An address that was given for another key of ours has to go first.
    const old = await worker.pushManager.getSubscription();
    if (!old) throw error;
    await old.unsubscribe();
    return worker.pushManager.subscribe(wanted);
  }
};

const turnOn = async (event) => {
  if (form.elements.endpoint.value) return;
  event.preventDefault();
  if ((await Notification.requestPermission()) !== "granted") {
    say(place.dataset.denied);
    return;
  }
  try {
    const { endpoint, keys } = (await subscribe()).toJSON();
    form.elements.endpoint.value = endpoint;
    form.elements.public_key.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  } catch {
    say(place.dataset.failed);
  }
};

const start = async () => {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    say(place.dataset.unable);
    return;
  }
  const subscription = await current();
  const mark = subscription && (await markOf(subscription.endpoint));
  const here = [...place.querySelectorAll("[data-mark]")].find((row) => row.dataset.mark === mark);
  if (here) {
    here.querySelector("[hidden]").hidden = false;
    // The server forgets the address in any case; the browser needs not keep it either.
    here.querySelector("form").addEventListener("submit", () => subscription.unsubscribe());
    return;
  }
  if (Notification.permission === "denied") {
    say(place.dataset.denied);
    return;
  }
  form.hidden = false;
  form.addEventListener("submit", turnOn);
};

start();
