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

/** A share, 0 to 1, as ui.words.percent writes it: 97.3 %; what is not quite all or nothing is not rounded to it. @param {number} value */
export function percent(value) {
  if (Number.isNaN(value)) return "not a number";
  if (value > 0.9995 && value < 1) return "> 99.9 %";
  return value < 0.0005 && value > 0 ? "< 0.1 %" : `${(100 * value).toFixed(1)} %`;
}

/** By an arrow key: how many rows and columns to go. @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** The elements of a selector, as HTML elements with all that they may have. @param {ParentNode} root @returns {(selector: string) => any} */
export const finder = (root) => (selector) => root.querySelector(selector);

/** @param {Element} element @param {Record<string, string | number | boolean>} attributes */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
}

/** @param {string} name @param {object} [properties] @param {(Node | string)[]} inside @returns {any} */
export function make(name, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

/** Custom properties for the style sheet: { bar: "#123456" } is --bar there. @param {HTMLElement} root @param {object} values */
export const setStyles = (root, values) => Object.entries(values).forEach(([name, value]) => root.style.setProperty(`--${name}`, value));

/** Whether the visitor has asked for no motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
