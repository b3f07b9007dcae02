// One entry of the browser's history for each thing that a visitor does.
// @ts-check

// Streamlit makes one for every change of the address, also where a page that was just opened says what it shows: that
// may even come before the page's own path does.
let hasActed = false;
for (const act of ["pointerdown", "click", "keydown", "drop"]) addEventListener(act, () => { hasActed = true; }, { capture: true });
addEventListener("popstate", () => { hasActed = false; });

const push = history.pushState;
history.pushState = function (state, unused, url) {
  const write = hasActed ? push : history.replaceState;
  hasActed = false;
  write.call(history, state, unused, url);
};

// A place on the same page, such as a glossary's term: it is gone to, but Back leads to what was done before.
addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[href^='#']");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  location.replace(/** @type {HTMLAnchorElement} */ (link).href);
});
