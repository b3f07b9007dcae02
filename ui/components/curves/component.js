// Two linked charts, redrawn in place: zoom, crosshair and what is drawn belong to the DOM node, not to the data.
// Series come as [steps, loss, accuracy]; those of the epochs go on with the validation's loss and accuracy.
import { linePath, logTicks, nearest, pointPath, short, ticks } from "../charts.js";
import { mount } from "../mount.js";
import { clamp, floats, set, whole } from "../shared.js";
import { followStage, stages } from "../stages.js";
const MARGIN = { left: 46, right: 10, top: 22, bottom: 36 };
const HALF_LIVES = [0, 2, 5, 10, 20, 50, 100, 200]; // in batches
const LOWEST_ACCURACIES = [0, 0.5, 0.8, 0.9, 0.95, 0.98];
const DISC = "m0-4a4 4 0 1 0 .01 0Z";
const DIAMOND = "m0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5Z";
const WHEEL = 1.25; // zoom of one notch
const MARK_WIDTH = 120; // pixels that the words of a mark take

function exact(value, i) {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (i === 1) return `${(100 * value).toFixed(2)} %`;
  return Number.isFinite(value) ? value.toPrecision(4) : "∞";
}

// Exponential mean over bucket means; the half-life counts batches, so a growing bucket changes nothing.
function smoothed(values, bucketSize, halfLife) {
  if (halfLife === 0) return values;
  const keep = 0.5 ** (bucketSize / halfLife);
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return NaN;
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}

function gridOf({ x, y, from, to, right, bottom, height }, values, label, run) {
  const text = (left, top, anchor, content) => `<text x="${left}" y="${top}" text-anchor="${anchor}">${content}</text>`;
  const middle = (MARGIN.left + right) / 2;
  const parts = [text(MARGIN.left - 6, 12, "end", "epoch"), text(middle, height - 4, "middle", "step (batches seen)")];
  for (const value of values) {
    parts.push(`<line x1="${MARGIN.left}" x2="${right}" y1="${y(value)}" y2="${y(value)}"/>`);
    parts.push(text(MARGIN.left - 6, y(value) + 4, "end", label(value)));
  }
  for (const step of ticks(from, to, (right - MARGIN.left) / 80).filter(Number.isInteger)) {
    parts.push(text(x(step), bottom + 16, "middle", whole(step)));
  }
  const epoch = run.batchesPerEpoch;
  const stride = 2 ** Math.max(0, Math.ceil(Math.log2(34 / (x(epoch) - x(0))))); // at least 34 pixels apart
  for (let k = Math.max(1, Math.ceil(from / epoch / stride)) * stride; k * epoch <= to; k += stride) {
    parts.push(`<line class="epoch" x1="${x(k * epoch)}" x2="${x(k * epoch)}" y1="16" y2="${bottom}"/>`);
    parts.push(text(x(k * epoch) - 4, 12, "end", k));
  }
  if (run.batch[0].length === 0) {
    parts.push(`<text class="empty" x="${middle}" y="${bottom / 2 + 16}" text-anchor="middle">Waiting for the first batch …</text>`);
  }
  return parts.join("");
}

