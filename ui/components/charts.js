// Charts drawn as SVG: where values stand, axes, lines and points, and what is read at a place. Pieces of SVG are text.
// @ts-check
import { clamp, set } from "./shared.js";

/**
 * @typedef {ArrayLike<number>} Numbers
 * @typedef {number[]} Point across and down, in pixels
 * @typedef {{left: number, right: number, top: number, bottom: number}} Margin in pixels
 * @typedef {ReturnType<typeof scaleOf>} Scale
 */

/** A share as the label of an axis: 2.5 %. @param {number} value */
export const shareLabel = (value) => `${+(100 * value).toFixed(1)} %`;

/** An exponent. @param {number | string} value */
export const superscript = (value) => `${value}`.replace(/./g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻");

/** Text that may stand in HTML and SVG. @param {string | number} text */
export const escaped = (text) => `${text}`.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Round values within [low, high], at most `count` steps apart. @param {number} low @param {number} high @param {number} count */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => (first + k) * step);
}

/** The same on a logarithmic axis. @param {number} low @param {number} high */
export function logTicks(low, high) {
  const factors = high / low > 1000 ? [1] : [1, 2, 5];
  const values = Array.from({ length: 60 }, (_, k) => factors.map((factor) => factor * 10 ** (k - 30))).flat();
  return values.filter((value) => value >= low && value <= high);
}

/** The index of the step that is nearest. @param {number[]} steps @param {number} step */
export const nearest = (steps, step) => steps.reduce((best, s, k) => (Math.abs(s - step) < Math.abs(steps[best] - step) ? k : best), 0);

/** Indices of those of rising pixels that are `least` apart, with room to write. @param {number[]} pixels @param {number} least */
export function withRoom(pixels, least) {
  let free = -Infinity;
  return [...pixels.keys()].filter((k) => {
    if (pixels[k] < free) return false;
    free = pixels[k] + least;
    return true;
  });
}

/**
 * Exponential mean over bucket means; the half-life counts batches, so a growing bucket changes nothing.
 * @param {Float32Array} values @param {number} bucketSize @param {number} halfLife 0: unchanged
 */
export function smoothed(values, bucketSize, halfLife) {
  if (halfLife === 0) return values;
  const keep = 0.5 ** (bucketSize / halfLife);
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return NaN;
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}

/**
 * From places (across) and values (up) to pixels.
 * @param {{width: number, height: number, margin: Margin, across: number[], up: number[], isLog?: boolean}} box
 */
export function scaleOf({ width, height, margin: { left, top, ...margin }, across: [from, to], up: [low, high], isLog = false }) {
  const [right, bottom] = [Math.max(width - margin.right, left + 1), height - margin.bottom];
  const share = (/** @type {number} */ value) => {
    if (!isLog) return (value - low) / (high - low);
    return value > 0 ? Math.log(value / low) / (Math.log(high / low) || 1) : NaN;
  };
  return {
    ...{ from, to, low, high, left, right, top, bottom, height },
    x: (/** @type {number} */ place) => left + (to > from ? (place - from) / (to - from) : 0.5) * (right - left),
    y: (/** @type {number} */ value) => bottom - share(value) * (bottom - top),
    placeAt: (/** @type {number} */ x) => clamp(from + ((x - left) / (right - left)) * (to - from), from, to),
  };
}

/** @param {number} x @param {number} y @param {"start" | "middle" | "end"} anchor @param {string | number} content */
export const text = (x, y, anchor, content, name = "") => `<text class="${name}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;

/** A line at one value. @param {Scale} scale @param {number} value */
export const level = ({ left, right, y }, value, name = "") => `<line class="${name}" x1="${left}" x2="${right}" y1="${y(value)}" y2="${y(value)}"/>`;

/** A line at one place. @param {Scale} scale @param {number} place */
export const upright = ({ top, bottom, x }, place, name = "") => `<line class="${name}" x1="${x(place)}" x2="${x(place)}" y1="${top}" y2="${bottom}"/>`;

/** @param {Scale} scale @param {number[]} values @param {(value: number) => string | number} label */
export const valueAxis = (scale, values, label) => values.map((value) =>
  level(scale, value) + text(scale.left - 6, scale.y(value) + 4, "end", label(value))).join("");

/** @param {Scale} scale @param {(string | number)[][]} marks places and their names */
export const placeAxis = ({ x, bottom }, marks) => marks.map(([place, name]) => text(x(+place), bottom + 16, "middle", name)).join("");

/** Where the values stand; those without a place are left out. @param {Scale} scale @param {Numbers} places @param {Numbers} values */
export const pointsOf = ({ x, y }, places, values) => Array.from(places, (place, k) => [x(place), y(values[k])])
  .filter(([, height]) => Number.isFinite(height));

/** @param {Point} point */
const written = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** A path through points, whatever was left out between them. @param {Point[]} points */
export const pathThrough = (points) => points.map((point, k) => `${k ? "L" : "M"}${written(point)}`).join("");

/** Interrupted where a value has no place; what lies outside is left out. @param {Scale} scale @param {Numbers[]} series */
export function linePath({ x, y, from, to }, [places, values]) {
  let [d, pen] = ["", "M"];
  for (let k = 0; k < places.length; k++) {
    if (places[k + 1] < from || places[k - 1] > to) continue;
    const height = y(values[k]);
    if (Number.isFinite(height)) d += pen + written([x(places[k]), height]);
    pen = Number.isFinite(height) ? "L" : "M";
  }
  return d;
}

/** A shape, a relative path, at each point. @param {Scale} scale @param {Numbers[]} series @param {string} shape */
export const pointPath = (scale, [places, values], shape) => pointsOf(scale, places, values).map((point) => `M${written(point)}${shape}`).join("");

/** Move a line of the page to a place; null hides it. @param {SVGElement} line @param {Scale} scale @param {number | null} place */
export function standAt(line, { x, top, bottom }, place) {
  line.style.display = place === null ? "none" : "";
  if (place !== null) set(line, { x1: x(place), x2: x(place), y1: top, y2: bottom });
}

/** Put a tip on the right of a pixel, or on the left where there is room. @param {HTMLElement} tip @param {number} x @param {number} top */
export function placeTip(tip, x, top) {
  const room = tip.parentElement.clientWidth - tip.offsetWidth;
  tip.style.left = `${clamp(x + 14 <= room ? x + 14 : x - 14 - tip.offsetWidth, 0, Math.max(room, 0))}px`;
  tip.style.top = `${top}px`;
}
