// The paths come ready; the browser moves along them. Surface, curves and digits are redrawn for every step.
import { bytes, clamp, floats, set, still } from "../shared.js";
const SECONDS = 9; // that a whole path takes
const CHART = { left: 40, right: 8, top: 6, bottom: 20, highest: 1e4 };
const BALL = 9;

function number(value) {
  const size = Math.abs(value);
  if (size >= 1e5) return `${value < 0 ? "−" : ""}10${size.toExponential(0).split("+")[1].replace(/\d/g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])}`;
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 3).replace("-", "−");
}

function createView(root, tell) {
  const find = (selector) => root.querySelector(selector);
  const [plane, digits, chart] = [find(".plane"), find(".digits"), find(".chart")];
  const state = { step: 0, at: 0, playing: false, frame: 0, last: 0, chosen: 0, cell: null, sent: "" };
  let now; // what Python sent, decoded
  let background; // the surface as a canvas, one pixel a cell

  const weights = (ball, step) => now.paths.subarray(2 * (ball * (now.steps + 1) + step), 2 * (ball * (now.steps + 1) + step) + 2);
  const of = (series, ball, step) => series[ball * (now.steps + 1) + step];
  const [x, y] = [
    (value, width) => ((value - now.first[0]) / (now.first.at(-1) - now.first[0])) * width,
    (value, height) => (1 - (value - now.second[0]) / (now.second.at(-1) - now.second[0])) * height,
  ];

  function prepare(canvas) {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const scale = devicePixelRatio;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    return [context, width, height];
  }

  function makeBackground() {
    const side = now.first.length;
    background = new OffscreenCanvas(side, side);
    const picture = new ImageData(side, side);
    for (let k = 0; k < side * side; k++) {
      const row = side - 1 - Math.floor(k / side); // the second weight grows upwards
      const colour = 3 * now.index[row * side + (k % side)];
      picture.data.set([...now.table.subarray(colour, colour + 3), 255], 4 * k);
    }
    background.getContext("2d").putImageData(picture, 0, 0);
  }

  function drawPlane() {
    const [context, width, height] = prepare(plane);
    context.imageSmoothingEnabled = true;
    context.drawImage(background, 0, 0, width, height);
    Object.assign(context, { font: `12px ${getComputedStyle(root).fontFamily}`, lineJoin: "round", textAlign: "left" });
    const text = (words, left, top) => {
      context.fillStyle = "rgb(0 0 0 / 0.65)";
      context.fillRect(left - 4, top - 12, context.measureText(words).width + 8, 17);
      context.fillStyle = "#fff";
      context.fillText(words, left, top);
    };
    text(`w1 from ${now.first[0].toFixed(1)} to ${now.first.at(-1).toFixed(1)} →`, 8, height - 8);
    text(`↑ w2, ${now.second[0].toFixed(1)} to ${now.second.at(-1).toFixed(1)}`, 8, 18);
    const [bestX, bestY] = [x(now.best[0], width), y(now.best[1], height)];
    text("✛ lowest", bestX - 5, bestY + 4);
    const order = [...now.names.keys()].sort((a, b) => (a === state.chosen) - (b === state.chosen));
    order.forEach((ball) => {
      context.beginPath();
      for (let step = 0; step <= state.step; step++) {
        const [first, second] = weights(ball, step);
        context.lineTo(clamp(x(first, width), -1e4, 1e4), clamp(y(second, height), -1e4, 1e4));
      }
      [["#fff", 4], [now.looks[ball][1], 2.2]].forEach(([strokeStyle, lineWidth]) => {
        Object.assign(context, { strokeStyle, lineWidth });
        context.stroke();
      });
    });
    order.forEach((ball) => {
      const [first, second] = weights(ball, state.step);
      const [left, top] = [x(first, width), y(second, height)];
      const inside = left >= 0 && left <= width && top >= 0 && top <= height;
      const [px, py] = [clamp(left, BALL + 2, width - BALL - 2), clamp(top, BALL + 2, height - BALL - 2)];
      context.beginPath();
      context.arc(px, py, BALL, 0, 7);
      Object.assign(context, { fillStyle: now.looks[ball][1], strokeStyle: "#fff", lineWidth: ball === state.chosen ? 3.5 : 1.5, globalAlpha: inside ? 1 : 0.75 });
      context.fill();
      context.stroke();
      Object.assign(context, { fillStyle: "#fff", textAlign: "center", globalAlpha: 1 });
      context.fillText(inside ? now.looks[ball][0] : "✕", px, py + 4);
    });
    if (state.cell) {
      const side = now.first.length;
      const [left, top] = [(state.cell[1] + 0.5) * (width / side), height - (state.cell[0] + 0.5) * (height / side)];
      Object.assign(context, { strokeStyle: "#fff", lineWidth: 2 });
      context.strokeRect(left - 5, top - 5, 10, 10);
    }
  }

  function drawChart() {
    const [width, height] = [Math.max(chart.clientWidth, 200), chart.clientHeight];
    const finite = now.pathLosses.filter((value) => value <= CHART.highest);
    const [low, high] = [Math.log10(now.best[2] * 0.8), Math.log10(Math.max(...finite, 1) * 1.2)];
    const across = (step) => CHART.left + (step / now.steps) * (width - CHART.left - CHART.right);
    const up = (loss) => CHART.top + (1 - (Math.log10(clamp(loss, now.best[2] * 0.8, 10 ** high)) - low) / (high - low)) * (height - CHART.top - CHART.bottom);
    const parts = [0.1, 1, 10, 100, 1000, 10000].filter((v) => Math.log10(v) > low && Math.log10(v) < high).map((v) =>
      `<line x1="${CHART.left}" x2="${width - CHART.right}" y1="${up(v)}" y2="${up(v)}"/><text x="${CHART.left - 5}" y="${up(v) + 4}" text-anchor="end">${v.toLocaleString("en")}</text>`);
    parts.push(`<text x="${CHART.left}" y="${height - 4}">step 0</text><text x="${width - CHART.right}" y="${height - 4}" text-anchor="end">${now.steps}</text>`);
    parts.push(`<line stroke-dasharray="1 4" x1="${CHART.left}" x2="${width - CHART.right}" y1="${up(now.best[2])}" y2="${up(now.best[2])}"/>`);
    now.names.forEach((_, ball) => {
      const points = Array.from({ length: state.step + 1 }, (__, step) => `${across(step).toFixed(1)} ${up(of(now.pathLosses, ball, step)).toFixed(1)}`);
      parts.push(`<path stroke="${now.looks[ball][1]}" stroke-dasharray="${now.looks[ball][2]}" d="M${points.join("L")}"/>`);
      const [px, py] = points.at(-1).split(" ").map(Number);
      parts.push(`<circle cx="${px}" cy="${py}" r="4.5" fill="${now.looks[ball][1]}"/>`);
    });
    parts.push(`<line class="now" x1="${across(state.step)}" x2="${across(state.step)}" y1="${CHART.top}" y2="${height - CHART.bottom}" opacity="0.3"/>`);
    chart.innerHTML = parts.join("");
  }

  // What the chosen ball's weights do: on which side of the line a digit lies decides how it is read.
  function drawDigits() {
    const [context, width, height] = prepare(digits);
    const most = [0, 1].map((axis) => Math.max(...now.inputs.filter((_, k) => k % 2 === axis)) * 1.05);
    const at = (first, second) => [30 + (first / most[0]) * (width - 36), height - 22 - (second / most[1]) * (height - 28)];
    const [w1, w2] = weights(state.chosen, state.step);
    const style = getComputedStyle(root);
    context.save();
    context.beginPath();
    context.rect(...at(0, most[1]), width - 36, height - 28);
    context.clip();
    const size = Math.hypot(w1, w2) || 1;
    const [lineX, lineY] = [(w2 / size) * 100, (-w1 / size) * 100]; // along the line w1 x + w2 y = 0
    context.beginPath();
    context.moveTo(...at(-lineX, -lineY));
    context.lineTo(...at(lineX, lineY));
    context.lineTo(...at(lineX + w1 * 1e3, lineY + w2 * 1e3));
    context.lineTo(...at(-lineX + w1 * 1e3, -lineY + w2 * 1e3));
    Object.assign(context, { fillStyle: now.looks[state.chosen][1], globalAlpha: 0.18 });
    context.fill();
    Object.assign(context, { globalAlpha: 1, strokeStyle: now.looks[state.chosen][1], lineWidth: 2.5 });
    context.beginPath();
    context.moveTo(...at(-lineX, -lineY));
    context.lineTo(...at(lineX, lineY));
    context.stroke();
    context.restore();
    Object.assign(context, { font: `600 12px ${style.fontFamily}`, textAlign: "center", fillStyle: style.color });
    now.targets.forEach((target, k) => {
      const [left, top] = at(now.inputs[2 * k], now.inputs[2 * k + 1]);
      context.globalAlpha = target > 0 ? 1 : 0.6;
      context.fillText(target > 0 ? "6" : "0", left, top + 4);
    });
    Object.assign(context, { globalAlpha: 0.85, font: `11px ${style.fontFamily}` });
    context.fillText("ink in the upper half →", width / 2, height - 5);
    context.save();
    context.translate(12, height / 2);
    context.rotate(-Math.PI / 2);
    context.fillText("in the lower half →", 0, 0);
    context.restore();
    context.globalAlpha = 1;
    find(".what").textContent = `What ${now.names[state.chosen]}'s weights do: it says 6 where it is shaded`;
    set(digits, { "aria-label": `Zeros and sixes by their ink above and below; ${number(100 * of(now.pathAccuracies, state.chosen, state.step))} % are told apart.` });
  }

  function write() {
    root.querySelectorAll("tbody tr").forEach((row, ball) => {
      const [first, second] = weights(ball, state.step);
      const values = [number(first), number(second), number(of(now.pathLosses, ball, state.step)), `${(100 * of(now.pathAccuracies, ball, state.step)).toFixed(1)} %`];
      row.querySelectorAll("td:not(:first-child)").forEach((cell, k) => { cell.textContent = values[k]; });
      row.classList.toggle("chosen", ball === state.chosen);
      row.querySelector("input").checked = ball === state.chosen;
    });
    find("output").textContent = `step ${state.step} of ${now.steps}`;
    find(".scrub").value = state.step;
    find(".play").textContent = state.playing ? "❚❚ Pause" : "▶ Roll";
    const cell = state.cell && [now.first[state.cell[1]], now.second[state.cell[0]], now.losses[state.cell[0] * now.first.length + state.cell[1]]];
    const words = cell ? `w1 ${number(cell[0])}, w2 ${number(cell[1])}: loss ${number(cell[2])}. Click or Enter: start here.`
      : "Hover: read the loss. Click: start from there.";
    find(".readout").textContent = words;
    set(plane, { "aria-label": `Loss surface of two weights, four balls at step ${state.step} of ${now.steps}. Arrow keys read it, Enter starts the balls there. ${words}` });
  }

  function draw() {
    drawPlane();
    drawChart();
    drawDigits();
    write();
  }

  function pause() {
    state.playing = false;
    cancelAnimationFrame(state.frame);
  }

  function goTo(step) {
    state.step = clamp(step, 0, now.steps);
    if (state.step === now.steps) pause();
    draw();
  }

  function tick(time) {
    if (!root.isConnected) return;
    state.at += (Math.min(time - state.last, 100) / 1000 / SECONDS) * now.steps;
    state.last = time;
    if (Math.floor(state.at) !== state.step) goTo(Math.floor(state.at));
    if (state.playing) state.frame = requestAnimationFrame(tick);
  }

  function play() {
    if (state.step >= now.steps) state.step = 0;
    Object.assign(state, { playing: true, at: state.step, last: performance.now() });
    draw();
    state.frame = requestAnimationFrame(tick);
  }

  function read(row, column) {
    pause();
    const side = now.first.length - 1;
    state.cell = [clamp(row, 0, side), clamp(column, 0, side)];
    draw();
  }

  function start(event) {
    if (!state.cell) return;
    state.clicked = event.type === "click" ? [event.clientX, event.clientY] : null;
    tell([now.first[state.cell[1]], now.second[state.cell[0]]]);
  }
  const step = (by) => { pause(); goTo(state.step + by); };

  plane.addEventListener("pointermove", (event) => {
    const [x0, y0] = state.clicked ?? [1e6, 1e6];
    if (state.playing && Math.hypot(event.clientX - x0, event.clientY - y0) < 24) return; // the hand that has just clicked
    const box = plane.getBoundingClientRect();
    const side = now.first.length;
    read(Math.floor((1 - (event.clientY - box.top) / box.height) * side), Math.floor(((event.clientX - box.left) / box.width) * side));
  });
  plane.addEventListener("pointerleave", () => { state.cell = null; draw(); });
  plane.addEventListener("blur", () => { state.cell = null; draw(); });
  plane.addEventListener("click", start);
  plane.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (by || event.key === "Enter") event.preventDefault();
    const middle = (now.first.length - 1) / 2;
    const [row, column] = state.cell ?? [middle, middle];
    if (by) read(row + by[0], column + by[1]);
    if (event.key === "Enter") start(event);
  });
  find(".play").addEventListener("click", () => { if (state.playing) { pause(); draw(); } else play(); });
  find(".back").addEventListener("click", () => step(-1));
  find(".next").addEventListener("click", () => step(1));
  find(".scrub").addEventListener("input", (event) => { pause(); goTo(+event.target.value); });
  const observer = new ResizeObserver(() => now && draw());
  observer.observe(root);
  const sight = new IntersectionObserver(([entry]) => entry.isIntersecting && now && state.fresh && !still() && (state.fresh = false, play()), { threshold: 0.4 });
  sight.observe(plane);

  function createRows() {
    find("tbody").innerHTML = now.names.map((name, ball) => `<tr><td><label><input type="radio" name="ball">
      <span class="ball" style="background:${now.looks[ball][1]}">${now.looks[ball][0]}</span>${name}</label></td><td></td><td></td><td></td><td></td></tr>`).join("");
    root.querySelectorAll("tbody input").forEach((input, ball) => input.addEventListener("change", () => { state.chosen = ball; draw(); }));
  }

  return {
    update(data, report) {
      tell = report;
      const isFirst = !now;
      const isNew = data.paths !== state.sent;
      state.sent = data.paths;
      const decoded = ["first", "second", "losses", "paths", "pathLosses", "pathAccuracies", "inputs", "targets"].map((name) => [name, floats(data[name])]);
      now = { ...data, ...Object.fromEntries(decoded), index: bytes(data.index), table: bytes(data.table) };
      find(".scrub").max = now.steps;
      if (isFirst) createRows();
      makeBackground();
      if (isNew) { // new paths are seen from their beginning, or whole where nothing may move
        pause();
        state.step = still() ? now.steps : 0;
        state.fresh = isFirst;
        if (!isFirst && !still()) play();
      }
      state.step = clamp(state.step, 0, now.steps);
      draw();
    },
    remove: () => { pause(); observer.disconnect(); sight.disconnect(); },
  };
}

const views = new WeakMap(); // DOM node -> its view

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".root");
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root).update(data, (start) => setStateValue("start", start));
  return views.get(root).remove;
}
