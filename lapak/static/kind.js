// Says which kind a listing will get from its name, while none is chosen. The server decides the same way without this.

(() => {
  const hint = document.querySelector("[data-kind]");
  const name = document.querySelector("#name");
  const chosen = document.querySelector("#category");
  let wait;
  let asked = "";

  function asking(words) {
    const address = new URL(hint.dataset.kind, window.location);
    address.searchParams.set("nama", words);
    return address;
  }

  async function tell() {
    const words = name.value.trim();
    if (words === asked) return;
    asked = words;
    const answer = words && !chosen?.value ? await fetch(asking(words)).then((got) => got.json()) : {};
    if (words !== asked) return;
    hint.hidden = !answer.name;
    hint.textContent = answer.name ? `${hint.dataset.text}: ${answer.name}` : "";
  }

  function later() {
    clearTimeout(wait);
    wait = setTimeout(() => tell().catch(() => {}), 400);
  }

  if (hint && name) {
    name.addEventListener("input", later);
    chosen?.addEventListener("change", () => { asked = ""; later(); });
  }
})();
