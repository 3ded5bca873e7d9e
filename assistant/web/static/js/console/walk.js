/** A walk through a guide: where one is, how one got there, what was tried. No page needed. */

/** What one can choose at a step: its branches, then the step that follows unless a branch leads there. */
export function choicesOf(step, steps) {
  const branches = step.branches.map((branch) => ({ ...branch, by: "branch" }));
  const led = branches.some(({ target }) => target.kind === "step" && target.step === step.next);
  const next = step.next && !led ? steps.find(({ id }) => id === step.next) : null;
  if (!next) return branches;
  const by = next.section === step.section || next.kind === "stage" ? "next" : "section";
  return [...branches, { condition: "", advice: "", target: { kind: "step", step: next.id, entry: null }, by }];
}

/** One walk; `flow` as the service tells it. */
export class Walk {
  /** What was done: `{ id, title, condition, advice }`, one for each choice that led on. */
  path = [];
  /** The branch whose advice is being tried; null while at a step. */
  trying = null;
  /** How it ended: null, "solved" or "unsolved". */
  ended = null;

  constructor(flow) {
    this.flow = flow;
    this.at = flow.start;
  }

  get step() {
    return this.flow.steps.find(({ id }) => id === this.at);
  }

  get choices() {
    return choicesOf(this.step, this.flow.steps);
  }

  /** Whether anything was chosen. */
  get begun() {
    return this.path.length > 0 || this.trying !== null || this.ended !== null;
  }

  /** The step after the one whose advice did not help, if the guide has one. */
  get otherwise() {
    return this.flow.steps.find(({ id }) => id === this.step.next) ?? null;
  }

  /** Takes a choice. Other entries are opened beside the walk: it stays where it is. */
  take(choice) {
    if (choice.target.kind === "step") this.#go(choice.target.step, choice);
    else if (choice.target.kind !== "entry") {
      this.trying = choice;
      if (choice.target.kind === "end" && !choice.advice) this.ended = "solved"; // nothing is left to try
    }
  }

  /** The advice did not help: on to the step that follows. */
  goOn() {
    if (this.otherwise) this.#go(this.otherwise.id, this.trying);
  }

  /** Goes to any step. */
  jump(id) {
    this.#go(id, null);
  }

  end(how) {
    this.ended = how;
  }

  /** One step back, whatever the last one was; whether there was one. */
  back() {
    if (this.ended) this.ended = null;
    else if (this.trying) this.trying = null;
    else if (this.path.length) this.at = this.path.pop().id;
    else return false;
    return true;
  }

  /** Back to where the path had come to `place`. */
  backTo(place) {
    this.at = this.path[place].id;
    this.path.length = place;
    this.trying = null;
    this.ended = null;
  }

  restart() {
    this.path.length = 0;
    this.at = this.flow.start;
    this.trying = null;
    this.ended = null;
  }

  /** What was tried as lines of text, in the guide's language and words. */
  get tried() {
    const { colon } = this.flow.wording;
    const here = { id: this.at, title: this.#title(this.step), ...this.#chosen(this.trying) };
    const done = [...this.path, ...(this.trying || this.ended ? [here] : [])].filter(({ id }) => id !== "s0");
    return done.map(({ title, condition, advice }, place) => {
      const found = [condition, advice].filter(Boolean).join(" → ");
      return `${place + 1}. ${title}${found ? colon + found : ""}`;
    });
  }

  /** The summary: what was tried and how it ended. Empty when nothing was. */
  get summary() {
    const { tried } = this;
    if (!tried.length) return "";
    const { wording } = this.flow;
    return [wording.tried, ...tried, ...(this.ended ? [wording[this.ended]] : [])].join("\n");
  }

  #go(id, choice) {
    this.path.push({ id: this.at, title: this.#title(this.step), ...this.#chosen(choice) });
    this.at = id;
    this.trying = null;
    this.ended = null;
  }

  #chosen(choice) {
    return { condition: choice?.condition ?? "", advice: choice && choice.target.kind !== "step" ? choice.advice : "" };
  }

  /** Items of a list are called by the list and their number. */
  #title({ kind, title, number }) {
    return kind === "item" ? `${title} ${number}` : title;
  }
}
