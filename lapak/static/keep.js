// Keeps what was typed in a form marked data-keep="name" on this phone until it is sent, for the day the signal drops.
// Only plain words, and the keys of photos that have arrived (photos.js shows them again): never telephone numbers, codes,
// passwords, files or other hidden fields. A draft is forgotten after a day.

const LIFE = 24 * 60 * 60 * 1000;
const SECRET = /phone|telepon|code|kode|otp|token|csrf|password|sandi/i;
const OFFLINE = "Sinyal terputus. Isian Anda tersimpan di ponsel ini. Kirim lagi begitu sinyal kembali.";

const isKept = (field) =>
  field.name &&
  !SECRET.test(`${field.name} ${field.id} ${field.autocomplete}`) &&
  (field.matches("textarea, select") || field.matches("input:not([type]), input[type=text], input[type=search], input[type=number]"));

const keptFields = (form) => [...form.elements].filter(isKept);

const photoKeys = (form) =>
  [...form.querySelectorAll("[name=photo_keys]")]
    .map((field) => field.value)
    .filter((key) => ![...form.querySelectorAll("[name=photo_remove]:checked")].some((box) => box.value === key));

const read = (key) => {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    if (draft && Date.now() - draft.at < LIFE) return draft;
    localStorage.removeItem(key);
  } catch {
    // A full or forbidden store only means that nothing is kept.
  }
  return null;
};

const write = (key, draft) => {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // See above.
  }
};

const cameBack = () => {
  const [entry] = performance.getEntriesByType("navigation");
  return !entry || entry.type !== "navigate";
};

const restore = (form, { words, photos = [] }) => {
  for (const field of keptFields(form)) {
    if (field.value !== "" || typeof words[field.name] !== "string") continue;
    field.value = words[field.name];
  }
  form.dispatchEvent(new CustomEvent("photosback", { detail: photos }));
};

const sayOffline = (form) => {
  let note = form.querySelector("[data-offline-note]");
  if (!note) {
    note = document.createElement("p");
    note.className = "pesan segera";
    note.dataset.offlineNote = "";
    note.setAttribute("role", "status");
    form.append(note);
  }
  note.textContent = form.dataset.offline || OFFLINE;
};

for (const form of document.querySelectorAll("form[data-keep]")) {
  const key = `lapak:${window.location.pathname}:${form.dataset.keep}`;
  const draft = read(key);
  const wasRefused = document.querySelector(".ringkasan") !== null;
  // A fresh page after sending means that the form arrived; a refused form, Back and Reload do not.
  if (draft && draft.isSent && !wasRefused && !cameBack()) localStorage.removeItem(key);
  else if (draft) restore(form, draft);

  const keep = (isSent, button) => {
    const words = Object.fromEntries(keptFields(form).map((field) => [field.name, field.value]));
    // The whole of a photo that is being cut does not come back beside its part.
    const photos = photoKeys(form).filter((one) => !button || button.value !== `crop:${one}`);
    write(key, { at: Date.now(), isSent, words, photos });
  };
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", (event) => {
    // photos.js may be holding the form back until a photo has arrived.
    if (event.defaultPrevented) return;
    keep(true, event.submitter);
    if (navigator.onLine) return;
    event.preventDefault();
    keep(false);
    sayOffline(form);
  });
}
