// Sharing: the browser's own share sheet where there is one, and a button that copies the address.
// Both buttons are hidden in the page and shown here, so nobody sees a button that does nothing.

const copyText = async (text, field) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  field.select();
  if (!document.execCommand("copy")) throw new Error("copy refused");
};

for (const place of document.querySelectorAll("[data-sharing]")) {
  const field = place.querySelector("input");
  const status = place.querySelector("[role=status]");
  const copy = place.querySelector("[data-copy]");
  const share = place.querySelector("[data-share]");

  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await copyText(field.value, field);
      copy.focus();
      status.textContent = copy.dataset.done;
    } catch {
      field.focus();
      field.select();
      status.textContent = copy.dataset.failed;
    }
  });

  if (!navigator.share) continue;
  share.hidden = false;
  share.addEventListener("click", () => {
    // Rejects when the person closes the sheet, which is no fault.
    navigator.share({ title: share.dataset.title, url: field.value }).catch(() => {});
  });
}
