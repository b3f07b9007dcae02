// How a component lives: a view for each DOM node, made once, told of every change of its data.
// @ts-check

/**
 * @typedef {object} View
 * @property {(data: any, tell: {setStateValue: Function, setTriggerValue: Function}) => void} update shows what Python has sent
 * @property {() => void} [remove] undoes what reaches out of the node
 */

/** What a component exports. @param {(root: any) => View} createView */
export function mount(createView) {
  const views = new WeakMap(); // DOM node -> its view
  return function ({ parentElement, data, setStateValue, setTriggerValue }) {
    const root = parentElement.querySelector(".root");
    if (!views.has(root)) views.set(root, createView(root));
    views.get(root).update(data, { setStateValue, setTriggerValue });
    return views.get(root).remove;
  };
}
