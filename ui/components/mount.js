// How a component lives: a view for each DOM node, made once, given every change of its data; and how it acts.
// @ts-check

/**
 * @typedef {[number, string, any]} Act its number, `<key of its component>/<name>`, its value
 * @typedef {object} Tell
 * @property {(name: string, value: any) => void} setStateValue of several values the last one counts
 * @property {(name: string, value?: any) => void} act every act counts, once and in its order
 * @typedef {object} View
 * @property {(data: any, tell: Tell) => void} update shows what Python has sent
 * @property {(acts: Act[]) => void} [foresee] shows what acts that the server has not done yet will change
 * @property {() => void} [resize] draws again: the node has another width than before
 * @property {() => void} [remove] undoes what reaches out of the node
 */

/**
 * The acts of all components of a page, in one order; see `ui.acts`.
 * @type {{visit: string, done: number, last: number, acts: Act[], views: Set<View>}}
 */
const page = (/** @type {any} */ (globalThis).cnnlabActs ??= { visit: "", done: 0, last: 0, acts: [], views: new Set() });

// What the server has done is no longer sent; one that has forgotten this visit begins anew.
function confirm({ visit, done }) {
  if (visit !== page.visit) Object.assign(page, { visit, done: 0, acts: [] });
  page.done = Math.max(page.done, done);
  page.last = Math.max(page.last, page.done);
  page.acts = page.acts.filter(([number]) => number > page.done);
}

/** What a component exports. @param {(root: any) => View} createView */
export function mount(createView) {
  const views = new WeakMap(); // DOM node -> its view, the width it was drawn for, who watches that, the last calls

  function create(root) {
    const it = { view: createView(root), width: 0, observer: null, shown: null, before: null };
    it.observer = new ResizeObserver(() => {
      if (root.clientWidth === it.width) return;
      it.width = root.clientWidth;
      it.view.resize();
    });
    return it;
  }

  function show(it, call) {
    const { data: { acts, ...data }, setStateValue } = call;
    it.shown = call;
    if (acts) confirm(acts);
    function act(name, value = null) {
      page.acts.push([++page.last, `${acts.of}/${name}`, value]);
      setStateValue("acts", { visit: page.visit, acts: [...page.acts] });
      for (const view of page.views) view.foresee(page.acts);
    }
    it.view.update(data, { setStateValue, act });
    it.view.foresee?.(page.acts);
  }

  // Streamlit awaits the module at each change: an older call may come after a newer one, and is ended at once then.
  return function ({ parentElement, data, setStateValue }) {
    const root = parentElement.querySelector(".root");
    if (!views.has(root)) views.set(root, create(root));
    const [it, call] = [views.get(root), { data, setStateValue, isLate: false }];
    if (!it.shown?.isLate) it.before = it.shown;
    show(it, call);
    it.width = root.clientWidth;
    if (it.view.resize) it.observer.observe(root);
    if (it.view.foresee) page.views.add(it.view);
    return () => {
      call.isLate = root.isConnected;
      if (call.isLate && it.shown === call && it.before) show(it, it.before);
      if (call.isLate) return;
      it.observer.disconnect();
      page.views.delete(it.view);
      it.view.remove?.();
    };
  };
}
