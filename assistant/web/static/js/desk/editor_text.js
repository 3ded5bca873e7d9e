/** A text area that is written into without losing what Ctrl+Z takes back, and places in its text. */

/**
 * Replaces `[start, end)` of the area by `text` as if it were typed, so that undo knows it (where the area can have
 * the focus), and selects `select` (offsets within `text`; by default the caret goes behind it).
 */
export function replace(area, start, end, text, select = [text.length, text.length]) {
  const top = area.scrollTop;
  area.focus({ preventScroll: true });
  area.setSelectionRange(start, end);
  const before = area.value.slice(start, end);
  if (before !== text) {
    // The command writes into whatever has the focus, and an area that is not shown, or lies behind a dialog, gets none.
    const typed = document.activeElement === area && (text ? document.execCommand("insertText", false, text) : document.execCommand("delete"));
    if (!typed) {
      area.setRangeText(text, start, end, "end");
      area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
    }
  }
  area.setSelectionRange(start + select[0], start + select[1]);
  if (Math.abs(area.scrollTop - top) > area.clientHeight) area.scrollTop = top;
}

/** Carries out an edit `{ start, end, text, select? }` of the functions of editor_marks and the like. */
export function apply(area, edit) {
  if (edit) replace(area, edit.start, edit.end, edit.text, edit.select);
  return Boolean(edit);
}

/** The line that holds `at`: `{ start, end, text }`, without its line break. */
export function lineAt(value, at) {
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const found = value.indexOf("\n", at);
  const end = found < 0 ? value.length : found;
  return { start, end, text: value.slice(start, end) };
}

/** The whole lines that a selection touches; one that ends right behind a line break leaves the next line out. */
export function linesOf(value, start, end) {
  const { start: first } = lineAt(value, start);
  const last = lineAt(value, end > start && value[end - 1] === "\n" ? end - 1 : end).end;
  return { start: first, end: last, lines: value.slice(first, last).split("\n") };
}

/** The offset at which the 1-based `line` begins; the end of the text for one beyond it. */
export function offsetOfLine(value, line) {
  let at = 0;
  for (let n = 1; n < line; n += 1) {
    const next = value.indexOf("\n", at);
    if (next < 0) return value.length;
    at = next + 1;
  }
  return at;
}

/** A place in the text of an area that moves with what is typed before it. */
export class Place {
  #off = new AbortController();

  constructor(area, at = area.selectionEnd) {
    this.area = area;
    this.at = at;
    this.was = area.value;
    area.addEventListener("input", () => this.#follow(), { signal: this.#off.signal });
  }

  /** Stops following; gives the place. */
  done() {
    this.#off.abort();
    return Math.min(this.at, this.area.value.length);
  }

  #follow() {
    const [was, now] = [this.was, this.area.value];
    this.was = now;
    let same = 0;
    const most = Math.min(was.length, now.length);
    while (same < most && was[same] === now[same]) same += 1;
    if (same >= this.at) return;
    let tail = 0;
    while (tail < most - same && was[was.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
    this.at = this.at >= was.length - tail ? this.at + now.length - was.length : now.length - tail;
  }
}

/** A hidden twin of an area, which tells how far down an offset is drawn. */
export class Twin {
  constructor(area, twin) {
    this.area = area;
    this.twin = twin;
  }

  /** The distance in pixels of each offset from the top of the text; one measurement for all. */
  heights(offsets) {
    const { value } = this.area;
    const parts = [];
    let from = 0;
    const marks = offsets.map((offset) => {
      const mark = document.createElement("span");
      mark.textContent = "\u200b";
      parts.push(value.slice(from, offset), mark);
      from = offset;
      return mark;
    });
    this.twin.hidden = false;
    this.twin.replaceChildren(...parts, value.slice(from), "\u200b");
    const found = marks.map((mark) => mark.offsetTop);
    this.twin.replaceChildren();
    this.twin.hidden = true;
    return found;
  }
}
