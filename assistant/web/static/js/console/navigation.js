/** Ways from one contact to another. */

const byWaiting = (a, b) => a.waiting_since.localeCompare(b.waiting_since);

/** `list` is the ContactList, whose order counts; `current()` the open conversation, `open(id)` opens another. */
export class Navigation {
  constructor({ book, list, current, open }) {
    Object.assign(this, { book, list, current, open });
  }

  /** One down or up in the list, the scratch contact first. */
  step(by) {
    const ids = [null, ...this.list.order];
    this.open(ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(this.current().id) + by))]);
  }

  /** The contact that waits longest; false when that is the open one, or nobody waits. */
  longestWaiting() {
    const waiting = this.book.listed().filter((contact) => contact.waiting_since).sort(byWaiting);
    if (!waiting.length || waiting[0].id === this.current().id) return false;
    this.open(waiting[0].id);
    return true;
  }

  /** The contact after one that is done with: the longest waiting of the agent's own, else the one below it. */
  nextAfter(id) {
    const own = this.book.listed({ mine: true }).filter((contact) => contact.id !== id && contact.waiting_since).sort(byWaiting);
    this.open(own[0]?.id ?? this.list.order[this.list.order.indexOf(id) + 1] ?? null);
  }
}
