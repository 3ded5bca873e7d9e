/** The page around this one, when this one stands in a frame. */

/** Tells the page around something, and nobody of an origin that is not among `origins`. */
export function toParent(origins, message) {
  if (window.parent === window) return;
  // Where the browser does not say who is around, it delivers to the right one of them alone.
  const around = location.ancestorOrigins ? origins.filter((origin) => origin === location.ancestorOrigins[0]) : origins;
  for (const origin of around) window.parent.postMessage(message, origin);
}
