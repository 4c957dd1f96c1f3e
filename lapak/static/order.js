// An order's page: opens WhatsApp once, right after ordering, and copies the message for those without it.

const opening = document.querySelector("[data-open-once]");
if (opening) {
  // The mark leaves the address first: coming back with Back must not open WhatsApp again.
  const here = new URL(window.location.href);
  here.searchParams.delete("kirim");
  window.history.replaceState(null, "", here);
  window.location.assign(opening.href);
}

const copyFrom = async (source) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(source.textContent);
  window.getSelection().selectAllChildren(source);
  if (!document.execCommand("copy")) throw new Error("copy refused");
};

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.querySelector(button.dataset.copy);
  button.setAttribute("aria-live", "polite");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copyFrom(source);
      button.textContent = button.dataset.done || "Tersalin";
    } catch {
      window.getSelection().selectAllChildren(source);
    }
  });
}
