/** Two changes of one text being put together: what each place holds, and what was chosen for it. */

import { same } from "./editor_state.js";

/** A place where somebody changed something; `field` names it, empty for a run of lines of the body. */
class Place {
  constructor({ field = "", kind, base, mine, theirs, merged }) {
    Object.assign(this, { field, kind, base, mine, theirs, merged });
    this.choice = { mine: "mine", theirs: "theirs", both: "theirs" }[kind] ?? (kind === "merged" ? "both" : "");
    this.own = null;
  }

  /** What may be chosen here. */
  get options() {
    if (this.kind === "both") return [];
    if (!this.field) return this.kind === "conflict" ? ["mine", "theirs", "both", "own"] : ["mine", "theirs", "own"];
    return this.kind === "merged" ? ["mine", "theirs", "both"] : ["mine", "theirs"];
  }

  get decided() {
    return this.choice !== "";
  }

  /** What stands here in the result. */
  get result() {
    if (this.choice === "own") return this.own.endsWith("\n") || !this.own ? this.own : `${this.own}\n`;
    if (this.choice === "both") return this.field ? this.merged : this.mine + this.theirs;
    return this.choice === "mine" ? this.mine : this.theirs;
  }

  /** Chooses one of the options; "own" is a text of one's own, which begins as what was chosen before. */
  choose(option) {
    if (!this.options.includes(option)) return false;
    if (option === "own") this.own ??= this.decided ? this.result : this.mine + this.theirs;
    this.choice = option;
    return true;
  }
}

function kindOf({ base, mine, theirs, clean }) {
  if (same(mine, theirs)) return "both";
  if (same(theirs, base)) return "mine";
  if (same(mine, base)) return "theirs";
  return clean ? "merged" : "conflict";
}

export class Choices {
  /** `found` is the service's answer to a merge. */
  constructor(found) {
    this.found = found;
    this.fields = found.fields.map((each) => new Place({ ...each, kind: kindOf(each) }));
    /** The body in order: runs of lines as they are (`{ same }`) and places. */
    this.body = found.body.map((hunk) => (hunk.kind === "same" ? { same: hunk.base } : new Place(hunk)));
  }

  /** All places, fields first. */
  get places() {
    return [...this.fields, ...this.body.filter((each) => each instanceof Place)];
  }

  get undecided() {
    return this.places.filter((place) => !place.decided);
  }

  /** Whether the other side changed nothing that mine lacks, so that there is nothing to look at. */
  get mineAlone() {
    return this.places.every(({ kind }) => kind === "mine" || kind === "both");
  }

  /** The content that was chosen; only when nothing is undecided. */
  content() {
    const body = this.body.map((each) => each.same ?? each.result).join("").replace(/\n$/, "");
    return { ...this.found.content, ...Object.fromEntries(this.fields.map((place) => [place.field, place.result])), body };
  }
}
