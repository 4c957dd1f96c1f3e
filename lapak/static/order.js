// An order's page: opens WhatsApp once, right after ordering, and copies the message for those without it.

const opening = document.querySelector("[data-open-once]");
if (opening) {
  // The mark leaves the address first: coming back with Back must not open WhatsApp again.
  const here = new URL(window.location.href);
  here.searchParams.delete("kirim");
  window.history.replaceState(null, "", here);
  // Only after the page has loaded is this a step of its own that Back returns from; before that it would replace the page.
  window.addEventListener("load", () => setTimeout(() => window.location.assign(opening.href), 0));
}

const copyFrom = async (source) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(source.textContent.trim());
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
