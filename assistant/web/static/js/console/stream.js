/**
 * The service's events, one after the other, each once. All windows of a browser share one
 * connection: the window that holds a lock reads it and passes on what it hears; when it closes,
 * the next one goes on from where that one itself had come to.
 *
 * Read with `fetch`, because EventSource says neither why a connection was refused nor that one has
 * gone silent.
 */

import { call } from "../api.js";

const SILENT_MS = 40_000; // the service gives a sign of life every 15 seconds
const REFUSED_MS = 5_000;
const WAITS_MS = [300, 1_000, 2_000, 5_000, 10_000];

/** Tells `event` ({type, data}: contact, message, knowledge, reset) and `state` ({live, since}). */
export class EventStream extends EventTarget {
  #position = null;
  #early = [];
  #leads = false;
  #failures = 0;
  #connection = null;
  #wake = () => {};

  /** `owner` keeps the windows of different people apart. */
  constructor(owner) {
    super();
    this.live = true;
    this.since = null;
    this.name = `zhike-events-${owner}`;
    this.windows = new BroadcastChannel(this.name);
    this.windows.onmessage = ({ data }) => this.#fromWindow(data);
    addEventListener("online", () => this.#wake());
    addEventListener("offline", () => this.#connection?.abort());
    addEventListener("pagehide", () => this.#connection?.abort());
  }

  /** Goes on after `position`, where the list of contacts was read; to be called once. */
  start(position) {
    this.#position = position;
    this.#early.splice(0).forEach((event) => this.#hear(event));
    // Without locks (a page over plain http) each window reads for itself.
    if (navigator.locks) navigator.locks.request(this.name, () => this.#lead(true));
    else this.#lead(false);
    this.windows.postMessage({ hello: true });
  }

  #fromWindow(said) {
    if (said.hello && this.#leads) this.windows.postMessage({ live: this.live, since: this.since });
    else if ("live" in said) this.#tellState(said.live, said.since);
    else if (said.type && this.#position === null) this.#early.push(said);
    else if (said.type) this.#hear(said);
  }

  /** Reads for ever, and connects again whenever that ends. */
  async #lead(shares) {
    this.#leads = shares;
    for (;;) {
      const refused = await this.#connect();
      this.#state(false);
      if (refused === 401) await call("GET", "/api/v1/me").catch(() => {}); // leads to the sign-in page
      const most = WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)];
      this.#failures += 1;
      await this.#pause(refused ? REFUSED_MS : most * (0.5 + Math.random()));
    }
  }

  /** Reads until the connection ends; the status when it was refused, else null. */
  async #connect() {
    const connection = new AbortController();
    this.#connection = connection;
    let silence = 0;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => connection.abort(), SILENT_MS);
    };
    try {
      alive();
      const response = await fetch(`/api/v1/events?after=${this.#position}`,
        { signal: connection.signal, headers: { Accept: "text/event-stream" }, cache: "no-store" });
      if (!response.ok) return response.status;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return null;
        alive();
        const frames = (rest + value).split("\n\n");
        rest = frames.pop();
        frames.forEach((frame) => this.#frame(frame));
      }
    } catch {
      return null;
    } finally {
      clearTimeout(silence);
      connection.abort();
    }
  }

  #frame(text) {
    const fields = Object.fromEntries(text.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
    if (!fields.id) return;
    const event = { type: fields.event ?? "", data: fields.data ? JSON.parse(fields.data) : null, id: Number(fields.id) };
    if (event.type === "ready") this.#state(true);
    else if (event.type === "reset") {
      this.#state(true);
      this.#share(event);
    } else if (event.type) this.#share(event);
    if (event.id > this.#position) this.#position = event.id;
  }

  #share(event) {
    if (this.#leads) this.windows.postMessage(event);
    this.#hear(event);
  }

  /** An event from before the list was read, or heard already, is no news; a reset always is. */
  #hear(event) {
    if (event.type !== "reset" && event.id <= this.#position) return;
    this.#position = event.id;
    this.dispatchEvent(new CustomEvent("event", { detail: event }));
  }

  #state(live) {
    if (live) this.#failures = 0;
    const since = live ? null : this.since ?? new Date().toISOString();
    if (this.#leads && live !== this.live) this.windows.postMessage({ live, since });
    this.#tellState(live, since);
  }

  #tellState(live, since) {
    if (live === this.live) return;
    this.live = live;
    this.since = since;
    this.dispatchEvent(new CustomEvent("state", { detail: { live, since } }));
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
