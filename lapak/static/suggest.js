// Suggestions under the search field while somebody types. Arrow keys choose, Enter goes, Escape closes. Without this the field just searches.

(() => {
  const field = document.querySelector("input[type=search][data-suggest]");
  let wait;
  let asked = 0;

  function close() {
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    document.querySelector("#saran")?.remove();
  }

  function show(found) {
    close();
    if (!found.length || document.activeElement !== field) return;
    const list = document.createElement("ul");
    list.id = "saran";
    list.className = "saran";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.dataset.label);
    found.forEach((one, place) => {
      const item = document.createElement("li");
      item.id = `saran-${place}`;
      item.setAttribute("role", "option");
      item.dataset.path = one.path;
      item.append(one.text);
      const what = document.createElement("small");
      what.textContent = one.what;
      item.append(what);
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); location.assign(one.path); });
      list.append(item);
    });
    field.form.append(list);
    field.setAttribute("aria-expanded", "true");
  }

  async function ask() {
    const turn = ++asked;
    const words = field.value.trim();
    if (words.length < 2) return close();
    const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(words)}`);
    const found = answer.ok ? await answer.json() : [];
    if (turn === asked) show(found);
  }

  function step(by) {
    const items = [...document.querySelectorAll("#saran li")];
    if (!items.length) return;
    const now = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    items.forEach((item) => item.removeAttribute("aria-selected"));
    const next = items[(now + by + items.length + (now < 0 && by < 0 ? 1 : 0)) % items.length];
    next.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", next.id);
  }

  if (field) {
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", "saran");
    field.setAttribute("aria-expanded", "false");
    field.autocomplete = "off";
    field.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => ask().catch(close), 200); });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      const chosen = document.querySelector("#saran li[aria-selected=true]");
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); step(event.key === "ArrowDown" ? 1 : -1); }
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen) { event.preventDefault(); location.assign(chosen.dataset.path); }
    });
  }
})();
