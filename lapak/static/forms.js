// What every form shares: a refused one is read from its summary on, and a second tap on a button sends nothing twice.

const summary = document.querySelector(".ringkasan");
if (summary) summary.focus();

// The server knows a form that comes twice; this only spares the wait and the wondering.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});

// A page that comes back from memory may send again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
