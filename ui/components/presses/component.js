// Takes presses of Streamlit's buttons, by mouse, finger or keys, before Streamlit does, and sends each as an act.
// @ts-check
import { mount } from "../mount.js";

/**
 * @typedef {object} Data
 * @property {string[]} keys
 * @property {Record<string, string>} shortcuts "Ctrl+Shift+Z"
 * @property {Record<string, [string, string]>} inside a component's key and the label of its own button
 */
function createView() {
  let /** @type {Data} */ data, tell;

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

  addEventListener("click", click, true);
  addEventListener("keydown", type, true);
  return {
    update(newData, newTell) {
      [data, tell] = [newData, newTell];
    },
    remove() {
      removeEventListener("click", click, true);
      removeEventListener("keydown", type, true);
    },
  };
}

export default mount(createView);
