// Lets a browser's translator and Streamlit's React work on one page: a translator puts elements in the place of texts
// that React still holds, and goes on to change or to remove.
// @ts-check

/** @type {WeakMap<Node, ChildNode>} */
const standIns = new WeakMap(); // a text that was taken out -> what is shown instead

/** The child of `parent` that `node` is in, or its stand-in. @param {Node} parent @param {Node | null} node @returns {Node | null} */
function placeIn(parent, node) {
  let place = node && !node.isConnected ? standIns.get(node) ?? node : node;
  while (place && place.parentNode !== parent) place = place.parentNode;
  return place;
}

const { removeChild, insertBefore } = Node.prototype;
Node.prototype.removeChild = function (child) {
  removeChild.call(this, placeIn(this, child) ?? child);
  return child;
};
Node.prototype.insertBefore = function (node, before) {
  insertBefore.call(this, node, placeIn(this, before) ?? before);
  return node;
};

const isStandIn = (/** @type {Node | null} */ node) => node?.nodeName === "FONT";
const observer = new MutationObserver((changes) => {
  for (const { type, target, removedNodes, addedNodes, previousSibling, nextSibling } of changes) {
    if (type === "characterData") {
      if (!target.isConnected) standIns.get(target)?.replaceWith(target); // to be translated again
      continue;
    }
    const standIn = [...addedNodes, previousSibling, nextSibling].find(isStandIn);
    for (const node of standIn ? removedNodes : []) {
      if (node.nodeType !== Node.TEXT_NODE || node.isConnected) continue;
      standIns.set(node, /** @type {ChildNode} */ (standIn));
      observer.observe(node, { characterData: true });
    }
  }
});
observer.observe(document, { childList: true, subtree: true });
