// Judging by keys: 1 to 5 fill the criterion that has none yet, or the one in focus, and go on to the next; Enter saves.
const form = document.querySelector("[data-scores]");
form?.ownerDocument.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, input[type=text]")) return;
  if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (!/^[1-5]$/.test(event.key)) return;
  const groups = [...form.querySelectorAll(".nilai")];
  const here = event.target.closest(".nilai") ?? groups.find((group) => !group.querySelector(":checked"));
  if (!here) return;
  const radio = here.querySelector(`[value="${event.key}"]`);
  radio.checked = true;
  event.preventDefault();
  const next = groups[groups.indexOf(here) + 1];
  (next?.querySelector(":checked") ?? next?.querySelector("input") ?? form.querySelector("button[type=submit]")).focus();
});
