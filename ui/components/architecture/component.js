// One card a layer: a drawing to scale, and in words what the drawing shows.
const PLANES = { most: 9, gap: 3 };

// 28 pixels of the picture become 62 of the drawing; a vector's length goes by its logarithm.
const side = (pixels) => Math.max(3, Math.sqrt(pixels / 28) * 62);

function draw(shape) {
  if (shape === null) return `<svg viewBox="0 0 96 96"><text x="48" y="60" text-anchor="middle">?</text></svg>`;
  if (shape.length === 1) {
    const height = 14 + 11 * Math.log2(Math.max(shape[0], 1));
    const tall = Math.min(height, 92);
    return `<svg viewBox="0 0 96 96"><rect x="43" y="${48 - tall / 2}" width="10" height="${tall}" rx="2"/></svg>`;
  }
  const [height, width, channels] = shape;
  const count = Math.min(PLANES.most, 1 + Math.round(1.35 * Math.log2(channels)));
  const shift = (count - 1) * PLANES.gap;
  const left = (96 - side(width) - shift) / 2;
  const top = (96 - side(height) - shift) / 2 + shift;
  const planes = Array.from({ length: count }, (_, k) => `<rect x="${left + k * PLANES.gap}" y="${top - k * PLANES.gap}"
    width="${side(width)}" height="${side(height)}" rx="2"/>`).reverse();
  return `<svg viewBox="0 0 96 96">${planes.join("")}</svg>`;
}

function card(layer, index, { length: count }) {
  const button = document.createElement("button");
  button.type = "button";
  button.style.setProperty("--colour", layer.colour);
  button.classList.toggle("bad", layer.problem !== null);
  button.innerHTML = `<span class="grip" aria-hidden="true">⠿</span><span class="drawing" aria-hidden="true">${draw(layer.output_shape)}</span>
    <b class="name"></b><span class="settings"></span><span class="shape"></span><span class="parameters"></span>`;
  const shape = layer.output_shape?.join(" x ") ?? (layer.problem ? "does not fit" : "shape unknown");
  const parameters = layer.parameters === null ? "" : layer.parameters === 0 ? "no parameters" : `${layer.parameters.toLocaleString("en")} parameters`;
  const texts = { name: layer.name, settings: layer.settings, shape, parameters };
  for (const [name, text] of Object.entries(texts)) button.querySelector(`.${name}`).textContent = text;
  if (layer.problem) button.querySelector(".name").prepend("⚠ ");
  button.setAttribute("aria-label", [`${index + 1} of ${count}: ${layer.name}`, layer.settings, shape, parameters, layer.problem]
    .filter(Boolean).join(", "));
  return button;
}

// The place that a dragged card would take: behind all others that come before the pointer, row by row.
function placeAt(items, dragged, { clientX, clientY }) {
  const isBefore = (item) => {
    const box = item.getBoundingClientRect();
    return box.bottom < clientY || (box.top <= clientY && (box.left + box.right) / 2 < clientX);
  };
  return items.filter((item) => item !== dragged && isBefore(item)).length;
}

// Let a card be dragged, by the mouse anywhere, by a finger at its grip; a press without a move stays a click.
function makeMovable(button, items, index, first, moved) {
  let start = null, isDragged = false;
  const item = items[index];
  const target = (event) => Math.max(first, placeAt(items, item, event));
  button.addEventListener("pointerdown", (event) => {
    isDragged = false;
    const mayDrag = event.button === 0 && (event.pointerType !== "touch" || event.target.closest(".grip"));
    start = mayDrag ? event : null;
  });
  button.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [right, down] = [event.clientX - start.clientX, event.clientY - start.clientY];
    if (!isDragged && Math.hypot(right, down) < 6) return;
    if (!isDragged) button.setPointerCapture(event.pointerId);
    isDragged = true;
    item.classList.add("dragged");
    button.style.transform = `translate(${right}px, ${down}px)`;
    const others = items.filter((other) => other !== item), place = target(event);
    items.forEach((other) => other.classList.remove("before", "after"));
    if (place < others.length) others[place].classList.add("before");
    else others.at(-1)?.classList.add("after");
  });
  const drop = (event) => {
    if (isDragged) {
      item.classList.remove("dragged");
      button.style.transform = "";
      items.forEach((other) => other.classList.remove("before", "after"));
      const place = target(event);
      if (event.type === "pointerup" && place !== index) moved(index, place);
    }
    start = null;
  };
  button.addEventListener("pointerup", drop);
  button.addEventListener("pointercancel", drop);
  button.addEventListener("click", (event) => isDragged && event.detail > 0 && event.stopImmediatePropagation(), true);
  button.addEventListener("keydown", (event) => {
    const place = index + { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!event.altKey || !(place >= first && place < items.length)) return;
    event.preventDefault();
    moved(index, place);
  });
  button.setAttribute("aria-keyshortcuts", "Alt+ArrowLeft Alt+ArrowRight");
}

const given = new WeakMap(); // DOM node -> the selection that Python asked for last

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const { layers, selected, first } = data;
  const buttonsBefore = [...root.querySelectorAll("button")];
  const focused = buttonsBefore.findIndex((button) => button.matches(":focus"));
  if (given.get(root) !== selected) root.dataset.selected = selected ?? "";
  const focus = focused === given.get(root) && selected !== null ? selected : focused; // it goes with its layer
  given.set(root, selected);

  const buttons = layers.map(card);
  const mark = () => buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i) === root.dataset.selected));
  buttons.forEach((button, i) => button.addEventListener("click", () => {
    root.dataset.selected = i;
    mark();
    setStateValue("selected", i);
  }));
  const items = buttons.map((button) => {
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  root.querySelector("ol").replaceChildren(...items);
  buttons.forEach((button, i) => {
    button.classList.toggle("movable", i >= first);
    if (i >= first) makeMovable(button, items, i, first, (from, to) => setTriggerValue("moved", [from, to]));
  });
  mark();
  if (focused >= 0) buttons[Math.min(focus, buttons.length - 1)]?.focus();
  const bad = layers.findIndex((layer) => layer.problem !== null);
  root.querySelector(".problem").textContent = bad < 0 ? "" : `⚠ ${layers[bad].name}: ${layers[bad].problem}`;
}
