
const views = new WeakMap(); // DOM node -> its view

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root).update(data, { setStateValue, setTriggerValue });
  return views.get(root).remove;
}
