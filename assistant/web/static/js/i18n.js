/** Strings of the interface in the page's language, from the same files as the server's. */

const lang = document.documentElement.lang || "zh-CN";
const response = await fetch(`/i18n/${lang}.json`);
const table = response.ok ? await response.json() : {};

/** The text for `key` with `{name}` replaced from `params`; the key itself when it is unknown. */
export function t(key, params = {}) {
  const text = table[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in params ? String(params[name]) : all));
}

export { lang };