// Lines where something was changed by hand, with words where there is room.
function marksOf({ x, from, to, bottom }, marks, top) {
  return marks.filter(([step]) => step >= from && step <= to).map(([step, words], k, shown) => {
    const hasRoom = k === shown.length - 1 || x(shown[k + 1][0]) - x(step) > MARK_WIDTH;
    const text = hasRoom ? `<text x="${x(step) + 4}" y="${top ? MARGIN.top + 12 : bottom - 6}">${words}</text>` : "";
    return `<line x1="${x(step)}" x2="${x(step)}" y1="${MARGIN.top}" y2="${bottom}"/>${text}`;
  }).join("");
}

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const [plots, tip] = [find(".plots"), find(".tip")];
  const charts = [...root.querySelectorAll(".chart")];
  const state = { zoom: null, cursor: null, active: 0, drag: null, fingers: new Map(), pinch: null, hidden: new Set() };
  let run; // what Python sent, decoded
  let scales; // one a chart

  // The run so far; it grows by doublings of epochs, so that the axis rests in between.
  function extent() {
    const last = run.batch[0].at(-1) ?? 0;
    let epochs = 1;
    while (epochs * run.batchesPerEpoch < last) epochs *= 2;
    return [0, Math.max(last, Math.min(epochs * run.batchesPerEpoch, run.totalSteps), 1)];
  }

  const span = () => state.zoom ?? extent();
  const reset = () => zoomTo(...extent());
  const isLog = (i) => i === 0 && find(".log").checked;

  // What is drawn: steps and values by the names of the series.
  const seriesOf = (i) => Object.entries({
    batch: [run.batch[0], run.batch[1 + i]],
    smooth: [run.smooth[0], run.smooth[1 + i]],
    epoch: [run.epoch[0], run.epoch[1 + i]],
    validation: [run.epoch[0], run.epoch[3 + i]],
  }).map(([name, series]) => [name, state.hidden.has(name) ? [[], []] : series]);

  function range(i, from, to) {
    const seen = seriesOf(i).flatMap(([, [steps, values]]) =>
      [...values].filter((value, k) => Number.isFinite(value) && steps[k] >= from && steps[k] <= to));
    const least = seen.reduce((a, b) => (b > 0 || i === 1 ? Math.min(a, b) : a), Infinity);
    if (i === 1) return [seen.length ? LOWEST_ACCURACIES.findLast((low) => low <= least) : 0, 1];
    const most = seen.reduce((a, b) => Math.max(a, b), 0) || 2.5;
    return isLog(0) ? [Math.min(least, most) / 1.2, Math.max(most, 4 * Math.min(least, most)) * 1.2] : [0, most * 1.05];
  }

  function scaleOf(svg, i) {
    const { width, height } = svg.getBoundingClientRect();
    const [from, to] = span();
    const [low, high] = range(i, from, to);
    const [right, bottom] = [Math.max(width - MARGIN.right, MARGIN.left + 1), height - MARGIN.bottom];
    const share = isLog(i)
      ? (value) => (value > 0 ? Math.log(value / low) / Math.log(high / low) : NaN)
      : (value) => (value - low) / (high - low);
    return {
      from,
      to,
      low,
      high,
      right,
      bottom,
      height,
      x: (step) => MARGIN.left + ((step - from) / (to - from)) * (right - MARGIN.left),
      y: (value) => bottom - share(value) * (bottom - MARGIN.top),
      toStep: (x) => clamp(from + ((x - MARGIN.left) / (right - MARGIN.left)) * (to - from), from, to),
    };
  }

  function draw() {
    const halfLife = HALF_LIVES[find(".smoothing").value];
    find("output").value = halfLife ? `${halfLife} batches` : "off";
    set(find(".smoothing"), { "aria-valuetext": find("output").value });
    find(".reset").disabled = state.zoom === null;
    run.smooth = [run.mean[0], ...[1, 2].map((i) => smoothed(run.mean[i], run.bucketSize, halfLife))];
    scales = charts.map(scaleOf);
    charts.forEach((svg, i) => {
      const scale = scales[i];
      set(svg.querySelector("clipPath rect"), { x: MARGIN.left - 6, width: scale.right - MARGIN.left + 12 });
      const values = (isLog(i) ? logTicks : ticks)(scale.low, scale.high, 6);
      const label = i === 1 ? (value) => `${+(100 * value).toFixed(1)} %` : (value) => short(value, 3);
      svg.querySelector(".grid").innerHTML = gridOf(scale, values, label, run);
      const path = (selector, d) => svg.querySelector(selector).setAttribute("d", d);
      const { batch, smooth, epoch, validation } = Object.fromEntries(seriesOf(i));
      path(".batch", linePath(scale, ...batch));
      path(".smooth", linePath(scale, ...smooth));
      path(".line", linePath(scale, ...validation));
      path(".point.training", pointPath(scale, ...epoch, DISC));
      path(".point.validation", pointPath(scale, ...validation, DIAMOND));
      svg.querySelector(".marks").innerHTML = marksOf(scale, run.marks, i === 0); // where the curve is not
    });
    root.querySelectorAll("[data-series]").forEach((button) =>
      button.setAttribute("aria-pressed", !state.hidden.has(button.dataset.series)));
    drawStage();
    drawCursor();
  }

  // A line where the timeline stands, and all that came later pale.
  function drawStage() {
    const step = run.id === null || (stages.isNewest[run.id] ?? true) ? undefined : stages.step[run.id];
    charts.forEach((svg, i) => {
      const { x, right, bottom } = scales[i];
      const [line, later] = [svg.querySelector(".stage"), svg.querySelector(".later")];
      [line, later].forEach((element) => { element.style.display = step === undefined ? "none" : ""; });
      if (step === undefined) return;
      set(line, { x1: x(step), x2: x(step), y1: MARGIN.top, y2: bottom });
      set(later, { x: x(step), width: Math.max(0, right + 6 - x(step)), y: MARGIN.top, height: bottom - MARGIN.top });
    });
  }

  // The values at one step: of its batch, of the smoothed lines, and of the epoch it belongs to.
  function readingAt(cursor) {
    const k = nearest(run.batch[0], cursor);
    const step = run.batch[0][k];
    const epoch = Math.ceil(step / run.batchesPerEpoch);
    const values = {
      "this batch": [run.batch[1][k], run.batch[2][k]],
      "smoothed": [1, 2].map((i) => run.smooth[i][nearest(run.mean[0], step)]),
      [`epoch ${epoch}, mean`]: [run.epoch[1][epoch - 1], run.epoch[2][epoch - 1]],
      "validation": [run.epoch[3][epoch - 1], run.epoch[4][epoch - 1]],
    };
    return { step, epoch, rows: Object.entries(values).map(([name, pair]) => [name, ...pair.map(exact)]) };
  }

  function drawCursor() {
    const reading = state.cursor !== null && run.batch[0].length ? readingAt(state.cursor) : null;
    charts.forEach((svg, i) => {
      const { x, bottom } = scales[i];
      const [line, drag] = [svg.querySelector(".cross"), svg.querySelector(".drag")];
      line.style.display = reading ? "" : "none";
      drag.style.display = state.drag ? "" : "none";
      if (reading) set(line, { x1: x(reading.step), x2: x(reading.step), y1: MARGIN.top, y2: bottom });
      if (!state.drag) return;
      const [a, b] = [x(state.drag.from), x(state.cursor)].sort((p, q) => p - q);
      set(drag, { x: a, width: b - a, y: MARGIN.top, height: bottom - MARGIN.top });
    });
    const last = run.batch[0].at(-1) ?? 0;
    const spoken = reading?.rows.map(([name, loss, accuracy]) => `${name} loss ${loss}, accuracy ${accuracy}`).join("; ");
    const [now, text] = reading ? [reading.step, `step ${reading.step}: ${spoken}`] : [last, `step ${last}`];
    set(plots, { "aria-valuemax": last, "aria-valuenow": now, "aria-valuetext": text });
    tip.hidden = !reading;
    if (reading) showTip(reading);
  }

  function showTip({ step, epoch, rows }) {
    const cells = rows.map(([name, loss, accuracy]) => `<tr><th>${name}</th><td>${loss}</td><td>${accuracy}</td></tr>`);
    tip.innerHTML = `<b>Step ${whole(step)}, epoch ${epoch}</b>
      <table><tr><th></th><th>loss</th><th>accuracy</th></tr>${cells.join("")}</table>`;
    const figure = charts[state.active].parentElement;
    const x = figure.offsetLeft + scales[state.active].x(step);
    const room = plots.clientWidth - tip.offsetWidth;
    tip.style.left = `${clamp(x + 14 <= room ? x + 14 : x - 14 - tip.offsetWidth, 0, Math.max(room, 0))}px`;
    tip.style.top = `${figure.offsetTop + 48}px`;
  }

  function zoomTo(from, to) {
    const [low, high] = extent();
    const width = clamp(to - from, Math.min(4, high - low), high - low);
    const start = clamp((from + to - width) / 2, low, high - width);
    state.zoom = width >= high - low ? null : [start, start + width];
    draw();
  }

  function scaleZoom(factor) {
    const [from, to] = span();
    const centre = state.cursor ?? (from + to) / 2;
    zoomTo(centre - (centre - from) * factor, centre + (to - centre) * factor);
  }

  function move(by) {
    const steps = run.batch[0];
    if (steps.length === 0) return;
    const [from, to] = span();
    state.cursor = steps[clamp(nearest(steps, state.cursor ?? to) + by, 0, steps.length - 1)];
    if (state.cursor < from || state.cursor > to) zoomTo(state.cursor - (to - from) / 2, state.cursor + (to - from) / 2);
    else drawCursor();
  }

  const keys = {
    "ArrowLeft": () => move(-1),
    "ArrowRight": () => move(1),
    "PageDown": () => move(-20),
    "PageUp": () => move(20),
    "Home": () => move(-Infinity),
    "End": () => move(Infinity),
    "Escape": reset,
    "+": () => scaleZoom(0.5),
    "=": () => scaleZoom(0.5),
    "-": () => scaleZoom(2),
  };
  plots.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  // The wheel belongs to the page until the charts were clicked; with Ctrl, and so by two fingers, it always zooms.
  plots.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !plots.matches(":focus")) return;
    event.preventDefault();
    const [from, to] = span();
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) >= Math.abs(event.deltaY)) {
      const by = Math.sign(sideways) * (to - from) / 8;
      if (state.zoom) zoomTo(from + by, to + by);
    } else scaleZoom(WHEEL ** Math.sign(event.deltaY));
  }, { passive: false });
  const leave = () => {
    state.cursor = state.drag = null;
    state.fingers.clear();
    state.pinch = null;
    drawCursor();
  };

  // Two fingers keep the steps under them.
  function pinch() {
    const [a, b] = [...state.fingers.values()];
    if (Math.abs(b - a) < 0.02) return;
    const width = (state.pinch[1] - state.pinch[0]) / (b - a);
    if (width > 0) zoomTo(state.pinch[0] - a * width, state.pinch[0] + (1 - a) * width);
  }
  plots.addEventListener("blur", leave);
  charts.forEach((svg, i) => {
    const stepAt = (event) => scales[i].toStep(event.clientX - svg.getBoundingClientRect().left);
    const shareAt = (event) => {
      const { left } = svg.getBoundingClientRect();
      return (event.clientX - left - MARGIN.left) / (scales[i].right - MARGIN.left);
    };
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      state.fingers.set(event.pointerId, shareAt(event));
      state.drag = state.fingers.size === 1 ? { from: stepAt(event), x: event.clientX } : null;
      const [from, to] = span();
      state.pinch = state.fingers.size === 2 ? [...state.fingers.values()].map((share) => from + share * (to - from)) : null;
    });
    svg.addEventListener("pointermove", (event) => {
      if (state.fingers.has(event.pointerId)) state.fingers.set(event.pointerId, shareAt(event));
      [state.cursor, state.active] = state.pinch ? [null, i] : [stepAt(event), i];
      if (state.pinch) pinch();
      else drawCursor();
    });
    svg.addEventListener("pointerup", (event) => {
      state.fingers.delete(event.pointerId);
      if (state.pinch) return void (state.pinch = state.fingers.size ? state.pinch : null);
      const drag = state.drag;
      state.drag = null;
      if (drag && Math.abs(event.clientX - drag.x) > 6) zoomTo(...[drag.from, stepAt(event)].sort((a, b) => a - b));
      else drawCursor();
    });
    svg.addEventListener("pointercancel", leave);
    svg.addEventListener("pointerleave", () => state.drag || leave());
    svg.addEventListener("dblclick", reset);
  });
  find(".reset").addEventListener("click", reset);
  find(".smoothing").addEventListener("input", draw);
  find(".log").addEventListener("change", draw);
  root.querySelectorAll("[data-series]").forEach((button) => button.addEventListener("click", () => {
    const name = button.dataset.series;
    if (!state.hidden.delete(name)) state.hidden.add(name);
    draw();
  }));
  const unfollow = followStage(() => run?.id, () => drawStage());
  const observer = new ResizeObserver(() => run && draw());
  observer.observe(plots);

  function summarise() {
    const [steps, losses, accuracies] = run.batch;
    const epochs = run.epoch[0].length;
    const validated = run.epoch[3].some((value) => !Number.isNaN(value));
    root.classList.toggle("validated", validated);
    const latest = [0, 1].map((i) => (epochs === 0 ? "" : `epoch ${epochs}: ${exact(run.epoch[1 + i].at(-1), i)}`
      + (validated ? `, validation ${exact(run.epoch[3 + i].at(-1), i)}` : "")));
    root.querySelectorAll(".latest").forEach((element, i) => element.replaceChildren(latest[i]));
    const now = steps.length === 0 ? "waiting for the first batch." : `step ${steps.at(-1)} of ${run.totalSteps}. `
      + `This batch: loss ${exact(losses.at(-1), 0)}, accuracy ${exact(accuracies.at(-1), 1)}.`
      + (epochs ? ` Loss, ${latest[0]}. Accuracy, ${latest[1]}.` : "");
    set(plots, { "aria-label": `Training curves, ${now} Left and right read the values, plus and minus zoom.` });
  }

  return {
    update(data) {
      const decode = (group) => group.map(floats);
      run = { ...data, batch: decode(data.batch), mean: decode(data.mean), epoch: decode(data.epoch) };
      const styles = { ...data.colours, height: `${data.height}px` };
      Object.entries(styles).forEach(([name, value]) => root.style.setProperty(`--${name}`, value));
      summarise();
      draw();
    },
    remove() {
      observer.disconnect();
      unfollow();
    },
  };
}

export default mount(createView);
