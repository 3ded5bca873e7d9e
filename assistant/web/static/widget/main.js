/** `window.Zhike`: what a page can call, at once; calls made before the widget is ready wait for it. */

import { ownTag, readSettings } from "./settings.js";
import { Widget } from "./widget.js";

const CALLS = ["open", "close", "toggle", "setUser", "setContext", "openWithQuestion"];

/** Runs in a pause of the page, after everything that the page itself is busy with. */
function inIdleTime(work) {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 2_000 });
  else setTimeout(work, 200);
}

function begin() {
  const early = window.Zhike; // calls that the page noted down: [["open"], ["setContext", {…}]]
  if (early && !Array.isArray(early)) return; // a second tag
  const settings = readSettings(ownTag(), window.ZhikeSettings);
  if (!settings) return console.warn("Zhike: data-site is missing");

  const heard = new EventTarget();
  const tell = (name, detail) => heard.dispatchEvent(new CustomEvent(name, { detail }));
  const waiting = [];
  let widget = null;
  let gone = false;
  const call = (name, ...given) => {
    if (gone) return;
    if (widget) widget[name](...given);
    else waiting.push([name, ...given]);
  };

  const zhike = Object.fromEntries(CALLS.map((name) => [name, (...given) => call(name, ...given)]));
  /** Hears `name` (ready, open, close, message, handover, agent, ticket, closed, unread, user, error); the function given back stops that. */
  zhike.on = (name, hear) => {
    const listener = ({ detail }) => hear(detail);
    heard.addEventListener(name, listener);
    return () => heard.removeEventListener(name, listener);
  };
  zhike.push = (...noted) => noted.forEach(([name, ...given]) => zhike[name]?.(...given));
  zhike.destroy = () => {
    gone = true;
    widget?.destroy();
    if (window.Zhike === zhike) delete window.Zhike;
  };
  window.Zhike = zhike;

  const start = () => {
    if (gone) return;
    widget = new Widget(settings, tell);
    const { user, context } = window.ZhikeSettings ?? {};
    if (user) widget.setUser(user);
    if (context) widget.setContext(context);
    widget.start();
    waiting.splice(0).forEach(([name, ...given]) => call(name, ...given));
    if (settings.question) widget.openWithQuestion(settings.question);
    tell("ready");
  };
  if (early) zhike.push(...early);
  const soon = () => inIdleTime(start);
  if (document.body) soon();
  else addEventListener("DOMContentLoaded", soon, { once: true });
}

begin();
