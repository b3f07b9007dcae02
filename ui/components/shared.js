// What every component needs: values from Python, numbers in words, keys and elements.
// @ts-check

/** @param {string} text base64 @returns {Uint8Array} */
export const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** @param {string} text base64 of little-endian float32 */
export const floats = (text) => new Float32Array(bytes(text).buffer);

/** @param {string} text base64 of little-endian int32 */
export const integers = (text) => new Int32Array(bytes(text).buffer);

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** A count with its thousands set apart: 12,345. @param {number} value */
export const whole = (value) => value.toLocaleString("en");

/** With a true minus sign. @param {string} text */
export const minus = (text) => text.replaceAll("-", "−");

/** A number in so many digits, by a power of ten where it is large: 0.123, 1.2e5. @param {number} value */
export function short(value, digits = 3) {
  if (Number.isNaN(value)) return "not a number";
  if (Math.abs(value) < 1e5) return `${+value.toPrecision(digits)}`;
  return value.toExponential(digits - 1).replace(/(\.\d*?)0+e/, "$1e").replace(/\.?e\+?/, "e");
}

/** A number with so many decimals, and no minus before a zero. @param {number} value */
export const fixed = (value, digits = 2) => minus((+value.toFixed(digits) || 0).toFixed(digits));

/** A share, 0 to 1, as ui.words.percent writes it: 97.3 %; what is not quite all or nothing is not rounded to it. @param {number} value */
export function percent(value, digits = 1) {
  if (Number.isNaN(value)) return "not a number";
  const text = (100 * value).toFixed(digits);
  if (+text === 100 && value < 1) return `> ${(100 - 10 ** -digits).toFixed(digits)} %`;
  return +text === 0 && value > 0 ? `< ${10 ** -digits} %` : `${text} %`;
}

/** A colour for CSS. @param {Iterable<number>} colour red, green, blue, each 0 to 255 */
export const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

/** By an arrow key: how many rows and columns to go. @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Answer an element's arrow keys, in place of scrolling.
 * @param {HTMLElement} element @param {(rows: number, columns: number, event: any) => void} move
 */
export function onArrow(element, move) {
  element.addEventListener("keydown", (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    move(...ARROWS[event.key], event);
  });
}

/** What Python has sent, with some of it decoded, each base64 of float32. @param {any} data @param {string[]} names */
export const decoded = (data, ...names) => ({ ...data, ...Object.fromEntries(names.map((name) => [name, floats(data[name])])) });

/** @param {number[]} numbers */
export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** Where the largest one stands, the first of equal ones. @param {ArrayLike<number>} values */
export const argmax = (values) => Array.prototype.reduce.call(values, (best, value, k) => (value > values[best] ? k : best), 0);

/** @param {string} name @param {object} [properties] @param {(Node | string)[]} inside @returns {any} */
export function make(name, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

/** Custom properties for the style sheet: { bar: "#123456" } is --bar there. @param {HTMLElement} root @param {object} values */
export const setStyles = (root, values) => Object.entries(values).forEach(([name, value]) => root.style.setProperty(`--${name}`, value));

/** The first element of a selector, with all that it may have. @param {ParentNode} root @returns {(selector: string) => any} */
export const finder = (root) => (selector) => root.querySelector(selector);

/** @param {Element} element @param {Record<string, string | number | boolean>} attributes */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
}

const BRIEF = { "2D": "", "GlobalAverage": "Mean", "Average": "Avg", "Pooling": "Pool", "BatchNormalization": "BatchNorm" };

/** A layer's name in fewer letters: Conv, MaxPool. @param {string} name */
export const brief = (name) => Object.entries(BRIEF).reduce((text, [long, few]) => text.replace(long, few), name);

/** @type {Record<string, (before: string) => string>} */
const FORMULAS = {
  relu: (before) => `max(0, ${before})`,
  sigmoid: (before) => `1 ÷ (1 + exp(−(${before})))`,
  tanh: (before) => `tanh(${before})`,
};

/** An activation as a formula of a number in words; undefined for one that has none. @param {string} activation @param {string} before */
export const formulaOf = (activation, before) => FORMULAS[activation]?.(before);

/** Whether the visitor has asked for no motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
