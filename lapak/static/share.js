// Sharing: the browser's own share sheet where there is one, and a button that copies the text or the address.
// Both buttons are hidden in the page and shown here, so nobody sees a button that does nothing.

const copyText = async (text, field) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  field.select();
  if (!document.execCommand("copy")) throw new Error("copy refused");
};

const canSharePictures = () => {
  const empty = new File([], "a.jpg", { type: "image/jpeg" });
  return Boolean(navigator.canShare?.({ files: [empty] }));
};

const fetchPicture = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return new File([await answer.blob()], address.split("/").pop(), { type: "image/jpeg" });
};

for (const place of document.querySelectorAll("[data-sharing]")) {
  const field = place.querySelector("input, textarea");
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

  if (share.dataset.picture) {
    if (!canSharePictures()) continue;
    share.hidden = false;
    let picture;
    share.addEventListener("click", async () => {
      try {
        picture ??= await fetchPicture(share.dataset.picture);
      } catch {
        status.textContent = share.dataset.failed;
        return;
      }
      try {
        await navigator.share({ files: [picture], title: share.dataset.title, text: field.value });
        status.textContent = "";
      } catch (error) {
        // A press counts for a few seconds only; on a slow network the picture comes later, and one more press is needed.
        if (error.name === "NotAllowedError") status.textContent = share.dataset.again;
      }
    });
  } else if (navigator.share) {
    share.hidden = false;
    share.addEventListener("click", () => {
      // Rejects when the person closes the sheet, which is no fault.
      navigator.share({ title: share.dataset.title, url: field.value }).catch(() => {});
    });
  }
}
