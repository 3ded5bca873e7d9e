/** The keyboard of the console: what a key does while typing, and anywhere. */

/** Binds keys; `actions` are copy, feedback(kind), reset, commit, openSelected. */
export function bindKeys({ message, answers, reply, reader, help }, actions) {
  const ALT = {
    KeyE: () => reply.edit(),
    KeyV: () => reply.focusSlot(),
    KeyO: () => actions.feedback("outdated"),
    KeyU: () => actions.feedback("unhelpful"),
    KeyN: actions.reset,
    Digit1: () => reply.select(0),
    Digit2: () => reply.select(1),
    Digit3: () => reply.select(2),
  };

  /** Keys while the customer's words are being typed. */
  function inMessage(event) {
    if (event.isComposing || event.altKey) return;
    const modified = event.shiftKey || event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && !modified) {
      event.preventDefault();
      actions.commit();
    } else if (event.key === "ArrowDown" && !modified && !message.value.slice(message.selectionEnd).includes("\n")) {
      event.preventDefault();
      answers.move(1);
    } else if (event.key === "ArrowUp" && !modified && answers.selected >= 0) {
      event.preventDefault();
      answers.move(-1);
    } else if (event.key === "ArrowRight" && !modified && answers.current && message.selectionStart === message.value.length) {
      event.preventDefault();
      actions.openSelected();
    }
  }

  function anywhere(event) {
    if (event.isComposing || help.open) return;
    const typing = event.target.matches("textarea, input:not([type=radio])");
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      actions.copy();
    } else if (event.altKey && !event.ctrlKey && ALT[event.code]) {
      event.preventDefault();
      ALT[event.code]();
    } else if (event.key === "Escape") {
      if (reply.editing) reply.stopEditing();
      else if (reader.open) reader.close();
      message.focus();
    } else if (!typing && event.key === "/") {
      event.preventDefault();
      message.focus();
    } else if (event.key === "?" && (!typing || (event.target === message && !message.value))) {
      event.preventDefault();
      help.showModal();
    }
  }

  message.addEventListener("keydown", inMessage);
  document.addEventListener("keydown", anywhere);
}
