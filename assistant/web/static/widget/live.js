/**
 * The event stream while a person is waited for or there, read with `fetch`: EventSource can send
 * no token. One tab reads and tells the others; when it closes, the next one goes on.
 */

import { fetchFrom, secondsAsked } from "./client.js";

const PAUSES_MS = [500, 1_000, 2_000, 5_000, 10_000, 20_000];
const SILENT_MS = 45_000;

/** The fields of one frame of an event stream. */
export function frameOf(text) {
  const fields = {};
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf(":");
    if (at < 1) continue;
    const name = line.slice(0, at);
    const value = line.slice(at + 1).replace(/^ /, "");
    fields[name] = name === "data" && "data" in fields ? `${fields.data}\n${value}` : value;
  }
  return fields;
}

/** Tells `heard` ({type, data}) and `live` (whether the connection stands). */
export class LiveStream extends EventTarget {
  #session;
  #memory;
  #stopped = null;
  #last = "";
  #failures = 0;
  #wake = () => {};

  constructor(session, memory) {
    super();
    this.#session = session;
    this.#memory = memory;
    this.nudge = () => this.#wake();
  }

  /** Read from now on; once is enough. */
  start() {
    if (this.#stopped) return;
    const stopped = new AbortController();
    this.#stopped = stopped;
    this.#last = "";
    addEventListener("online", this.nudge);
    Promise.resolve(this.#memory.lead("live", () => this.#lead(stopped.signal), stopped.signal)).catch(() => {});
  }

  /** Read no more. */
  stop() {
    removeEventListener("online", this.nudge);
    this.#stopped?.abort();
    this.#stopped = null;
    this.#wake();
  }

  async #lead(signal) {
    while (!signal.aborted) {
      const wait = await this.#connect(signal);
      if (signal.aborted) return;
      this.#tell(false);
      const most = PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length - 1)];
      this.#failures += 1;
      await this.#pause(Math.max(wait * 1000, most * (0.5 + Math.random() / 2)));
    }
  }

  /** Reads until the connection ends; the seconds that the service asked to wait, else 0. */
  async #connect(signal) {
    const connection = new AbortController();
    const hangUp = () => connection.abort();
    signal.addEventListener("abort", hangUp);
    let silence = 0;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(hangUp, SILENT_MS);
    };
    try {
      alive();
      const visit = await this.#session.ensure();
      const headers = { Accept: "text/event-stream", ...(this.#last ? { "Last-Event-ID": this.#last } : {}) };
      const response = await fetchFrom(this.#session.address("events"), { token: visit.token, signal: connection.signal, headers });
      if (response.status === 401) await this.#session.call("GET", "conversation?after=0");
      if (!response.ok) return secondsAsked(response.headers.get("Retry-After"));
      await this.#read(response.body.getReader(), alive);
    } catch {
      // No connection, or it broke: both mean to try again.
    } finally {
      clearTimeout(silence);
      signal.removeEventListener("abort", hangUp);
      connection.abort();
    }
    return 0;
  }

  async #read(reader, alive) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      alive();
      this.#failures = 0;
      this.#tell(true);
      const frames = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = frames.pop();
      frames.forEach((frame) => this.#frame(frameOf(frame)));
    }
  }

  #frame({ id, event, data }) {
    if (id) this.#last = id;
    if (event && data) this.dispatchEvent(new CustomEvent("heard", { detail: { type: event, data: JSON.parse(data) } }));
  }

  #tell(live) {
    this.dispatchEvent(new CustomEvent("live", { detail: live }));
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
