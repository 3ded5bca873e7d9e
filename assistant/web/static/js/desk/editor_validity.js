/** From when until when an entry holds, in the site's time: a day and, where it matters, a time of day. */

import { dateField, day } from "../dates.js";
import { t } from "../i18n.js";
import { localMinute } from "../moments.js";
import { serverNow } from "../server_time.js";

const TIME = /^([01]?\d|2[0-3])[:：]([0-5]\d)$/;

/** Now, as the edges are written: `2026-06-01T20:00`. */
const localNow = () => localMinute(serverNow()).replace(" ", "T");

const full = (text) => (text.includes("T") ? text : `${text}T00:00`);

/** The last day on which something holds that ends before `until`. */
function lastDay(until) {
  if (until.includes("T")) return until.slice(0, 10);
  const date = new Date(`${until}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}

/** One of the two edges. A time finer than minutes stays what it is until somebody writes another. */
class Edge {
  #exact = "";
  #told = "";

  constructor(name, onChange) {
    this.date = document.getElementById(`field-${name}`);
    this.time = document.getElementById(`time-${name}`);
    this.note = document.getElementById(`note-${name}`);
    dateField(this.date);
    this.date.addEventListener("day", onChange);
    this.date.addEventListener("input", onChange);
    this.time.addEventListener("input", () => { this.#check(); onChange(); });
    this.time.addEventListener("blur", () => {
      const found = this.time.value.trim().match(TIME);
      if (found) this.time.value = `${found[1].padStart(2, "0")}:${found[2]}`;
      if (this.time.value === "00:00") this.time.value = "";
      onChange();
    });
  }

  get wrong() {
    return (this.date.value.trim() && day(this.date.value) === null) || (this.time.value.trim() && !TIME.test(this.time.value.trim()));
  }

  get() {
    const date = day(this.date.value);
    if (!date) return "";
    const found = this.time.value.trim().match(TIME);
    const clock = found ? `${found[1].padStart(2, "0")}:${found[2]}` : "";
    const shown = clock && clock !== "00:00" ? `${date}T${clock}` : date;
    return shown === this.#told ? this.#exact : shown;
  }

  set(text) {
    const [date, clock = ""] = text.split("T");
    this.#exact = text;
    this.date.value = date;
    this.time.value = clock.slice(0, 5);
    this.#told = clock.slice(0, 5) ? `${date}T${clock.slice(0, 5)}` : date;
    this.#check();
  }

  #check() {
    const text = this.time.value.trim();
    this.time.ariaInvalid = text && !TIME.test(text) ? "true" : null;
  }
}

export class Validity {
  constructor(onChange) {
    const changed = () => { this.#say(); onChange(); };
    this.from = new Edge("effective_from", changed);
    this.until = new Edge("effective_until", changed);
  }

  set({ effective_from: from, effective_until: until }) {
    this.from.set(from);
    this.until.set(until);
    this.#say();
  }

  #say() {
    const [from, until, now] = [this.from.get(), this.until.get(), localNow()];
    const later = from && full(from) > now;
    this.from.note.textContent = this.from.wrong ? t("editor.date_wrong")
      : !from ? t("editor.from_empty") : later ? t("editor.scheduled", { date: from.replace("T", " ") }) : "";
    this.from.note.className = this.from.wrong ? "bad-text" : later ? "scheduled" : "";
    const before = until && from && full(until) <= full(from);
    const over = until && full(until) <= now;
    const wrong = this.until.wrong || before;
    this.until.note.textContent = this.until.wrong ? t("editor.date_wrong") : before ? t("editor.until_before")
      : over ? t("editor.until_over") : until ? t("editor.until_last", { date: lastDay(until), time: until.includes("T") ? until.slice(11, 16) : "24:00" }) : t("editor.until_empty");
    this.until.note.className = wrong ? "bad-text" : over ? "due-text" : "";
  }
}
