// The photo picker: shows a photo at once, shrinks it, and sends it while the seller goes on typing; moves photos on the spot.
// The form goes once every photo has arrived or been given up. Without this script the same file inputs go along as plain multipart, and
// the same buttons send the form.

const LONGEST_SIDE = 1600;
const QUALITY = 0.82;
// Below this Chrome draws photos without turning them as the camera held them; such browsers send the original.
const TURNS_PHOTOS = window.CSS && CSS.supports("image-orientation", "from-image");

// What the server read and refused will be refused again; anything else is worth another try.
const REFUSALS = [413, 415, 422];

const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const sizeInWords = (bytes) =>
  bytes < 1000000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1000000).toFixed(1).replace(".", ",")} MB`;

const load = (url) =>
  new Promise((resolve, reject) => {
    const image = new Image();
    image.alt = "";
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("not decoded here"));
    image.src = url;
  });

// Returns a JPEG of at most LONGEST_SIDE, or the file itself when that would not be smaller.
const shrink = async (file, image) => {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
};

// Resolves to {status, answer}; status 0 means that the connection was cut.
const send = (address, token, file, alt, onProgress) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("photo", file, file.name);
    body.append("alt", alt);
    request.open("POST", address);
    request.responseType = "json";
    request.timeout = 120000;
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(Math.round((event.loaded / event.total) * 100));
    request.onload = () => resolve({ status: request.status, answer: request.response || {} });
    request.onerror = request.ontimeout = request.onabort = () => resolve({ status: 0, answer: {} });
    request.send(body);
  });

class Photo {
  constructor(picker, input) {
    this.picker = picker;
    this.input = input;
    this.percent = 0;
    this.item = picker.template.content.firstElementChild.cloneNode(true);
    this.part("[data-retry]").addEventListener("click", () => picker.queue([this]));
    this.part("[data-remove]").addEventListener("click", () => picker.remove(this));
    // A new photo for an old one stands in its place; the old one only leaves once the new one has arrived.
    this.old = "instead" in input.dataset ? input.closest("li") : null;
    if (this.old) this.old.before(this.item);
    else picker.list.append(this.item);
    if (this.old) this.old.hidden = true;
  }

  part(selector) {
    return this.item.querySelector(selector);
  }

  isUnderWay() {
    return this.state === "new" || this.state === "sending";
  }

  wait() {
    this.percent = 0;
    this.show("new", this.picker.words.queued);
  }

  async start() {
    if (this.state === "removed") return;
    if (!this.isDeveloped) await this.develop();
    await this.upload();
  }

  async develop() {
    this.show("sending", this.picker.words.shrinking);
    const url = URL.createObjectURL(this.file);
    try {
      const image = await load(url);
      this.look(image);
      if (TURNS_PHOTOS) this.file = await shrink(this.file, image);
    } catch {
      // HEIC on most phones: the server knows how to read it.
      URL.revokeObjectURL(url);
    }
    this.isDeveloped = true;
  }

  look(image) {
    const preview = this.part("[data-preview]");
    preview.classList.remove("tanpa-foto");
    preview.textContent = "";
    preview.append(image);
  }

  async upload() {
    const { words, address, token } = this.picker;
    const onProgress = (percent) => {
      if (this.state !== "sending") return;
      this.percent = percent;
      this.part("progress").value = percent;
      this.part("[data-state]").textContent = say(words.sending, { percent });
      this.picker.follow();
    };
    if (this.state === "removed") return;
    this.show("sending", say(words.sending, { percent: 0 }));
    const { status, answer } = await send(address, token, this.file, this.picker.alt(), onProgress);
    if (this.state === "removed") return;
    if (status === 201 && answer.key) this.keep(answer.key, say(words.saved, { size: sizeInWords(answer.bytes) }));
    else this.fail(status, answer.error);
    this.picker.settle();
  }

  keep(key, sentence) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "photo_keys";
    field.value = key;
    this.item.append(field);
    if (this.old) this.old.remove();
    this.old = null;
    this.percent = 100;
    this.show("kept", sentence);
    this.picker.forgive();
  }

  fail(status, reason) {
    const { words } = this.picker;
    const isRefused = REFUSALS.includes(status);
    const sentence = status === 0 ? words.cut : reason || (isRefused ? words.refused : words.unsaved);
    this.show(isRefused ? "refused" : "cut", "", sentence);
  }

  show(state, words, problem = "") {
    this.state = state;
    const badge = this.part("[data-badge]");
    this.part("[data-state]").textContent = words;
    badge.hidden = !words;
    badge.classList.toggle("aman", state === "kept");
    this.part("progress").hidden = state !== "sending";
    this.part("[data-retry]").hidden = state !== "cut";
    this.part("[data-problem]").textContent = problem;
    this.part("[data-problem]").hidden = !problem;
  }
}

class Picker {
  constructor(element) {
    this.element = element;
    this.photos = [];
    this.address = element.dataset.upload;
    this.list = element.querySelector("ul");
    this.template = element.querySelector("template[data-item]");
    this.words = this.template.dataset;
    this.status = element.querySelector("[data-status]");
    this.form = element.closest("form");
    this.token = this.form.elements.csrf_token.value;
    this.gate = new Gate(this, element.querySelector("template[data-gate]"));
    element.classList.add("siap");
    if (!this.status.textContent.trim()) this.follow();
    for (const input of element.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.take(input));
    }
    this.list.addEventListener("click", (event) => this.move(event));
    this.list.addEventListener("input", (event) => this.frame(event.target));
    // keep.js found photos that had arrived before the page was opened again.
    this.form.addEventListener("photosback", (event) => this.restore(event.detail));
    this.form.addEventListener("submit", (event) => this.gate.hold(event));
  }

  take(input) {
    const added = [...input.files].map((file) => Object.assign(new Photo(this, input), { file }));
    // From here on this script sends them; and the same photo can be chosen again after it was removed.
    input.value = "";
    this.photos.push(...added);
    this.queue(added);
  }

  // One after the other: two photos at once on a weak signal are two photos lost.
  queue(photos) {
    for (const photo of photos) photo.wait();
    this.follow();
    this.line = photos.reduce((before, photo) => before.then(() => photo.start()), Promise.resolve(this.line));
  }

  move(event) {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("li");
    const isBack = button.dataset.move < 0;
    const shown = [...this.list.children].filter((one) => !one.hidden);
    const other = shown[shown.indexOf(item) + Number(button.dataset.move)];
    if (!other) return;
    if (isBack) other.before(item);
    else other.after(item);
    const place = [...this.list.children].filter((one) => !one.hidden).indexOf(item) + 1;
    this.announce(say(this.words.moved, { place }));
    // At either end the button is gone, and the other one takes its place.
    const isThere = getComputedStyle(button).visibility !== "hidden";
    (isThere ? button : item.querySelector(`[data-move="${isBack ? 1 : -1}"]`)).focus();
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The part of a photo that would stay, as the slider moves.
  frame(slider) {
    if (!slider.matches("[data-crop]")) return;
    const box = slider.closest("li").querySelector(".kotak");
    box.classList.add("dipotong");
    box.querySelector("img").style.objectPosition = `${slider.value}% ${slider.value}%`;
  }

  restore(keys) {
    const known = [...this.form.querySelectorAll("[name=photo_keys]")].map((field) => field.value);
    const input = this.element.querySelector("input[type=file]:not([data-instead])");
    for (const key of keys.filter((one) => !known.includes(one))) {
      const photo = new Photo(this, input);
      this.photos.push(photo);
      photo.keep(key, this.words.savedBefore);
      const address = this.element.dataset.shown.replace("-key-", encodeURIComponent(key));
      load(address).then(
        (image) => photo.look(image),
        () => this.forget(photo, address),
      );
    }
    this.follow();
  }

  // A photo that the server no longer has goes; one that only could not be shown stays.
  async forget(photo, address) {
    const answer = await fetch(address, { method: "HEAD" }).catch(() => null);
    if (answer && answer.status === 404) this.drop(photo);
  }

  drop(photo) {
    photo.state = "removed";
    photo.item.remove();
    if (photo.old) photo.old.hidden = false;
    this.photos = this.photos.filter((other) => other !== photo);
    this.settle();
  }

  remove(photo) {
    const next = photo.old || photo.item.nextElementSibling || photo.item.previousElementSibling;
    this.drop(photo);
    (next ? next.querySelector("button:not([hidden]), summary") : photo.input).focus();
  }

  isSending() {
    return this.photos.some((photo) => photo.isUnderWay());
  }

  unsent() {
    return this.photos.filter((photo) => photo.state === "cut");
  }

  // Photos that will not go along: those cut off, and those the server refused.
  left() {
    return this.photos.filter((photo) => photo.state === "cut" || photo.state === "refused");
  }

  hasNone() {
    return !this.form.querySelector("[name=photo_keys]");
  }

  refusal() {
    const refused = this.photos.find((photo) => photo.state === "refused");
    return refused ? refused.part("[data-problem]").textContent : "";
  }

  percent() {
    const counted = this.photos.filter((photo) => photo.isUnderWay() || photo.state === "kept");
    return Math.round(counted.reduce((sum, photo) => sum + photo.percent, 0) / counted.length);
  }

  // The line under the photos speaks for all of them, and the form's button with it.
  follow() {
    const { words } = this;
    if (this.isSending()) this.announce(words.underWay);
    else if (this.unsent().length > 0) this.announce(words.unsent);
    else if (this.photos.some((photo) => photo.state === "kept")) this.announce(words.kept);
    else this.announce(TURNS_PHOTOS ? words.start : "");
    this.gate.follow();
  }

  settle() {
    this.follow();
    // keep.js writes down what the form holds now.
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    this.gate.settle();
  }

  // Once a photo has arrived, "add a photo" is no longer true.
  forgive() {
    this.element.classList.remove("galat");
    const told = this.element.querySelector(".pesan-galat[id]");
    if (told) {
      const ids = this.element.getAttribute("aria-describedby").split(" ");
      this.element.setAttribute("aria-describedby", ids.filter((id) => id !== told.id).join(" "));
      told.remove();
    }
    for (const input of this.element.querySelectorAll("input[type=file]")) {
      for (const link of document.querySelectorAll(`.ringkasan a[href="#${input.id}"]`)) {
        const summary = link.closest(".ringkasan");
        link.closest("li").remove();
        if (!summary.querySelector("li")) summary.remove();
      }
    }
  }

  // What the photo most likely shows: the product's name, as far as it is written.
  alt() {
    const name = this.form.elements.namedItem("name");
    return name ? name.value : "";
  }

  announce(words) {
    if (this.status.textContent !== words) this.status.textContent = words;
  }
}

// Stands at the form's button: lets the form go, makes it wait for photos under way, or asks about those that were cut off.
class Gate {
  constructor(picker, template) {
    this.picker = picker;
    this.button = null;
    this.note = template.content.firstElementChild.cloneNode(true);
    this.sentence = this.note.querySelector("[data-sentence]");
    this.ways = this.note.querySelector("[data-ways]");
    this.note.querySelector("[data-resend]").addEventListener("click", () => this.resend());
    this.note.querySelector("[data-without]").addEventListener("click", () => this.goWithout());
    // In the page before it is needed: a live region that arrives together with its words is often not read out.
    this.firstButton().before(this.note);
  }

  firstButton() {
    return [...this.picker.form.elements].filter((one) => one.type === "submit" && !one.name).pop();
  }

  hold(event) {
    const { picker } = this;
    if (!picker.isSending() && picker.left().length === 0) return;
    event.preventDefault();
    if (this.button) return;
    this.button = event.submitter || this.firstButton();
    this.settle();
    this.follow();
  }

  follow() {
    if (!this.button) {
      if (this.picker.left().length === 0) this.say("");
      return;
    }
    if (!this.picker.isSending()) return;
    this.say(this.picker.words.waiting);
    if (!this.label) this.label = [...this.button.childNodes];
    this.button.textContent = say(this.picker.words.waitingButton, { percent: this.picker.percent() });
  }

  settle() {
    if (!this.button || this.picker.isSending()) return;
    const button = this.release();
    // The seller has not read yet why the only photo was refused; after the server's answer it would be gone.
    const refusal = this.picker.hasNone() && this.picker.refusal();
    if (refusal) this.say(refusal);
    else if (this.picker.left().length > 0) this.say(this.picker.words.unsent, true);
    else button.click();
  }

  release() {
    const { button, label } = this;
    if (label) {
      button.textContent = "";
      button.append(...label);
    }
    this.button = this.label = null;
    this.say("");
    return button;
  }

  resend() {
    this.button = this.firstButton();
    this.picker.queue(this.picker.unsent());
    this.button.focus();
  }

  goWithout() {
    const button = this.firstButton();
    for (const photo of this.picker.left()) this.picker.drop(photo);
    button.click();
  }

  say(words, isAsking = false) {
    if (this.sentence.textContent !== words) this.sentence.textContent = words;
    this.ways.hidden = !isAsking;
    this.ways.querySelector("[data-resend]").hidden = this.picker.unsent().length === 0;
    this.note.classList.toggle("tanpa-lihat", !words);
    this.note.classList.toggle("pesan", isAsking);
    this.note.classList.toggle("segera", isAsking);
  }
}

for (const element of document.querySelectorAll("[data-photos]")) new Picker(element);
