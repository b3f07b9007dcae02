// Takes presses of Streamlit's buttons, by mouse, finger or keys, before Streamlit does, and sends each as an act.
// @ts-check
import { mount } from "../mount.js";

/**
 * @typedef {object} Data
 * @property {string[]} keys
 * @property {Record<string, string>} shortcuts "Ctrl+Shift+Z"
 * @property {Record<string, [string, string]>} inside a component's key and the label of its own button
 * @property {[string, string] | null} afterStrokes the same, to be pressed after each stroke on its canvas
 * @property {number} numHeard so many drawings the server has taken in from there
 */
function createView() {
  let /** @type {Data} */ data, tell;
  let [isStroke, isAwaited] = [false, false];
  let /** @type {HTMLAnchorElement | null} */ held = null; // Streamlit forgets what it has not heard when a page is left

  const placeOf = (key) => `.st-key-${key.replace(/[^\w-]/g, "-")}`;

  /** @returns {HTMLButtonElement | undefined} */
  function ownButton([key, label]) {
    const within = [...document.querySelectorAll(`${placeOf(key)} *`)].map((node) => node.shadowRoot).filter(Boolean);
    return within.map((root) => /** @type {any} */ (root.querySelector(`[aria-label="${label}"]:enabled`))).find(Boolean);
  }

  function press(event, key) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const own = key in data.inside && ownButton(data.inside[key]);
    if (own) own.click();
    else tell.act(key);
  }

  function click(event) {
    const link = isAwaited && !(event.ctrlKey || event.metaKey) && event.target.closest?.("a:not([target])");
    if (link) {
      event.preventDefault();
      event.stopImmediatePropagation();
      held = link;
    }
    const button = event.target.closest?.("button");
    const key = button && data.keys.find((one) => button.closest(placeOf(one)));
    if (key) press(event, key);
  }

  function type(event) {
    if (event.composedPath()[0].matches?.("input, textarea, [contenteditable]")) return;
    const typed = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.shiftKey ? "Shift" : "", event.key.toUpperCase()];
    const key = data.keys.find((one) => data.shortcuts[one] === typed.filter(Boolean).join("+"));
    if (key && document.querySelector(`${placeOf(key)} button`)) press(event, key); // grey perhaps, until it is known
  }

  function penDown(event) {
    const canvas = data.afterStrokes && event.target.closest?.(placeOf(data.afterStrokes[0]));
    isStroke = !!canvas && event.composedPath()[0].matches("canvas");
  }

  function penUp() {
    if (isStroke) setTimeout(tellStroke); // as soon as the canvas has it
    isStroke = false;
  }

  function tellStroke() {
    const own = ownButton(data.afterStrokes);
    if (!own) return;
    isAwaited = true;
    setTimeout(letGo, 3000);
    own.click();
  }

  function letGo() {
    const link = held;
    [isAwaited, held] = [false, null];
    link?.click();
  }

  const listeners = { click, keydown: type, mousedown: penDown, touchstart: penDown, mouseup: penUp, touchend: penUp };
  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener, true);
  return {
    update(newData, newTell) {
      const isHeard = newData.numHeard !== data?.numHeard;
      [data, tell] = [newData, newTell];
      if (isHeard) letGo();
    },
    remove() {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener, true);
    },
  };
}

export default mount(createView);
