// Two canvases show the same bytes, as a picture and as a line; a third one lies over both for what moves between them.
// @ts-check
import { mount } from "../mount.js";
import { cellAt, forNumbers, hasRoom, markBox, textOn } from "../raster.js";
import { argmax, bytes, clamp, css, finder, set, still, whole } from "../shared.js";

/** @typedef {{shape: [number, number, number], line: string}} Data the bytes of a picture: height, width, channels */
const WALK_SECONDS = 4;
const FLIGHT = 0.5; // seconds that a value is on its way
const LENS = 4; // cells on each side of the marked one
const CHANNELS = ["red", "green", "blue"];

const ease = (t) => t * t * (3 - 2 * t);

function createView(root) {
  const find = finder(root);
  const [picture, line, flight] = [find(".picture"), find(".line"), find(".flight")];
  const state = { cell: 0, walked: 0, playing: false, frame: 0, last: 0 };
  let now; // what Python sent, decoded

  const rgb = (k) => {
    const value = now.line[k];
    return [0, 1, 2].map((channel) => (now.channels === 1 || channel === k % 3 ? value : 0));
  };
  const ink = (k) => textOn(rgb(k));
  const parts = (k) => {
    const pixel = Math.floor(k / now.channels);
    return { row: Math.floor(pixel / now.width), column: pixel % now.width, channel: k % now.channels };
  };

  // Where a value stands, in CSS pixels of its canvas: [left, top, width, height].
  function inPicture(k) {
    const { row, column, channel } = parts(k);
    const [wide, high] = [picture.clientWidth / (now.width * now.channels), picture.clientHeight / now.height];
    return [(column * now.channels + channel) * wide, row * high, wide, high];
  }
  function inLine(k) {
    const wide = line.clientWidth / now.line.length;
    return [k * wide, 0, wide, line.clientHeight];
  }

  function prepare(canvas) {
    const scale = devicePixelRatio;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    return context;
  }

  function cell(context, /** @type {number[]} */ [x, y, width, height], k, gap) {
    const top = now.channels === 3 && context === picture.getContext("2d") ? height / 2 : 0; // the pixel's own colour above
    context.fillStyle = css(Array.from({ length: 3 }, (_, c) => now.line[k - (k % now.channels) + (now.channels === 3 ? c : 0)]));
    if (top) context.fillRect(x, y, width + 0.5, top);
    context.fillStyle = css(rgb(k));
    context.fillRect(x + gap / 2, y + top + gap / 2, Math.max(width - gap, 0.6), height - top - gap);
    if (!hasRoom(width)) return;
    forNumbers(context.canvas, Math.min(width / 2.6, 15));
    context.fillStyle = ink(k);
    context.fillText(now.line[k], x + width / 2, y + height / 2);
  }

  function mark(context, /** @type {number[]} */ [x, y, width, height]) {
    const wide = Math.max(width, 5);
    const left = clamp(x + (width - wide) / 2, 2, 1e6);
    markBox(context, [left, y + 2, wide, height - 4]);
  }

  function paint() {
    const count = now.line.length;
    const grey = getComputedStyle(root).getPropertyValue("--st-secondary-background-color");
    const one = prepare(picture);
    for (let k = 0; k < count; k++) {
      const left = k < state.walked; // already gone: only a shadow of it stays
      one.globalAlpha = left && state.walked < count ? 0.3 : 1;
      const gap = now.channels === 1 && picture.clientWidth / now.width >= 12 ? 1 : 0;
      cell(one, inPicture(k), k, gap);
    }
    one.globalAlpha = 1;
    const two = prepare(line);
    two.fillStyle = grey;
    two.fillRect(0, 0, line.clientWidth, line.clientHeight);
    for (let k = 0; k < state.walked; k++) cell(two, inLine(k), k, inLine(k)[2] >= 6 ? 1 : 0);
    mark(one, inPicture(state.cell));
    mark(two, inLine(state.cell));
  }

  // The marked value's way, and the values that are on their way now.
  function fly() {
    const over = prepare(flight);
    const frame = flight.getBoundingClientRect();
    const [from, to] = [picture, line].map((canvas) => canvas.getBoundingClientRect());
    const placed = (/** @type {number[]} */ [x, y, ...size], box) => [x + box.left - frame.left, y + box.top - frame.top, ...size];
    const [a, b] = [placed(inPicture(state.cell), from), placed(inLine(state.cell), to)];
    const accent = getComputedStyle(root).getPropertyValue("--st-primary-color");
    Object.assign(over, { strokeStyle: accent, lineWidth: 2 });
    over.beginPath();
    const [startX, startY, endX, endY] = [a[0] + a[2] / 2, a[1] + a[3], b[0] + b[2] / 2, b[1]];
    over.moveTo(startX, startY);
    const [low, middle] = [from.bottom - frame.top, (from.bottom + to.top) / 2 - frame.top];
    over.bezierCurveTo(startX, Math.max(low, middle) + 8, endX, low - 10, endX, endY);
    over.stroke();
    if (!state.playing || still()) return;
    const ahead = (FLIGHT / WALK_SECONDS) * now.line.length;
    for (let k = Math.ceil(state.walked); k < Math.min(state.walked + ahead, now.line.length); k++) {
      const t = ease(1 - (k - state.walked) / ahead);
      const [one, two] = [placed(inPicture(k), from), placed(inLine(k), to)];
      const box = one.map((value, i) => value + (two[i] - value) * t);
      over.fillStyle = css(rgb(k));
      over.fillRect(...box);
      Object.assign(over, { strokeStyle: "#8888", lineWidth: 1 });
      over.strokeRect(...box);
    }
  }

  function tell() {
    const k = state.cell;
    const { row, column, channel } = parts(k);
    const { width, channels, height, line: values } = now;
    const name = channels === 3 ? `, channel ${channel} (${CHANNELS[channel]})` : "";
    find(".where").innerHTML = `row <b>${row}</b>, column <b>${column}</b>${name} &nbsp;⟷&nbsp; index <b>${k}</b> &nbsp;·&nbsp; value <b>${values[k]}</b>`;
    find(".there").innerHTML = `= (${row} × ${width} + ${column}) × ${channels} + ${channel} = <b>${k}</b>`;
    const rest = k % (width * channels);
    find(".back-again").innerHTML = `row = ${k} ÷ (${width} × ${channels}) = <b>${row}</b>, ${rest} left<br>`
      + `column = ${rest} ÷ ${channels} = <b>${column}</b>, ${rest % channels} left: channel <b>${channel}</b>`;
    const first = clamp(k - LENS, 0, Math.max(values.length - 2 * LENS - 1, 0));
    const shown = Array.from({ length: Math.min(2 * LENS + 1, values.length) }, (_, i) => first + i);
    find(".lens").innerHTML = shown.map((i) => `<li class="${i === k ? "here" : ""}"><i style="background:${css(rgb(i))};color:${ink(i)}">${values[i]}</i>${i}</li>`).join("");
    const words = `row ${row}, column ${column}${name}, index ${k} of ${values.length}, value ${values[k]}`;
    for (const canvas of [picture, line]) set(canvas, { "aria-valuemax": values.length - 1, "aria-valuenow": k, "aria-valuetext": words });
    const walked = Math.floor(state.walked);
    find("output").textContent = `${walked} of ${values.length} in the line`;
    find(".scrub").value = walked;
    find(".play").textContent = state.playing ? "❚❚ Pause" : "▶ Play";
    picture.style.aspectRatio = `${width} / ${height}`;
  }

  function draw() {
    paint();
    fly();
    tell();
  }

  function pause() {
    state.playing = false;
    cancelAnimationFrame(state.frame);
  }

  // One marks a value by hand: everything stands in the line.
  function go(k) {
    pause();
    state.cell = clamp(k, 0, now.line.length - 1);
    state.walked = now.line.length;
    draw();
  }

  function walk(to) {
    state.walked = clamp(to, 0, now.line.length);
    state.cell = clamp(Math.ceil(state.walked) - 1, 0, now.line.length - 1);
    if (state.walked === now.line.length) pause();
    draw();
  }

  function tick(time) {
    if (!root.isConnected) return;
    const seconds = Math.min((time - state.last) / 1000, 0.1);
    state.last = time;
    walk(state.walked + (seconds / WALK_SECONDS) * now.line.length);
    if (state.playing) state.frame = requestAnimationFrame(tick);
  }

  function play() {
    if (state.walked >= now.line.length) state.walked = 0;
    Object.assign(state, { playing: true, last: performance.now() });
    draw();
    state.frame = requestAnimationFrame(tick);
  }

  function step(by) {
    pause();
    walk(Math.floor(state.walked) + by);
  }

  picture.addEventListener("pointermove", (event) => {
    const inRow = now.width * now.channels;
    const [row, x] = cellAt(picture.getBoundingClientRect(), event, now.height, inRow);
    go(row * inRow + x);
  });
  line.addEventListener("pointermove", (event) => {
    go(cellAt(line.getBoundingClientRect(), event, 1, now.line.length)[1]);
  });
  [picture, line].forEach((canvas) => canvas.addEventListener("keydown", (event) => {
    const inRow = now.width * now.channels;
    const across = canvas === picture ? inRow : 1;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -1e9, End: 1e9 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = state.cell + by;
    const inside = next >= 0 && next < now.line.length;
    const sameRow = Math.abs(by) !== 1 || Math.floor(next / inRow) === Math.floor(state.cell / inRow);
    if (canvas === line || Math.abs(by) > inRow || (inside && sameRow)) go(next);
  }));
  find(".play").addEventListener("click", () => { if (state.playing) { pause(); draw(); } else play(); });
  find(".back").addEventListener("click", () => step(-1));
  find(".next").addEventListener("click", () => step(1));
  find(".scrub").addEventListener("input", (event) => { pause(); walk(+event.target.value); });

  return {
    update(/** @type {Data} */ data) {
      const first = !now;
      const [height, width, channels] = data.shape;
      const changed = now && now.line.length !== height * width * channels;
      now = { height, width, channels, line: bytes(data.line) };
      find(".scrub").max = now.line.length;
      find("figcaption").textContent = `${height} × ${width} × ${channels}: hover a cell`;
      find(".length").textContent = `the line: ${whole(now.line.length)} values`;
      find(".last").textContent = now.line.length - 1;
      state.cell = clamp(state.cell, 0, now.line.length - 1);
      if (first || changed) Object.assign(state, { cell: argmax(now.line), walked: now.line.length });
      draw();
      if (first && !still()) play();
    },
    resize: draw,
    remove: pause,
  };
}

export default mount(createView);
