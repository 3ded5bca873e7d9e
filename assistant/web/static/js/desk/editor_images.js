/** Pictures put into the text: uploaded one by one with their progress, written where the caret was. */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { upload } from "../upload.js";
import { label } from "./editor_marks.js";
import { Place, lineAt, replace } from "./editor_text.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const MOST_BYTES = 5 * 1024 * 1024;
const MOST_AT_ONCE = 20;
const NAMELESS = /^(?:image|img|screenshot|screen shot|clipboard|pasted|未命名|无标题|截图|截屏|屏幕截图|微信图片|企业微信截图|qq图片|mmexport)?[\s_()（）.\-\d]*$/i;

/** The picture files among those of a clipboard or a drop. */
export const picturesOf = (transfer) => [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));

/** What a picture is called in the text: its file's name where that says something. */
function nameOf(file) {
  const stem = file.name.replace(/\.[a-z0-9]+$/i, "");
  return NAMELESS.test(stem) ? "" : label(stem).slice(0, 80);
}

export class Images {
  #queue = [];
  #busy = false;

  /** `strip` shows what is under way; `onDone()` follows each picture written into the text. */
  constructor(strip, { onDone = () => {} } = {}) {
    this.strip = strip;
    this.onDone = onDone;
  }

  /** Whether pictures are still on their way. */
  get busy() {
    return this.#busy || this.#queue.length > 0;
  }

  /** Takes files for the place `at` in `area`. */
  add(files, area, at = area.selectionEnd) {
    for (const file of files.slice(0, MOST_AT_ONCE)) {
      const job = { file, area, place: new Place(area, at), row: null, alone: files.length === 1 };
      this.#draw(job);
      const wrong = !TYPES.includes(file.type) ? "editor.image_type" : file.size > MOST_BYTES ? "editor.image_size" : "";
      if (wrong) this.#fail(job, t(wrong), false);
      else this.#queue.push(job);
    }
    if (files.length > MOST_AT_ONCE) {
      const row = h("li", { class: "upload bad" }, icon("alert"), h("span", {}, t("editor.image_many", { most: MOST_AT_ONCE })), this.#drop(() => row.remove()));
      this.strip.append(row);
    }
    this.#next();
  }

  async #next() {
    if (this.#busy || !this.#queue.length) return;
    this.#busy = true;
    const job = this.#queue.shift();
    try {
      const stored = await this.#send(job);
      this.#write(job, stored);
      job.row.remove();
    } catch (fault) {
      if (fault.name !== "AbortError") this.#refused(job, fault);
    }
    this.#busy = false;
    this.#next();
  }

  #send(job) {
    const form = new FormData();
    form.append("file", job.file);
    job.cancel = new AbortController();
    return upload("/api/v1/images", form, { onProgress: (share) => this.#progress(job, share), signal: job.cancel.signal });
  }

  /** Says why a picture was not stored; nothing keeps the page from going to sign in again. */
  #refused(job, { status, errors, body }) {
    const message = status === 0 ? t("common.offline") : errors?.[0]?.message || body?.detail || t("common.failed");
    this.#fail(job, message, status === 0 || status >= 500 || status === 429 || status === 401);
    if (status === 401) for (const next of this.#queue.splice(0)) this.#fail(next, message, true);
  }

  /** Writes the picture under the line where it was put; with nothing typed since, its description waits to be typed. */
  #write({ area, place, file, alone }, { markdown }) {
    const there = place.done();
    const { value } = area;
    const line = lineAt(value, there);
    const at = line.text.trim() ? line.end : there;
    const item = line.text.match(/^(\s*)(?:[-*+]|\d+[.)])\s/);
    const name = nameOf(file);
    const description = name || t("editor.image_alt");
    const text = markdown.replace(/^!\[[^\]]*\]/, () => `![${description}]`);
    // In a list the picture belongs to its item; elsewhere it stands on lines of its own.
    const lead = item ? `\n${item[1]}    ` : line.text.trim() ? "\n\n" : "";
    const tail = !item && at < value.length && !value.startsWith("\n\n", at) ? "\n" : "";
    const [start, end, focused] = [area.selectionStart, area.selectionEnd, document.activeElement];
    const whole = `${lead}${text}${tail}`;
    const waits = alone && start === there && end === there && (focused === area || focused === document.body);
    const from = lead.length + 2;
    replace(area, at, at, whole, waits && !name ? [from, from + description.length] : undefined);
    if (!waits) {
      const moved = (each) => (each > at ? each + whole.length : each);
      area.setSelectionRange(moved(start), moved(end));
      if (focused !== area && focused?.isConnected) focused.focus();
    }
    this.onDone();
  }

  #draw(job) {
    job.bar = h("progress", { max: 1, value: 0, "aria-label": t("editor.image_progress", { name: job.file.name }) });
    job.note = h("span", { class: "upload-note" });
    job.row = h("li", { class: "upload" }, icon("image"), h("span", { class: "upload-name" }, job.file.name), job.bar, job.note,
      this.#drop(() => this.#cancel(job)));
    this.strip.append(job.row);
  }

  #drop(run) {
    return h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("editor.image_drop"), title: t("editor.image_drop"), onclick: run }, icon("close"));
  }

  #cancel(job) {
    job.row.remove();
    this.#queue = this.#queue.filter((other) => other !== job);
    job.cancel?.abort();
    job.place.done();
  }

  #progress(job, share) {
    job.bar.value = share;
    job.note.textContent = share < 1 ? `${Math.round(share * 100)}%` : t("editor.image_checking");
  }

  #fail(job, message, again) {
    job.row.classList.add("bad");
    job.bar.remove();
    job.note.textContent = message;
    job.row.querySelector(".upload-retry")?.remove();
    if (!again) return;
    job.note.after(h("button", {
      class: "btn upload-retry", type: "button",
      onclick: () => {
        job.row.classList.remove("bad");
        job.row.querySelector(".upload-retry").remove();
        job.note.textContent = "";
        job.note.before(job.bar);
        this.#queue.push(job);
        this.#next();
      },
    }, icon("reload"), t("common.retry")));
  }
}
