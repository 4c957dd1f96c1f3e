// The photo picker: shows a photo at once, shrinks it, and sends it while the seller goes on typing.
// Without this script, or when sending fails, the same file inputs go with the form as plain multipart.

const LONGEST_SIDE = 1600;
const QUALITY = 0.82;
// Below this Chrome draws photos without turning them as the camera held them; such browsers send the original.
const TURNS_PHOTOS = window.CSS && CSS.supports("image-orientation", "from-image");

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
  constructor(picker, input, file) {
    this.picker = picker;
    this.input = input;
    this.file = file;
    this.state = "new";
    this.item = picker.template.content.firstElementChild.cloneNode(true);
    this.part("[data-retry]").addEventListener("click", () => this.upload());
    this.part("[data-remove]").addEventListener("click", () => picker.remove(this));
    picker.list.append(this.item);
  }

  part(selector) {
    return this.item.querySelector(selector);
  }

  async start() {
    this.show("sending", this.picker.words.shrinking);
    const url = URL.createObjectURL(this.file);
    try {
      const image = await load(url);
      const preview = this.part("[data-preview]");
      preview.classList.remove("tanpa-foto");
      preview.textContent = "";
      preview.append(image);
      if (TURNS_PHOTOS) this.file = await shrink(this.file, image);
    } catch {
      // HEIC on most phones: the server knows how to read it.
      URL.revokeObjectURL(url);
    }
    this.picker.keepUnsent(this.input);
    await this.upload();
  }

  async upload() {
    const { words, address, token } = this.picker;
    const bar = this.part("progress");
    const onProgress = (percent) => {
      bar.value = percent;
      this.part("[data-state]").textContent = say(words.sending, { percent });
    };
    this.show("sending", say(words.sending, { percent: 0 }));
    const { status, answer } = await send(address, token, this.file, this.picker.alt(), onProgress);
    if (this.state === "removed") return;
    if (status === 201 && answer.key) this.keep(answer);
    else this.fail(status, answer.error);
    this.picker.settle(this.input);
  }

  keep(answer) {
    const key = document.createElement("input");
    key.type = "hidden";
    key.name = "photo_keys";
    key.value = answer.key;
    this.item.append(key);
    this.show("kept", say(this.picker.words.saved, { size: sizeInWords(answer.bytes) }));
    this.picker.announce(this.picker.words.kept);
  }

  fail(status, reason) {
    // What the server read and refused will be refused again; anything else is worth another try.
    const isRefused = [413, 415, 422].includes(status);
    this.show(isRefused ? "refused" : "cut", "");
    this.part("[data-problem]").textContent = status === 0 ? this.picker.words.cut : reason || this.picker.words.refused;
  }

  show(state, words) {
    this.state = state;
    const badge = this.part("[data-badge]");
    this.part("[data-state]").textContent = words;
    badge.hidden = !words;
    badge.classList.toggle("aman", state === "kept");
    this.part("progress").hidden = state !== "sending";
    this.part("[data-retry]").hidden = state !== "cut";
    this.part("[data-problem]").hidden = state !== "cut" && state !== "refused";
  }
}

class Picker {
  constructor(element) {
    this.photos = [];
    this.address = element.dataset.upload;
    this.list = element.querySelector("ul");
    this.template = element.querySelector("template[data-item]");
    this.words = this.template.dataset;
    this.status = element.querySelector("[data-status]");
    this.form = element.closest("form");
    this.token = this.form.elements.csrf_token.value;
    this.waiting = null;
    element.classList.add("siap");
    for (const input of element.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.take(input));
    }
    this.form.addEventListener("submit", (event) => this.hold(event));
  }

  take(input) {
    const added = [...input.files].map((file) => new Photo(this, input, file));
    this.photos.push(...added);
    // One after the other: two photos at once on a weak signal are two photos lost.
    this.queue = added.reduce((before, photo) => before.then(() => photo.state === "removed" || photo.start()), Promise.resolve(this.queue));
  }

  remove(photo) {
    const next = photo.item.nextElementSibling || photo.item.previousElementSibling;
    photo.state = "removed";
    photo.item.remove();
    this.photos = this.photos.filter((other) => other !== photo);
    (next ? next.querySelector("button:not([hidden]), input:not([type=hidden])") : photo.input).focus();
    this.settle(photo.input);
  }

  // The file input holds exactly what has not arrived, so a plain submit still carries it.
  keepUnsent(input) {
    const rest = this.photos.filter((photo) => photo.input === input && !["kept", "refused"].includes(photo.state));
    if (rest.length === 0) {
      input.value = "";
      return;
    }
    try {
      const transfer = new DataTransfer();
      for (const photo of rest) transfer.items.add(photo.file);
      input.files = transfer.files;
    } catch {
      // Old browsers cannot fill a file input; there a failed photo is retried or chosen again.
    }
  }

  isSending() {
    return this.photos.some((photo) => photo.state === "sending" || photo.state === "new");
  }

  hold(event) {
    if (!this.isSending()) return;
    event.preventDefault();
    this.waiting = { submitter: event.submitter };
    this.announce(this.words.waiting);
  }

  settle(input) {
    this.keepUnsent(input);
    if (!this.waiting || this.isSending()) return;
    const { submitter } = this.waiting;
    this.waiting = null;
    if (this.photos.some((photo) => photo.state === "cut" || photo.state === "refused")) this.announce(this.words.unsent);
    else if (this.form.requestSubmit) this.form.requestSubmit(submitter || undefined);
    else this.form.submit();
  }

  // What the photo most likely shows: the product's name, as far as it is written.
  alt() {
    const name = this.form.elements.namedItem("name");
    return name ? name.value : "";
  }

  announce(words) {
    this.status.textContent = words;
  }
}

for (const element of document.querySelectorAll("[data-photos]")) new Picker(element);
