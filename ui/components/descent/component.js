// The paths come ready; the browser moves along them. Surface, curves and digits are redrawn for every step.
// @ts-check
import { level, pathThrough, pointsOf, scaleOf, superscript, text, upright, valueAxis } from "../charts.js";
import { mount } from "../mount.js";
import { TABLES, cellAt, paintIndex, within } from "../raster.js";
import { bytes, clamp, decoded, finder, fixed, onArrow, percent, set, still, whole } from "../shared.js";
const SECONDS = 9; // that a whole path takes
const MARGIN = { left: 40, right: 8, top: 6, bottom: 20 };
const HIGHEST = 1e4; // loss at the chart's upper edge, at most
const NONE = { left: 0, right: 0, top: 0, bottom: 0 };
const BALL = 9;
const FLOATS = ["first", "second", "losses", "paths", "pathLosses", "pathAccuracies", "inputs", "targets"];

/**
 * What Python sends: the axes and losses of the surface, its colours, the balls' paths, and digits; looks: letter, colour, dashes.
 * @typedef {{first: string, second: string, losses: string, index: string, paths: string, pathLosses: string,
 *   pathAccuracies: string, steps: number, best: [number, number, number], inputs: string, targets: string, names: string[],
 *   looks: [string, string, string][]}} Data
 */

/** A number in few characters: 10⁷ from 100,000 on. @param {number} value */
function number(value) {
  const size = Math.abs(value);
  if (size >= 1e5) return `${value < 0 ? "−" : ""}10${superscript(size.toExponential(0).split("+")[1])}`;
  return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : 3);
}

