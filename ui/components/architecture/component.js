// One card a layer: a drawing to scale, and in words what the drawing shows. Below, what can be added.
// @ts-check
import { makeDraggable } from "../dragging.js";
import { mount } from "../mount.js";
import { foreseen } from "./foreseen.js";
import { finder, make, setStyles, whole } from "../shared.js";

/**
 * @typedef {{name: string, words: string, colour: string}} Kind of a layer that can be added
 * @typedef {object} Layer
 * @property {string} name @property {string} settings @property {number[] | null} output_shape null: unknown
 * @property {number | null} parameters @property {string} colour @property {string | null} problem why it does not fit
 * @typedef {{layers: Layer[], selected: number, first: number, palette: Kind[], most: number}} Data first: that can be moved
 */
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

// A long name may go on in the next line at a capital letter.
function write(node, name) {
  node.replaceChildren(...name.split(/(?<=[a-z])(?=[A-Z])/).flatMap((part) => [part, make("wbr")]));
}

function makeButton(colour, inside) {
  const button = make("button", { type: "button", innerHTML: inside });
  setStyles(button, { colour });
  return button;
}

function makeCard(layer, index, { length: count }) {
  const button = makeButton(layer.colour, `<span class="grip" aria-hidden="true">⠿</span>
    <span class="drawing" aria-hidden="true">${draw(layer.output_shape)}</span>
    <b class="name"></b><span class="settings"></span><span class="shape"></span><span class="parameters"></span>`);
  button.classList.toggle("bad", layer.problem !== null);
  const shape = layer.output_shape?.join(" x ") ?? (layer.problem ? "does not fit" : "shape unknown");
  const parameters = layer.parameters === null ? "" : layer.parameters === 0 ? "no parameters" : `${whole(layer.parameters)} parameters`;
  for (const [name, text] of Object.entries({ settings: layer.settings, shape, parameters })) button.querySelector(`.${name}`).textContent = text;
  write(button.querySelector(".name"), layer.name);
  if (layer.problem) button.querySelector(".name").prepend("⚠ ");
  button.setAttribute("aria-label", [`${index + 1} of ${count}: ${layer.name}`, layer.settings, shape, parameters, layer.problem]
    .filter(Boolean).join(", "));
  return button;
}

function createView(root) {
  const [row, palette] = ["ol", ".palette"].map(finder(root));
  let /** @type {Data} */ data, tell, shown, selected, layers = [], buttons = [];
  let goal = null; // where the focus goes with the card that was moved by a key

  // Left and right: to the card beside; with Alt the card itself goes there. Delete: away with it.
  function press(event, index) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const isMovable = index >= data.first;
    if (way) {
      event.preventDefault(); // Alt with an arrow key would leave the page
      const place = index + way;
      if (!event.altKey) buttons[place]?.focus();
      else if (isMovable && place >= data.first && place < buttons.length) {
        goal = place;
        tell.act("move", [index, place]);
      }
    } else if (event.key === "Delete" && isMovable) {
      event.preventDefault();
      tell.act("remove", index);
    }
  }

  function drawRow() {
    const focused = buttons.findIndex((button) => button.matches(":focus"));
    buttons = layers.map(makeCard);
    row.replaceChildren(...buttons.map((button) => make("li", {}, button)));
    setStyles(row, { count: buttons.length });
    buttons.forEach((button, index) => {
      const item = button.parentElement;
      button.addEventListener("click", () => tell.act("select", index));
      button.addEventListener("keydown", (event) => press(event, index));
      if (index < data.first) return;
      button.classList.add("movable");
      button.setAttribute("aria-keyshortcuts", "Alt+ArrowLeft Alt+ArrowRight Delete");
      const others = () => [...row.children].filter((other) => other !== item);
      const dropped = (place) => place !== index && tell.act("move", [index, place]);
      makeDraggable(button, { row, grip: button.querySelector(".grip"), first: data.first, others, dropped });
    });
    if (focused >= 0) buttons[Math.min(goal ?? focused, buttons.length - 1)]?.focus();
    goal = null;
  }

  function drawPalette() {
    palette.replaceChildren(...data.palette.map(({ name, colour, words }) => {
      const chip = makeButton(colour, `<span aria-hidden="true">+</span><span class="name"></span>`);
      write(chip.querySelector(".name"), name);
      chip.title = words;
      chip.addEventListener("click", () => tell.act("add", [name, selected + 1]));
      const dropped = (place) => tell.act("add", [name, place]);
      makeDraggable(chip, { row, grip: null, first: data.first, others: () => [...row.children], dropped });
      return chip;
    }));
  }

  return {
    update(newData, newTell) {
      const isNew = JSON.stringify(data?.palette) !== JSON.stringify(newData.palette);
      [data, tell] = [newData, newTell];
      if (isNew) drawPalette();
    },
    foresee(acts) {
      ({ layers, selected } = foreseen(data, acts));
      if (shown !== JSON.stringify(layers)) drawRow();
      shown = JSON.stringify(layers);
      for (const chip of palette.children) chip.disabled = layers.length >= data.most;
      buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === selected)));
    },
  };
}

export default mount(createView);
