// Knows when a page has come to rest: what was asked is answered, and for a while nothing has moved.
(() => {
  const TICK_MS = 50;
  const QUIET_TICKS = 5; // longer than a widget waits before it tells the server
  const RUN = "[data-testid=stApp][data-test-script-state=notRunning]";
  let numChanges = 0;
  let awaitsAnswer = false;

  const observer = new MutationObserver(() => { numChanges += 1; });
  const watch = (node) => observer.observe(node, { attributes: true, characterData: true, childList: true, subtree: true });
  watch(document);
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    watch(root);
    return root;
  };

  window.WebSocket = class extends WebSocket {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", () => {
        numChanges += 1;
        awaitsAnswer = false;
      });
    }

    send(message) {
      numChanges += 1;
      awaitsAnswer = true;
      super.send(message);
    }
  };

  const isBusy = () => awaitsAnswer || !document.querySelector(RUN) || document.querySelector("[data-testid=stSkeleton]");

  // Quiet time is counted in ticks of the page itself, so a page that is slow is given longer.
  window.atRest = async (patience) => {
    const end = performance.now() + patience;
    for (let quiet = 0, before = numChanges; quiet < QUIET_TICKS; before = numChanges) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      quiet = isBusy() || numChanges !== before ? 0 : quiet + 1;
      if (performance.now() > end) return false;
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))); // all is painted
    return true;
  };
})();