function createView(root) {
  const find = finder(root);
  const [plane, over, digits, chart] = [".plane", ".over", ".digits", ".chart"].map(find);
  const state = { step: 0, at: 0, playing: false, frame: 0, last: 0, chosen: 0, cell: null, sent: "", fresh: false, clicked: null };
  let now; // what Python sent, decoded
  let tell;

  const weights = (ball, step = state.step) => [0, 1].map((axis) => now.paths[2 * (ball * (now.steps + 1) + step) + axis]);
  const of = (series, ball, step = state.step) => series[ball * (now.steps + 1) + step];

  const scaleIn = ({ clientWidth: width, clientHeight: height }, across, up) => scaleOf({ width, height, margin: NONE, across, up });

  function drawPlane() {
    const [across, up] = [now.first, now.second].map((axis) => [axis[0], axis.at(-1)]);
    const { x, y, right, bottom } = scaleIn(plane, across, up);
    const pointOf = (ball, step) => {
      const [first, second] = weights(ball, step);
      return [clamp(x(first), -1e4, 1e4), clamp(y(second), -1e4, 1e4)];
    };
    const order = [...now.names.keys()].sort((a, b) => Number(a === state.chosen) - Number(b === state.chosen));
    const lines = order.map((ball) => {
      const d = pathThrough(Array.from({ length: state.step + 1 }, (_, step) => pointOf(ball, step)));
      return `<path class="edge" d="${d}"/><path stroke="${now.looks[ball][1]}" d="${d}"/>`;
    });
    const balls = order.map((ball) => {
      const [left, top] = pointOf(ball);
      const inside = left >= 0 && left <= right && top >= 0 && top <= bottom;
      const [cx, cy] = [clamp(left, BALL + 2, right - BALL - 2), clamp(top, BALL + 2, bottom - BALL - 2)];
      const name = `${ball === state.chosen ? "chosen" : ""} ${inside ? "" : "outside"}`;
      return `<circle class="${name}" cx="${cx}" cy="${cy}" r="${BALL}" fill="${now.looks[ball][1]}"/>`
        + text(cx, cy + 4, "middle", inside ? now.looks[ball][0] : "✕");
    });
    const [row, column] = state.cell ?? [];
    const cell = state.cell ? `<rect x="${x(now.first[column]) - 5}" y="${y(now.second[row]) - 5}" width="10" height="10"/>` : "";
    over.innerHTML = text(8, bottom - 8, "start", `w1 from ${across[0].toFixed(1)} to ${across[1].toFixed(1)} →`, "label")
      + text(8, 18, "start", `↑ w2, ${up[0].toFixed(1)} to ${up[1].toFixed(1)}`, "label")
      + text(x(now.best[0]) - 5, y(now.best[1]) + 4, "start", "✛ lowest", "label") + lines.join("") + balls.join("") + cell;
  }

  function drawChart() {
    const [width, height] = [Math.max(chart.clientWidth, 200), chart.clientHeight];
    const low = now.best[2] * 0.8;
    const high = Math.max(...now.pathLosses.filter((value) => value <= HIGHEST), 1) * 1.2;
    const scale = scaleOf({ width, height, margin: MARGIN, across: [0, now.steps], up: [low, high], isLog: true });
    const marks = [0.1, 1, 10, 100, 1000, 10000].filter((value) => value > low && value < high);
    const steps = [...Array(state.step + 1).keys()];
    const balls = now.looks.map(([, colour, dashes], ball) => {
      const points = pointsOf(scale, steps, steps.map((step) => clamp(of(now.pathLosses, ball, step), low, high)));
      const [left, top] = points.at(-1);
      return `<path stroke="${colour}" stroke-dasharray="${dashes}" d="${pathThrough(points)}"/>
        <circle cx="${left}" cy="${top}" r="4.5" fill="${colour}"/>`;
    });
    chart.innerHTML = valueAxis(scale, marks, whole) + text(scale.left, height - 4, "start", "step 0")
      + text(scale.right, height - 4, "end", now.steps) + level(scale, now.best[2], "best")
      + balls.join("") + upright(scale, state.step, "now");
  }

  // What the chosen ball's weights do: on which side of the line a digit lies decides how it is read.
  function drawDigits() {
    const most = [0, 1].map((axis) => Math.max(...now.inputs.filter((_, k) => k % 2 === axis)) * 1.05);
    const { x, y } = scaleIn(digits, [0, most[0]], [0, most[1]]);
    const [w1, w2] = weights(state.chosen).map((weight, _, all) => (100 * weight) / (Math.hypot(...all) || 1)); // 100: far outside
    const at = (along, ahead) => [x(along * w2 + ahead * w1), y(-along * w1 + ahead * w2)]; // along the line w1 x + w2 y = 0
    const line = [at(-1, 0), at(1, 0)];
    const shown = Array.from(now.targets, (target, k) => {
      const [digit, name] = target > 0 ? [6, "six"] : [0, ""];
      return text(x(now.inputs[2 * k]), y(now.inputs[2 * k + 1]) + 4, "middle", digit, name);
    });
    digits.style.color = now.looks[state.chosen][1];
    digits.innerHTML = `<path class="shaded" d="${pathThrough([...line, at(1, 1), at(-1, 1)])}Z"/><path d="${pathThrough(line)}"/>${shown.join("")}`;
    find(".what").textContent = `What ${now.names[state.chosen]}'s weights do: it says 6 where it is shaded`;
    const share = percent(of(now.pathAccuracies, state.chosen));
    set(digits, { "aria-label": `Zeros and sixes by their ink above and below; ${share} are told apart.` });
  }

  function write() {
    root.querySelectorAll("tbody tr").forEach((row, ball) => {
      const values = [...weights(ball), of(now.pathLosses, ball)].map(number);
      values.push(percent(of(now.pathAccuracies, ball)));
      row.querySelectorAll("td:not(:first-child)").forEach((cell, k) => { cell.textContent = values[k]; });
      row.classList.toggle("chosen", ball === state.chosen);
      row.querySelector("input").checked = ball === state.chosen;
    });
    find("output").textContent = `step ${state.step} of ${now.steps}`;
    find(".scrub").value = state.step;
    find(".play").textContent = state.playing ? "❚❚ Pause" : "▶ Roll";
    const [row, column] = state.cell ?? [];
    const words = state.cell ? `w1 ${number(now.first[column])}, w2 ${number(now.second[row])}: `
      + `loss ${number(now.losses[row * now.first.length + column])}. Click or Enter: start here.` : "Hover: read the loss. Click: start from there.";
    find(".readout").textContent = words;
    set(plane, { "aria-label": `Loss surface of two weights, four balls at step ${state.step} of ${now.steps}. `
      + `Arrow keys read it, Enter starts the balls there. ${words}` });
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
    state.cell = within([row, column], now.first.length, now.first.length);
    draw();
  }

  function start(event) {
    if (!state.cell) return;
    state.clicked = event.type === "click" ? [event.clientX, event.clientY] : null;
    tell("start", [now.first[state.cell[1]], now.second[state.cell[0]]]);
  }
  const jump = (step) => { pause(); goTo(step); };

  plane.addEventListener("pointermove", (event) => {
    const [x0, y0] = state.clicked ?? [1e6, 1e6];
    if (state.playing && Math.hypot(event.clientX - x0, event.clientY - y0) < 24) return; // the hand that has just clicked
    const side = now.first.length;
    const [row, column] = cellAt(plane.getBoundingClientRect(), event, side, side);
    read(side - 1 - row, column);
  });
  ["pointerleave", "blur"].forEach((kind) => plane.addEventListener(kind, () => { state.cell = null; draw(); }));
  plane.addEventListener("click", start);
  plane.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    start(event);
  });
  onArrow(plane, (down, right) => {
    const middle = (now.first.length - 1) / 2;
    const [row, column] = state.cell ?? [middle, middle];
    read(row - down, column + right); // the second weight grows upwards
  });
  find(".play").addEventListener("click", () => { if (state.playing) { pause(); draw(); } else play(); });
  find(".back").addEventListener("click", () => jump(state.step - 1));
  find(".next").addEventListener("click", () => jump(state.step + 1));
  find(".scrub").addEventListener("input", (event) => jump(+event.target.value));
  const sight = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting || !now || !state.fresh || still()) return;
    state.fresh = false;
    play();
  }, { threshold: 0.4 });
  sight.observe(plane);

  function createRows() {
    find("tbody").innerHTML = now.names.map((name, ball) => `<tr><td><label><input type="radio" name="ball">
      <span class="ball" style="background:${now.looks[ball][1]}">${now.looks[ball][0]}</span>${name}</label></td>${"<td></td>".repeat(4)}</tr>`).join("");
    root.querySelectorAll("tbody input").forEach((input, ball) => input.addEventListener("change", () => { state.chosen = ball; draw(); }));
  }

  return {
    update(/** @type {Data} */ data, { setStateValue }) {
      tell = setStateValue;
      const isFirst = !now;
      const isNew = data.paths !== state.sent;
      state.sent = data.paths;
      now = { ...decoded(data, ...FLOATS), index: bytes(data.index) };
      find(".scrub").max = now.steps;
      if (isFirst) createRows();
      paintIndex(plane, now.index, now.first.length, TABLES.sequential); // the browser makes it as large as it is shown
      if (isNew) { // new paths are seen from their beginning, or whole where nothing may move
        pause();
        state.step = still() ? now.steps : 0;
        state.fresh = isFirst;
        if (!isFirst && !still()) play();
      }
      state.step = clamp(state.step, 0, now.steps);
      draw();
    },
    resize: draw,
    remove() {
      pause();
      sight.disconnect();
    },
  };
}

export default mount(createView);
