/** The form that takes files: choosing, dropping, sending them with progress. */

import { told } from "../api.js";
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { upload } from "../upload.js";
import { dropped, grouped, sizeText } from "./import_choice.js";

export class ImportForm {
  /** `onSent(runs, all)` is called with what the service made of the uploads; `all`: none was refused. */
  constructor(root, { onSent }) {
    this.onSent = onSent;
    this.limits = { mostMib: Number(root.dataset.mostMib), mostTogether: Number(root.dataset.mostTogether) };
    const part = (id) => root.querySelector(`#${id}`);
    this.form = part("import-form");
    this.drop = part("import-drop");
    this.list = part("import-chosen");
    this.wrong = part("import-wrong");
    this.go = part("import-start");
    this.sending = part("import-sending");
    this.uploads = [];
    this.#listen(part);
  }

  #listen(part) {
    for (const name of ["files", "folder"]) {
      const input = part(`import-${name}`);
      part(`choose-${name}`).addEventListener("click", () => input.click());
      input.addEventListener("change", () => { this.choose([...input.files]); input.value = ""; });
    }
    const over = (on) => (event) => { event.preventDefault(); this.drop.classList.toggle("over", on); };
    this.form.addEventListener("dragover", over(true));
    this.form.addEventListener("dragleave", (event) => { if (!this.form.contains(event.relatedTarget)) this.drop.classList.remove("over"); });
    this.form.addEventListener("drop", async (event) => {
      over(false)(event);
      try {
        this.choose(await dropped(event.dataTransfer));
      } catch { // a file that cannot be read, or is gone
        if (!this.busy) this.#complain([t("importer.wrong_unreadable")]);
      }
    });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
  }

  /** Takes files in place of those chosen before. */
  choose(files) {
    if (!files.length || this.busy) return;
    const { uploads, left, wrong } = grouped(files, this.limits);
    this.uploads = uploads;
    const messages = wrong.map(([key, params]) => t(key, params));
    if (!uploads.length && !wrong.length) messages.push(t("importer.wrong_folder"));
    this.#complain(messages);
    this.#draw(left);
    if (uploads.length) this.go.focus();
  }

  #complain(messages) {
    this.wrong.hidden = !messages.length;
    this.wrong.replaceChildren(icon("alert"), h("div", {}, ...messages.map((text) => h("p", {}, text))));
  }

  #draw(left = 0) {
    this.go.disabled = !this.uploads.length;
    this.list.hidden = !this.uploads.length;
    this.list.replaceChildren(...this.uploads.map((one) => h("li", {}, icon("book"),
      h("span", { class: "chosen-name" }, one.name),
      h("span", { class: "small quiet" }, one.files.length > 1 ? t("importer.files", { count: one.files.length }) : "", " ", sizeText(one.size)),
      h("button", { class: "btn plain icon-only", type: "button", "aria-label": t("importer.remove", { name: one.name }), title: t("importer.remove", { name: one.name }), onclick: () => this.#remove(one) }, icon("close")))),
    ...(left ? [h("li", { class: "small quiet" }, t("importer.left", { count: left }))] : []));
  }

  #remove(one) {
    this.uploads = this.uploads.filter((other) => other !== one);
    this.#draw();
    (this.list.querySelector("button") ?? document.getElementById("choose-files")).focus();
  }

  async #send() {
    if (!this.uploads.length || this.busy) return;
    this.busy = true;
    this.go.disabled = true;
    this.#complain([]);
    const stay = (event) => event.preventDefault();
    window.addEventListener("beforeunload", stay);
    const runs = [];
    const failed = [];
    const left = [...this.uploads]; // what was not sent, because one was cancelled, stays to be sent
    while (left.length) {
      const [one] = left;
      try {
        runs.push(await this.#one(one));
        left.shift();
      } catch (problem) {
        if (problem.name === "AbortError") break;
        left.shift();
        failed.push([one, told(problem)]);
      }
    }
    window.removeEventListener("beforeunload", stay);
    this.busy = false;
    this.sending.hidden = true;
    this.uploads = [...failed.map(([one]) => one), ...left];
    this.#draw();
    this.#complain(failed.map(([one, reason]) => t("importer.file_failed", { name: one.name, reason })));
    if (runs.length) this.onSent(runs, !this.uploads.length);
    if (this.uploads.length) this.go.focus();
  }

  #one(one) {
    const form = new FormData();
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string" && value.trim()) form.append(name, value.trim());
    form.append("wait", "0");
    for (const [file, path] of one.files) form.append("file", file, path);
    const bar = h("progress", { max: "1", value: "0", "aria-label": t("importer.sending", { name: one.name }) });
    const share = h("span", { class: "small quiet share" }, "0%");
    const cancel = new AbortController();
    this.sending.hidden = false;
    this.sending.replaceChildren(h("span", {}, t("importer.sending", { name: one.name })), bar, share,
      h("button", { class: "btn plain", type: "button", onclick: () => cancel.abort() }, t("common.cancel")));
    const onProgress = (part) => { bar.value = part; share.textContent = `${Math.floor(part * 100)}%`; };
    return upload("/api/v1/imports", form, { onProgress, signal: cancel.signal });
  }
}
