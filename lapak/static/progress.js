// Follows work that goes on elsewhere: shows again what its page says of it, and the whole page once it is over.
// Without this script the page has a link that does the same.
(() => {
  const EVERY = 2000;
  const shown = document.querySelector("[data-progress]");
  const said = document.querySelector("[data-said]");

  const look = async () => {
    const answer = await fetch(window.location.href).catch(() => null);
    if (!answer || !answer.ok) return setTimeout(look, EVERY * 3);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-progress]");
    if (!now) return window.location.reload();
    shown.replaceChildren(...now.childNodes);
    // Said aloud at every tenth, not at every look.
    if (said.textContent !== now.dataset.words) said.textContent = now.dataset.words;
    return setTimeout(look, EVERY);
  };

  if (!shown) return;
  document.querySelector("[data-again]").hidden = true;
  setTimeout(look, EVERY);
})();
