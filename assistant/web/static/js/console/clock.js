/**
 * Running clocks: how long until an answer or a result is due.
 *
 * All of them tick together, once a second and only while the page can be seen. They reckon from the
 * due moment and the service's time, so that a tab that slept is right again at once. Screen readers
 * hear nothing each second: a clock fires `clockstate` when it changes its state, for others to say.
 */

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { serverNow } from "../server_time.js";

const LAST_PART = 0.2; // of the whole time: from here on it is nearly due
const ICONS = { ok: "clock", due: "alert", over: "stop", done: "check" };
const running = new Set();
let timer = 0;

/** `ok`, `due` (the last fifth), `over` or `done`, for `{ since, due, stopped }` as ISO times. */
export function stateOf({ since, due, stopped }, now = serverNow()) {
  if (stopped) return "done";
  const left = Date.parse(due) - now;
  if (left <= 0) return "over";
  return left <= LAST_PART * (Date.parse(due) - Date.parse(since)) ? "due" : "ok";
}

/** A duration in words; `exact` ones run to the second below an hour. */
export function duration(ms, exact = false) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours) return minutes ? t("clock.hours_minutes", { hours, minutes }) : t("clock.hours", { hours });
  if (exact) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  return minutes ? t("clock.minutes", { minutes }) : t("clock.seconds", { seconds });
}

/** The clock that runs now of a grade or complaint: to the answer while one is owed, then to the result. */
export function currentClock({ since, respond_by: respondBy, resolve_by: resolveBy, responded_at: respondedAt }, closedAt = null) {
  return respondedAt || closedAt
    ? { what: "resolve", since, due: resolveBy, stopped: closedAt }
    : { what: "respond", since, due: respondBy, stopped: null };
}

/** An element that shows a clock `{ what, since, due, stopped }` and keeps itself up to date. */
export function clockFace(clock) {
  const text = h("span", { class: "clock-time" });
  const face = h("span", { class: "clock", role: "timer", "aria-live": "off", title: t(`clock.${clock.what}_by`, { time: localTime(clock.due) }) },
    h("span", { class: "clock-icon" }), h("span", { class: "clock-what" }, t(`clock.${clock.what}`)), " ", text);
  const one = { face, text, clock, state: "", seen: false };
  running.add(one);
  draw(one);
  schedule();
  return face;
}

/** The most urgent clock of a contact of the list; null for a closed one or before anything was said. */
export function contactClock({ risk, status }) {
  if (!risk?.clock || status === "closed") return null;
  const clocks = [risk.clock, risk.complaint].filter(Boolean).map((clock) => currentClock(clock));
  const owed = clocks.filter(({ what }) => what === "respond");
  const [first] = (owed.length ? owed : clocks).sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
  return clockFace(first);
}

const zone = document.documentElement.dataset.zone || undefined;
const written = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });

/** A moment in the site's time zone: the time, with the day when that is not today. */
export function localTime(iso) {
  const parts = (moment) => Object.fromEntries(written.formatToParts(moment).map(({ type, value }) => [type, value]));
  const [then, now] = [parts(new Date(iso)), parts(new Date(serverNow()))];
  const time = `${then.hour}:${then.minute}`;
  return then.month === now.month && then.day === now.day ? time : `${then.month}-${then.day} ${time}`;
}

function draw(one) {
  const { face, text, clock } = one;
  const now = serverNow();
  const state = stateOf(clock, now);
  const left = Date.parse(clock.due) - now;
  const words = state === "done" ? t(`clock.done_${clock.what}`)
    : state === "over" ? t("clock.over", { time: duration(-left) }) : t("clock.left", { time: duration(left, true) });
  if (text.textContent !== words) text.textContent = words;
  if (state === one.state) return;
  face.classList.remove("ok", "due", "over", "done");
  face.classList.add(state);
  face.firstChild.replaceChildren(icon(ICONS[state]));
  const changed = one.state !== "";
  one.state = state;
  if (changed) face.dispatchEvent(new Event("clockstate", { bubbles: true }));
}

function tick() {
  for (const one of running) {
    one.seen ||= one.face.isConnected;
    if (one.seen && !one.face.isConnected) running.delete(one);
    else draw(one);
    if (one.clock.stopped) running.delete(one);
  }
  timer = 0;
  schedule();
}

function schedule() {
  if (timer || document.hidden || !running.size) return;
  timer = setTimeout(tick, 1000 - (serverNow() % 1000));
}

/** After a sleep: right at once, not at the next second. */
function wake() {
  clearTimeout(timer);
  timer = 0;
  if (!document.hidden) tick();
}

document.addEventListener("visibilitychange", wake);
addEventListener("pageshow", wake);
addEventListener("focus", wake);
