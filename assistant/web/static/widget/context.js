/** What the page knows that the customer need not type, in the form that the service takes. */

const MOST_VALUES = 20;
const LONGEST_VALUE = 300;
const VALUE_NAME = /^[\p{L}\p{N}_.-]{1,64}$/u;

/** `values` as texts: without what is empty or has a name that the service does not take. */
export function contextOf(values) {
  const kept = Object.entries(values ?? {}).filter(([name, value]) => VALUE_NAME.test(name) && value !== null && value !== undefined && value !== "");
  return Object.fromEntries(kept.slice(0, MOST_VALUES - 1).map(([name, value]) => [name, String(value).slice(0, LONGEST_VALUE)]));
}

/** `given` with the page's address, which may hold secrets behind its `?` and `#`. */
export function withPage(given, framed) {
  return framed ? given : { page: (location.origin + location.pathname).slice(0, LONGEST_VALUE), ...given };
}
