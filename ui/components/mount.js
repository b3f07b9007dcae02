// How a component lives: a view for each DOM node, made once, given every change of its data.
// @ts-check

/**
 * @typedef {object} View
 * @property {(data: any, tell: {setStateValue: Function, setTriggerValue: Function}) => void} update shows what Python has sent
 * @property {() => void} [resize] draws again: the node has another width than before
 * @property {() => void} [remove] undoes what reaches out of the node
 */

/** What a component exports. @param {(root: any) => View} createView */
export function mount(createView) {
  const views = new WeakMap(); // DOM node -> its view, the width it was drawn for, and who watches that
  function create(root) {
    const it = { view: createView(root), width: 0, observer: null };
    it.observer = new ResizeObserver(() => {
      if (root.clientWidth === it.width) return;
      it.width = root.clientWidth;
      it.view.resize();
    });
    return it;
  }
  return function ({ parentElement, data, setStateValue, setTriggerValue }) {
    const root = parentElement.querySelector(".root");
    if (!views.has(root)) views.set(root, create(root));
    const it = views.get(root);
    it.view.update(data, { setStateValue, setTriggerValue });
    it.width = root.clientWidth;
    if (it.view.resize) it.observer.observe(root);
    return () => {
      it.observer.disconnect();
      it.view.remove?.();
    };
  };
}
