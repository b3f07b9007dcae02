// Points drawn as their digits: hovering, arrow keys, turning, playing and choosing classes all stay in the browser.
// @ts-check
import { mount } from "../mount.js";
import { bytes, clamp, finder, floats, make, onArrow, set, setStyles, still } from "../shared.js";
const SIDE = 28; // pixels of a picture
const UNKNOWN = 255; // no label
const MARGIN = 26; // around the points, so that names and rings fit
const REACH = 26; // pixels from the pointer to a point
const STEP = 650; // milliseconds from frame to frame
const PERSPECTIVE = 0.22; // how much nearer points are spread
const TURN = 0.0004; // radians a millisecond
const FAINT = 0.3; // rings, where more than a quarter of all digits has one

/**
 * What Python sends; shape: frames, points, dimensions; as base64 places (floats), labels and what each is read as (uint8);
 * their middle on each axis, and how far they reach from it; how many of the last points are one's own; a sheet of pictures (PNG).
 * @typedef {{describe: string, frames: string[], shape: number[], places: string, middle: number[], reach: number[], labels: string,
 *   read: string, names: string[], marked: number, sheet: string, columns: number, colours: string[], onColours: string[]}} Data
 */

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

function createView(root) {
  const find = finder(root);
  const [stage, play, scrub, output] = [".stage", ".play", ".scrub", "output"].map(find);
  const picture = find(".picture").getContext("2d");
  const sheet = new Image();
  const state = { point: 0, frame: 0, yaw: 0.6, pitch: 0.35, only: new Set(), ticket: 0, turned: null };
  let now; // what Python sent, decoded
  let screen = new Float32Array(0); // x, y, depth of every point, in CSS pixels
  let context, ink, paper, font; // what is drawn with

  const isSolid = () => now.dims === 3;
  const isShown = (k) => !state.only.size || now.labels[k] === UNKNOWN || state.only.has(now.labels[k]) || k >= now.digits;
  const readAs = (k) => now.read[Math.round(state.frame) * now.num + k];

  function project() {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const [w, h] = [width / 2 - MARGIN, height / 2 - MARGIN];
    const radius = Math.max(...now.reach);
    const scale = isSolid() ? Math.min(w, h) / radius : Math.min(w / now.reach[0], h / now.reach[1]);
    const first = Math.floor(state.frame);
    const last = Math.min(first + 1, now.frames.length - 1);
    const share = state.frame - first;
    const [yaw, pitch] = isSolid() ? [state.yaw, state.pitch] : [0, 0];
    const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    const size = now.num * now.dims;
    for (let k = 0; k < now.num; k++) {
      const [x, y, z] = [0, 1, 2].map((axis) => {
        const [from, to] = [first, last].map((frame) => (axis < now.dims ? now.places[frame * size + k * now.dims + axis] : 0));
        return from + (to - from) * share;
      });
      const far = cy * z - sy * x;
      const depth = (sp * y + cp * far) / radius;
      const nearer = scale * (1 + PERSPECTIVE * depth);
      screen.set([width / 2 + (cy * x + sy * z) * nearer, height / 2 - (cp * y - sp * far) * nearer, depth], 3 * k);
    }
  }

  function draw() {
    if (!now || !stage.clientWidth) return;
    project();
    Object.assign(stage, { width: stage.clientWidth * devicePixelRatio, height: stage.clientHeight * devicePixelRatio });
    context = stage.getContext("2d");
    context.scale(devicePixelRatio, devicePixelRatio);
    const style = getComputedStyle(root);
    [ink, paper, font] = [style.color, style.getPropertyValue("--st-background-color"), style.fontFamily];
    Object.assign(context, { textAlign: "center", textBaseline: "middle", lineJoin: "round" });
    const order = [...Array(now.digits).keys()];
    if (isSolid()) order.sort((a, b) => screen[3 * a + 2] - screen[3 * b + 2]);
    const wrong = order.filter((k) => readAs(k) !== now.labels[k]);
    const ring = wrong.length > order.length / 4 ? FAINT : 1;
    now.size = null;
    for (const k of order) drawDigit(k, ring);
    context.globalAlpha = 1;
    drawCentres();
    [[paper, 6], [ink, 2.5]].forEach(([colour, width]) => drawRing(state.point, 12, colour, width));
    for (let k = now.digits; k < now.num; k++) drawMark(k);
  }

  function drawRing(k, radius, strokeStyle, lineWidth) {
    Object.assign(context, { strokeStyle, lineWidth });
    context.beginPath();
    context.arc(screen[3 * k], screen[3 * k + 1], radius, 0, 2 * Math.PI);
    context.stroke();
  }

  function drawDigit(k, ring) {
    const [x, y, depth] = screen.subarray(3 * k, 3 * k + 3);
    const small = stage.clientWidth < 450 ? 2 : 0;
    const near = isSolid() ? clamp(0.5 + depth / 2, 0, 1) : 1;
    context.globalAlpha = isShown(k) ? 0.45 + 0.55 * near : 0.1;
    context.fillStyle = now.colours[now.labels[k]];
    const size = (isSolid() ? Math.round(8 + 5 * near) : 12) - small;
    if (size !== now.size) context.font = `600 ${(now.size = size)}px ${font}`; // slow to set
    context.fillText(now.labels[k], x, y);
    if (readAs(k) === now.labels[k]) return;
    context.globalAlpha *= ring;
    drawRing(k, 8, ink, 1.5);
  }

  function write(text, x, y, size, fillStyle) {
    Object.assign(context, { font: `700 ${size}px ${font}`, lineWidth: 5, strokeStyle: paper, fillStyle });
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }

  function drawCentres() {
    now.colours.forEach((colour, digit) => {
      const points = [...Array(now.digits).keys()].filter((k) => now.labels[k] === digit);
      if (!points.length || (state.only.size && !state.only.has(digit))) return;
      const [x, y] = [0, 1].map((axis) => median(points.map((k) => screen[3 * k + axis])));
      write(digit, x, y, 28, colour);
    });
  }

  function drawMark(k) {
    const [x, y] = screen.subarray(3 * k, 3 * k + 2);
    context.beginPath();
    [[0, -9], [9, 0], [0, 9], [-9, 0]].forEach(([right, down]) => context.lineTo(x + right, y + down));
    context.closePath();
    Object.assign(context, { lineWidth: 5, strokeStyle: paper, fillStyle: ink, font: `700 14px ${font}` });
    context.stroke();
    context.fill();
    const half = context.measureText(now.names[k]).width / 2 + 4;
    const above = y < 40 ? 21 : -21;
    write(now.names[k], clamp(x, half, Math.max(half, stage.clientWidth - half)), y + above, 14, ink);
  }

  function say() {
    const [k, label, read] = [state.point, now.labels[state.point], readAs(state.point)];
    picture.drawImage(sheet, SIDE * (k % now.columns), SIDE * Math.floor(k / now.columns), SIDE, SIDE, 0, 0, SIDE, SIDE);
    find(".card b").textContent = label === UNKNOWN ? now.names[k] : `A ${label}`;
    find(".verdict").textContent = `read as ${read}${label === UNKNOWN ? "" : read === label ? " ✓" : " ✗"}`;
    find("small").textContent = label === UNKNOWN ? "" : now.names[k];
  }

  function point(k) {
    if (k === state.point) return;
    state.point = k;
    say();
    draw();
  }

  /** @param {number} x @param {number} y @param {(right: number, down: number, k: number) => boolean} [allowed] */
  function nearest(x, y, allowed = () => true) {
    let [best, least] = [null, Infinity];
    for (let k = 0; k < now.num; k++) {
      const [right, down] = [screen[3 * k] - x, screen[3 * k + 1] - y];
      const far = Math.hypot(right, down);
      if (far < least && isShown(k) && allowed(right, down, k)) [best, least] = [k, far];
    }
    return [best, least];
  }

  function turn(yaw, pitch) {
    state.yaw += yaw;
    state.pitch = clamp(state.pitch + pitch, -1.5, 1.5);
    draw();
  }

  function goTo(frame) {
    const before = Math.round(state.frame);
    state.frame = frame;
    scrub.value = Math.round(frame);
    output.textContent = now.frames[Math.round(frame)];
    set(scrub, { "aria-valuetext": now.frames[Math.round(frame)] });
    if (before !== Math.round(frame)) say();
    draw();
  }

  function stop() {
    cancelAnimationFrame(state.ticket);
    state.ticket = 0;
    play.textContent = isSolid() ? "Turn" : "▶ Play";
  }

  function start() {
    const last = now.frames.length - 1;
    if (!isSolid() && state.frame >= last) goTo(0);
    play.textContent = isSolid() ? "Hold" : "Pause";
    let [before, exact] = [null, state.frame];
    const tick = (time) => {
      const passed = before === null ? 0 : time - before;
      before = time;
      state.ticket = requestAnimationFrame(tick);
      if (isSolid()) return turn(passed * TURN, 0);
      exact = Math.min(exact + passed / STEP, last);
      const frame = still() ? Math.floor(exact) : exact;
      if (frame !== state.frame) goTo(frame);
      if (exact >= last) stop();
    };
    state.ticket = requestAnimationFrame(tick);
  }

  ["pointermove", "pointerdown"].forEach((kind) => stage.addEventListener(kind, (event) => {
    const { clientX, clientY, pointerId } = event;
    const isTurning = kind === "pointermove" && stage.hasPointerCapture(pointerId);
    if (isTurning) turn((clientX - state.turned[0]) / 150, (clientY - state.turned[1]) / 150);
    if (isSolid() && kind === "pointerdown") stage.setPointerCapture(pointerId);
    state.turned = [clientX, clientY];
    if (isTurning) return;
    const [k, far] = nearest(event.offsetX, event.offsetY);
    if (k !== null && far < REACH) point(k);
  }));
  // An arrow goes to the nearest point within 45 degrees of its direction; with Shift it turns the space.
  onArrow(stage, (rows, columns, event) => {
    if (isSolid() && event.shiftKey) return turn(columns / 8, rows / 8);
    const [x, y] = screen.subarray(3 * state.point, 3 * state.point + 2);
    const [k] = nearest(x, y, (right, down, other) => {
      const along = right * columns + down * rows;
      return other !== state.point && along > 0 && along >= Math.abs(right * rows + down * columns);
    });
    if (k !== null) point(k);
  });
  scrub.addEventListener("input", () => { stop(); goTo(Number(scrub.value)); });
  play.addEventListener("click", () => (state.ticket ? stop() : start()));

  function createClasses() {
    find(".classes").replaceChildren(...now.colours.map((own, digit) => {
      const button = make("button", { type: "button" }, `${digit}`);
      const press = () => set(button, { "aria-pressed": state.only.has(digit) });
      setStyles(button, { own, on: now.onColours[digit] });
      button.addEventListener("click", () => {
        if (!state.only.delete(digit)) state.only.add(digit);
        press();
        draw();
      });
      press();
      return button;
    }));
  }

  return {
    update(/** @type {Data} */ data) {
      const [frames, num, dims] = data.shape;
      const isNew = now?.sheet !== data.sheet;
      const places = floats(data.places).map((place, k) => place - data.middle[k % data.middle.length]);
      const decoded = { places, labels: bytes(data.labels), read: bytes(data.read) };
      now = { ...data, ...decoded, num, dims, digits: num - data.marked };
      screen = new Float32Array(3 * num);
      stop();
      if (isNew) {
        state.point = data.marked ? now.digits : 0;
        sheet.onload = say;
        sheet.src = `data:image/png;base64,${data.sheet}`;
      }
      scrub.max = frames - 1;
      scrub.hidden = output.hidden = frames === 1;
      find(".time").hidden = frames === 1 && !isSolid();
      stage.classList.toggle("solid", isSolid());
      const keys = `Arrow keys go from digit to digit${isSolid() ? ", with Shift they turn the space" : ""}.`;
      set(stage, { "aria-label": `${data.describe} ${keys}` });
      find(".hint").textContent = `Press digits to see only these. A ring: read wrongly.${isSolid() ? " Drag to turn." : ""}`;
      createClasses();
      goTo(Math.min(Math.round(state.frame), frames - 1));
      say();
    },
    resize: draw,
    remove: stop,
  };
}

export default mount(createView);
