// Layers as stacks of planes in space, by CSS transforms. `at` is the plane that is read; turning belongs to the DOM node.
// @ts-check
import { mount } from "../mount.js";
import { paintIndex, TABLES } from "../raster.js";
import { brief, bytes, clamp, finder, make, onArrow, setStyles, short } from "../shared.js";

/**
 * @typedef {object} Layer
 * @property {string} name @property {string} colour @property {string} kind @property {boolean} isVector @property {number[]} size
 * @property {[number, number, number]} shape planes, height, width @property {string} index
 * @property {number[]} tops each plane's largest value
 */
const LARGEST = 4; // screen pixels that a map's pixel has, at most
const GAP = { wide: 52, narrow: 26 };
const NARROW = 560;
const STRIP = { width: 12, least: 60, most: 140 };
const TILT = -10; // degrees
const A_TURN = 0.4; // degrees that a pixel of dragging turns
function createView(root) {
  const [turn, spread, readout, scene, world, peek] = [".turn", ".spread", ".readout", ".scene", ".world", ".peek"].map(finder(root));
  let now; // what Python sent, decoded
  let at = null; // { layer, plane }
  let drag = null;
  let scale = LARGEST; // screen pixels that a map's pixel has

  const planes = (layer) => now.layers[layer].shape[0];
  const canvasOf = ({ layer, plane }) => world.children[layer].querySelectorAll("canvas")[plane];

  function paint(canvas, { layer, plane }) {
    const { shape: [, height, width], index, kind } = now.layers[layer];
    paintIndex(canvas, index.subarray(plane * height * width, (plane + 1) * height * width), width, TABLES[kind]);
  }

  function sizeOf({ isVector, shape: [, height, width] }) {
    return isVector ? [STRIP.width, clamp(2 * height, STRIP.least, STRIP.most)] : [width * scale, height * scale];
  }

  function build() {
    world.replaceChildren(...now.layers.map((layer, number) => {
      const label = `<b>${brief(layer.name).replace(/ (.+)/, "<em> $1</em>")}</b><span>${layer.size.join(" x ")}</span>`;
      const innerHTML = `${"<canvas></canvas>".repeat(planes(number))}<div class="label">${label}</div>`;
      const stack = make("div", { className: "stack", innerHTML });
      setStyles(stack, { layer: layer.colour });
      stack.querySelectorAll("canvas").forEach((canvas, plane) => { Object.assign(canvas.dataset, { layer: number, plane }); });
      return stack;
    }));
  }

  function lay() {
    const width = root.clientWidth;
    const gap = width < NARROW ? GAP.narrow : GAP.wide;
    const pixels = now.layers.reduce((sum, { isVector, shape }) => sum + (isVector ? 0 : shape[2]), 0);
    const rest = now.layers.reduce((sum, { isVector }) => sum + gap + (isVector ? STRIP.width : 0), 0);
    scale = clamp((0.95 * width - rest) / Math.max(pixels, 1), 0.5, LARGEST);
    const highest = Math.max(...now.layers.map((layer) => sizeOf(layer)[1]));
    let left = 0;
    [...world.children].forEach((stack, number) => {
      const [across, down] = sizeOf(now.layers[number]);
      stack.style.left = `${left}px`;
      left += across + gap;
      stack.querySelectorAll("canvas").forEach((canvas) => { Object.assign(canvas.style, { width: `${across}px`, height: `${down}px` }); });
      Object.assign(stack.querySelector(".label").style, { left: `${across / 2}px`, top: `${highest / 2 + 18}px` });
    });
    world.style.width = `${left - gap}px`;
    world.style.marginLeft = `${(gap - left) / 2}px`;
    place();
  }

  function place() {
    world.style.transform = `rotateX(${TILT}deg) rotateY(${turn.value}deg)`;
    [...world.children].forEach((stack, number) => {
      const step = (scale * spread.value) / Math.sqrt(planes(number));
      stack.querySelectorAll("canvas").forEach((canvas, plane) => {
        canvas.style.transform = `translate3d(0, -50%, ${((planes(number) - 1) / 2 - plane) * step}px)`;
      });
      stack.querySelector(".label").style.transform = `rotateY(${-turn.value}deg) rotateX(${-TILT}deg) translate(-50%)`;
    });
  }

  function read(next) {
    if (at && world.children[at.layer]) canvasOf(at)?.classList.remove("on");
    at = next && next.layer < now.layers.length && next.plane < planes(next.layer) ? next : null;
    peek.hidden = !at;
    if (!at) {
      readout.textContent = "Drag to turn it; point at a plane to read it.";
      return;
    }
    const { name, isVector, size, tops, shape } = now.layers[at.layer];
    canvasOf(at).classList.add("on");
    paint(peek, at);
    const less = !isVector && size[2] > shape[0] ? `, the first ${shape[0]} are drawn` : "";
    const which = isVector ? `${size[0]} units` : `map ${at.plane} of ${size[2]}${less}`;
    readout.textContent = `${name}, ${which}: largest value ${short(tops[at.plane])}.`;
  }

  const planeOf = ({ dataset }) => (dataset?.plane === undefined ? null : { layer: +dataset.layer, plane: +dataset.plane });

  turn.addEventListener("input", place);
  spread.addEventListener("input", place);
  scene.addEventListener("pointerdown", (event) => { drag = { x: event.clientX, turn: +turn.value }; });
  scene.addEventListener("pointermove", (event) => {
    if (!drag || !event.buttons) {
      const found = planeOf(event.target);
      if (found && (found.layer !== at?.layer || found.plane !== at?.plane)) read(found);
      return;
    }
    turn.value = clamp(drag.turn + A_TURN * (event.clientX - drag.x), +turn.min, +turn.max);
    place();
  });
  scene.addEventListener("pointerup", () => { drag = null; });
  scene.addEventListener("click", (event) => { const found = planeOf(event.target); if (found) read(found); });
  onArrow(scene, (more, layers) => {
    const layer = clamp((at?.layer ?? 0) + (at ? layers : 0), 0, now.layers.length - 1);
    read({ layer, plane: clamp((at?.plane ?? 0) + more, 0, planes(layer) - 1) });
  });

  return {
    update(/** @type {{layers: Layer[]}} */ data) {
      const layers = data.layers.map((layer) => ({ ...layer, index: bytes(layer.index) }));
      const signature = JSON.stringify(layers.map(({ name, shape, colour }) => [name, shape, colour]));
      const isNew = now?.signature !== signature;
      now = { layers, signature };
      if (isNew) build();
      world.querySelectorAll("canvas").forEach((canvas) => paint(canvas, planeOf(canvas)));
      lay();
      read(at);
    },
    resize: lay,
  };
}

export default mount(createView);
