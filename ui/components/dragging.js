// Things that are dragged into a row of others, which may take several lines; the row's children are its places.
// @ts-check
const FAR = 6; // pixels: a shorter move is a press

// How many of the row's items come before a point, line by line.
function placeIn(items, { clientX, clientY }) {
  const isBefore = (item) => {
    const box = item.getBoundingClientRect();
    return box.bottom < clientY || (box.top <= clientY && (box.left + box.right) / 2 < clientX);
  };
  return items.filter(isBefore).length;
}

function isOver(row, { clientX, clientY }) {
  const box = row.getBoundingClientRect();
  return box.left <= clientX && clientX <= box.right && box.top <= clientY && clientY <= box.bottom;
}

// Let `node` be dragged: by the mouse anywhere, by a finger only at `grip`, because a finger also scrolls.
// `others()` are the items that it may come between, from place `first` on; `dropped(place)` is told where it was let
// go over the row. A press without a move stays a click; Escape ends a drag.
export function makeDraggable(node, { row, grip, first, others, dropped }) {
  let start = null, isDragged = false;
  const unmark = () => [...row.children].forEach((item) => item.classList.remove("before", "after"));
  const place = (event) => (isOver(row, event) ? Math.max(first, placeIn(others(), event)) : null);
  const end = () => {
    start = null;
    node.style.transform = "";
    node.classList.remove("dragged");
    unmark();
    document.removeEventListener("keydown", cancel, true);
  };
  const cancel = (event) => event.key === "Escape" && end();

  function move(event) {
    if (!start) return;
    const [right, down] = [event.clientX - start.clientX, event.clientY - start.clientY];
    if (!isDragged && Math.hypot(right, down) < FAR) return;
    if (!isDragged) {
      isDragged = true;
      node.classList.add("dragged");
      document.addEventListener("keydown", cancel, true);
    }
    node.style.transform = `translate(${right}px, ${down}px)`;
    unmark();
    const target = place(event), items = others();
    if (target === null) return;
    if (target < items.length) items[target].classList.add("before");
    else items.at(-1)?.classList.add("after");
  }

  function release(event) {
    const target = start && isDragged && event.type === "pointerup" ? place(event) : null;
    end();
    if (target !== null) dropped(target);
  }

  node.addEventListener("pointerdown", (event) => {
    isDragged = false;
    const mayDrag = event.button === 0 && !node.disabled && (event.pointerType !== "touch" || grip?.contains(event.target));
    start = mayDrag ? event : null;
    if (start) node.setPointerCapture(event.pointerId); // the first move may already be outside
  });
  node.addEventListener("pointermove", move);
  node.addEventListener("pointerup", release);
  node.addEventListener("pointercancel", release);
  node.addEventListener("click", (event) => isDragged && event.detail > 0 && event.stopImmediatePropagation(), true);
}
