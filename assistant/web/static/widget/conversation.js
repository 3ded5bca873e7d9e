/**
 * What has been said and where the visit stands, the same in all tabs. Tells `changed`, `arrived`
 * (the new messages), `lost` (the visit is over, what was said can still be read) and `cleared`.
 */

const NOWHERE = { mode: "bot", offer: null, open: true, opens_at: null, agent: "" };

export class Conversation extends EventTarget {
  #byNumber = new Map();
  #restoring = null;

  constructor(session, memory) {
    super();
    this.session = session;
    this.memory = memory;
    this.state = NOWHERE;
    this.restored = false;
    session.addEventListener("begun", ({ detail }) => this.#begin(detail));
    session.addEventListener("lost", () => this.#lose());
    memory.addEventListener("shared", ({ detail }) => this.#fromTab(detail));
  }

  /** All messages in their order. */
  get messages() {
    return [...this.#byNumber.values()].sort((one, other) => one.number - other.number);
  }

  /** The number of the newest message; 0 before the first. */
  get newest() {
    return Math.max(0, ...this.#byNumber.keys());
  }

  /** What the customer thought of a message: "solved", "not_solved" or nothing yet. */
  verdict(number) {
    return this.session.visit?.verdicts?.[number];
  }

  /** Begins the visit, or reads what was said in the one that stands; once, whoever asks for it. */
  async restore() {
    if (this.restored) return;
    const restoring = this.#restoring ??= this.#restore();
    try {
      await restoring;
    } finally {
      if (this.#restoring === restoring) this.#restoring = null;
    }
  }

  async #restore() {
    const stood = this.session.visit;
    await this.session.ensure();
    if (stood) await this.catchUp();
    this.restored = true;
    this.#tell("changed");
  }

  /** Reads what was said since the newest message here. */
  async catchUp() {
    this.take(await this.session.call("GET", `conversation?after=${this.newest}`, undefined, { anew: true }));
  }

  /** Takes an answer of the service: new messages and where the visit stands now. */
  take({ messages = [], state }, { share = true } = {}) {
    const fresh = messages.filter(({ number }) => !this.#byNumber.has(number));
    fresh.forEach((message) => this.#byNumber.set(message.number, message));
    if (state) this.#stand(state);
    if (share && (fresh.length || state)) this.memory.share({ visit: this.session.visit?.visit, messages: fresh, state });
    this.#tell("changed");
    if (fresh.length) this.#tell("arrived", fresh);
  }

  /** Keeps what the customer thought of a message. */
  judge(number, verdict) {
    this.#note({ verdicts: { ...this.session.visit?.verdicts, [number]: verdict } });
  }

  /** All that was said has been seen, in whichever tab. */
  see() {
    if ((this.session.visit?.seen ?? 0) < this.newest) this.#note({ seen: this.newest });
  }

  /** How many messages of the other side have not been seen. */
  get unread() {
    const seen = this.session.visit?.seen ?? 0;
    return this.messages.filter(({ role, number }) => number > seen && (role === "agent" || role === "assistant")).length;
  }

  /** Ends the visit; `restore` begins another. */
  end() {
    this.session.end();
    this.memory.share({ ended: true });
    this.restored = false;
    this.#restoring = null; // whatever is still read is that visit's
    this.clear();
  }

  /** Nothing has been said. */
  clear() {
    this.#byNumber.clear();
    this.state = { ...NOWHERE, open: this.state.open, opens_at: this.state.opens_at };
    this.#tell("cleared");
    this.#tell("changed");
  }

  /** Keeps something about the visit for all tabs. */
  #note(more) {
    const visit = this.session.visit;
    if (!visit) return;
    this.memory.keep(visit, more);
    this.memory.share({ visit: visit.visit, noted: true });
    this.#tell("changed");
  }

  #stand(state) {
    this.state = { ...NOWHERE, ...state };
    const visit = this.session.visit;
    if (visit && visit.mode !== state.mode) this.memory.keep(visit, { mode: state.mode });
  }

  #begin(begun) {
    this.memory.share({ visit: begun.visit, begun: true });
    this.#stand(begun.state);
    this.take({ messages: begun.messages, state: begun.state }, { share: false });
  }

  #lose() {
    this.#byNumber.clear();
    this.#tell("lost");
  }

  #fromTab(said) {
    if (said.ended) this.clear();
    else if (said.begun) this.restored && this.newest ? this.#lose() : this.#tell("changed");
    else if (said.visit !== this.session.visit?.visit || !this.restored) return;
    else if (said.noted) this.#tell("changed");
    else if (said.messages) this.#fill(said);
  }

  /** Another tab's messages; when some in between are missing here, the service is asked. */
  #fill(said) {
    const missing = said.messages.some(({ number }) => number > this.newest + 1 && !said.messages.some((one) => one.number === number - 1));
    if (missing) this.catchUp().catch(() => {});
    else this.take(said, { share: false });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
