/** A site's own colour, kept readable: text on it and text in it reach a contrast of 4.5 (WCAG AA). */

const ENOUGH = 4.5;
const WHITE = [255, 255, 255];
const NEARLY_BLACK = [16, 21, 21];
const BLACK = [0, 0, 0];

/** The three channels of `#rgb` or `#rrggbb`; null for anything else. */
export function channels(hex) {
  const found = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(String(hex ?? "").trim());
  if (!found) return null;
  const digits = found[1].length === 3 ? [...found[1]].map((one) => one + one) : found[1].match(/../g);
  return digits.map((pair) => parseInt(pair, 16));
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const mixed = (one, other, share) => one.map((value, i) => Math.round(value + (other[i] - value) * share));
const css = (rgb) => `rgb(${rgb.join(", ")})`;

/** `rgb` moved towards `end` until it can be read on `ground`. */
function readable(rgb, ground, end) {
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mixed(rgb, end, share);
    if (contrast(tried, ground) >= ENOUGH) return tried;
  }
  return end;
}

/** Custom properties that make `hex` the accent, for a light or a dark ground; null: no colour. */
export function accentOf(hex, dark) {
  const fill = channels(hex);
  if (!fill) return null;
  const surface = dark ? [31, 40, 40] : WHITE;
  const on = [WHITE, NEARLY_BLACK, BLACK].find((text) => contrast(text, fill) >= ENOUGH);
  const soft = mixed(surface, fill, 0.12);
  return {
    "--fill": css(fill),
    "--fill-2": css(mixed(fill, on === WHITE ? BLACK : WHITE, 0.14)),
    "--on-fill": css(on),
    "--accent": css(readable(fill, soft, dark ? WHITE : BLACK)),
    "--accent-soft": css(soft),
  };
}
