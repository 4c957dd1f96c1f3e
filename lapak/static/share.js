// Sharing: the browser's own share sheet where there is one, and a button that copies an address.
// Both buttons are hidden in the page and shown here, so nobody sees a button that does nothing.

const copyText = async (text) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "tanpa-lihat";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("copy refused");
};

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.querySelector("span") || button;
  words.setAttribute("aria-live", "polite");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copyText(button.dataset.copy);
      words.textContent = button.dataset.done;
    } catch {
      window.prompt(words.textContent, button.dataset.copy);
    }
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    // Rejects when the person closes the sheet, which is no fault.
    navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {});
  });
}
