/** The field for the customer's words: pasted into the scratch contact, noted in a live one. */

const byId = (id) => document.getElementById(id);

/**
 * `on`: `typed(text)` while it is typed, `commit()` on Enter, `channel(name)` when the scratch
 * contact's is chosen, `move(step)` and `open()` for the answers, which the arrow keys reach from
 * here, `fill()` for the reply's variables, where Tab leads as long as it `fills()`.
 */
export class Composer {
  constructor(answers, on) {
    this.root = byId("composer");
    this.field = byId("message");
    this.answers = answers;
    this.on = on;
    this.field.addEventListener("input", () => on.typed(this.field.value));
    this.field.addEventListener("keydown", (event) => this.#key(event));
    byId("channels").addEventListener("change", () => on.channel(this.channel));
  }

  /** The channel chosen for the scratch contact. */
  get channel() {
    return document.querySelector("input[name=channel]:checked").value;
  }

  /** Shows what stands in a conversation's field; a live one's may be folded away. */
  show({ live, typed, unfolded }) {
    this.root.hidden = live && !unfolded;
    this.root.classList.toggle("live", live);
    byId("channels").hidden = byId("reset").hidden = live;
    if (this.field.value !== typed) this.field.value = typed;
  }

  focus() {
    this.field.focus();
  }

  #key(event) {
    if (event.isComposing || event.altKey || event.shiftKey || event.ctrlKey || event.metaKey) return;
    const { field, answers, on } = this;
    const does = {
      Enter: on.commit,
      Tab: on.fills() ? on.fill : null,
      ArrowDown: field.value.slice(field.selectionEnd).includes("\n") ? null : () => on.move(1),
      ArrowUp: answers.selected >= 0 ? () => on.move(-1) : null,
      ArrowRight: answers.current && field.selectionStart === field.value.length ? on.open : null,
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }
}
