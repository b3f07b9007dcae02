// Two linked charts, redrawn in place: zoom, crosshair and what is drawn belong to the DOM node, not to the data.
// Series come as [steps, loss, accuracy]; those of the epochs go on with the validation's loss and accuracy.
// @ts-check
import * as chart from "../charts.js";
import { mount } from "../mount.js";
import { clamp, finder, floats, set, setStyles, short, whole } from "../shared.js";
import { followStage, stages } from "../stages.js";
const MARGIN = { left: 46, right: 10, top: 22, bottom: 36 };
const HALF_LIVES = [0, 2, 5, 10, 20, 50, 100, 200]; // in batches
const LOWEST_ACCURACIES = [0, 0.5, 0.8, 0.9, 0.95, 0.98];
const DISC = "m0-4a4 4 0 1 0 .01 0Z";
const DIAMOND = "m0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5Z";
const WHEEL = 1.25; // zoom of one notch
const MARK_WIDTH = 120; // pixels that the words of a mark take

/**
 * What Python sends; series: lists of floats as base64, mean: of each bucket of batches; id: of the run whose stage is shown.
 * @typedef {{batch: string[], mean: string[], epoch: string[], bucketSize: number, totalSteps: number, batchesPerEpoch: number,
 *   height: number, id: string | null, marks: [number, string][], colours: object}} Data
 */

function exact(value, i) {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (i === 1) return `${(100 * value).toFixed(2)} %`;
  return Number.isFinite(value) ? value.toPrecision(4) : "∞";
}

function gridOf(scale, values, label, run) {
  const { x, from, to, left, right, bottom, height } = scale;
  const middle = (left + right) / 2;
  const steps = chart.ticks(from, to, (right - left) / 80).filter(Number.isInteger);
  const parts = [chart.text(left - 6, 12, "end", "epoch"), chart.text(middle, height - 4, "middle", "step (batches seen)")];
  parts.push(chart.valueAxis(scale, values, label), chart.placeAxis(scale, steps.map((step) => [step, whole(step)])));
  const epoch = run.batchesPerEpoch;
  const stride = 2 ** Math.max(0, Math.ceil(Math.log2(34 / (x(epoch) - x(0))))); // at least 34 pixels apart
  for (let k = Math.max(1, Math.ceil(from / epoch / stride)) * stride; k * epoch <= to; k += stride) {
    parts.push(chart.upright({ ...scale, top: 16 }, k * epoch, "epoch"), chart.text(x(k * epoch) - 4, 12, "end", k));
  }
  if (run.batch[0].length === 0) parts.push(chart.text(middle, bottom / 2 + 16, "middle", "Waiting for the first batch …", "empty"));
  return parts.join("");
}

// Lines where something was changed by hand, with words where there is room.
function marksOf(scale, marks, y) {
  return marks.filter(([step]) => step >= scale.from && step <= scale.to).map(([step, words], k, shown) => {
    const hasRoom = k === shown.length - 1 || scale.x(shown[k + 1][0]) - scale.x(step) > MARK_WIDTH;
    return chart.upright(scale, step) + (hasRoom ? chart.text(scale.x(step) + 4, y, "start", words) : "");
  }).join("");
}

// From one pixel to another, as high as the chart; without ends it is hidden.
function band(rect, { top, bottom }, ends) {
  rect.style.display = ends ? "" : "none";
  if (ends) set(rect, { x: Math.min(...ends), width: Math.abs(ends[1] - ends[0]), y: top, height: bottom - top });
}

function createView(root) {
  const find = finder(root);
  const [plots, tip] = [find(".plots"), find(".tip")];
  find("figure").after(find("figure").cloneNode(true));
  const charts = [...root.querySelectorAll(".chart")];
  charts.forEach((svg, i) => {
    svg.parentElement.querySelector("b").textContent = ["Loss", "Accuracy"][i];
    svg.querySelector("clipPath").id = `clip${i}`;
    set(svg.querySelector(".clipped"), { "clip-path": `url(#clip${i})` });
  });
  const state = { zoom: null, cursor: null, active: 0, fingers: new Map(), isPinched: false, hidden: new Set() };
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

  /** What is drawn: steps and values by the names of the series. @type {(i: number) => Record<string, any>} */
  const seriesOf = (i) => Object.fromEntries(Object.entries({
    batch: [run.batch[0], run.batch[1 + i]],
    smooth: [run.mean[0], run.smooth[1 + i]],
    epoch: [run.epoch[0], run.epoch[1 + i]],
    validation: [run.epoch[0], run.epoch[3 + i]],
  }).map(([name, series]) => [name, state.hidden.has(name) ? [[], []] : series]));

  function range(i, [from, to]) {
    const seen = Object.values(seriesOf(i)).flatMap(([steps, values]) =>
      [...values].filter((value, k) => Number.isFinite(value) && steps[k] >= from && steps[k] <= to));
    const least = seen.reduce((a, b) => (b > 0 || i === 1 ? Math.min(a, b) : a), Infinity);
    if (i === 1) return [seen.length ? LOWEST_ACCURACIES.findLast((low) => low <= least) : 0, 1];
    const most = seen.reduce((a, b) => Math.max(a, b), 0) || 2.5;
    return isLog(0) ? [Math.min(least, most) / 1.2, Math.max(most, 4 * Math.min(least, most)) * 1.2] : [0, most * 1.05];
  }

  function draw() {
    const halfLife = HALF_LIVES[find(".smoothing").value];
    find("output").value = halfLife ? `${halfLife} batches` : "off";
    set(find(".smoothing"), { "aria-valuetext": find("output").value });
    find(".reset").disabled = state.zoom === null;
    run.smooth = run.mean.map((values, k) => (k ? chart.smoothed(values, run.bucketSize, halfLife) : values));
    scales = charts.map((svg, i) => {
      const { width, height } = svg.getBoundingClientRect();
      return chart.scaleOf({ width, height, margin: MARGIN, across: span(), up: range(i, span()), isLog: isLog(i) });
    });
    charts.forEach((svg, i) => {
      const scale = scales[i];
      set(svg.querySelector("clipPath rect"), { x: scale.left - 6, width: scale.right - scale.left + 12 });
      const values = isLog(i) ? chart.logTicks(scale.low, scale.high) : chart.ticks(scale.low, scale.high, 6);
      svg.querySelector(".grid").innerHTML = gridOf(scale, values, i === 1 ? chart.shareLabel : (value) => short(value), run);
      const { batch, smooth, epoch, validation } = seriesOf(i);
      const paths = {
        ".batch": chart.linePath(scale, batch),
        ".smooth": chart.linePath(scale, smooth),
        ".line": chart.linePath(scale, validation),
        ".point.training": chart.pointPath(scale, epoch, DISC),
        ".point.validation": chart.pointPath(scale, validation, DIAMOND),
      };
      Object.entries(paths).forEach(([name, d]) => set(svg.querySelector(name), { d }));
      const height = i === 0 ? scale.top + 12 : scale.bottom - 6; // where the curve is not
      svg.querySelector(".marks").innerHTML = marksOf(scale, run.marks, height);
    });
    root.querySelectorAll("[data-series]").forEach((button) => set(button, { "aria-pressed": !state.hidden.has(button.dataset.series) }));
    drawStage();
    drawCursor();
  }

  // A line where the timeline stands, and all that came later pale.
  function drawStage() {
    const isHidden = run.id === null || (stages.isNewest[run.id] ?? true);
    const step = isHidden ? null : stages.step[run.id];
    charts.forEach((svg, i) => {
      const [start, end] = [scales[i].x(step), scales[i].right + 6];
      chart.standAt(svg.querySelector(".stage"), scales[i], step);
      band(svg.querySelector(".later"), scales[i], isHidden ? null : [start, Math.max(start, end)]);
    });
  }

  // The values at one step: of its batch, of the smoothed lines, and of the epoch it belongs to.
  function readingAt(cursor) {
    const k = chart.nearest(run.batch[0], cursor);
    const step = run.batch[0][k];
    const epoch = Math.ceil(step / run.batchesPerEpoch);
    const mean = chart.nearest(run.mean[0], step);
    const rows = [
      ["this batch", run.batch[1][k], run.batch[2][k]],
      ["smoothed", run.smooth[1][mean], run.smooth[2][mean]],
      [`epoch ${epoch}, mean`, run.epoch[1][epoch - 1], run.epoch[2][epoch - 1]],
      ["validation", run.epoch[3][epoch - 1], run.epoch[4][epoch - 1]],
    ];
    return { step, epoch, rows: rows.map(([name, ...pair]) => [name, ...pair.map(exact)]) };
  }

  function drawCursor() {
    const reading = state.cursor !== null && run.batch[0].length ? readingAt(state.cursor) : null;
    const [finger] = state.isPinched ? [] : state.fingers.values();
    charts.forEach((svg, i) => {
      chart.standAt(svg.querySelector(".cross"), scales[i], reading && reading.step);
      band(svg.querySelector(".drag"), scales[i], finger && [finger.step, state.cursor ?? finger.step].map(scales[i].x));
    });
    const last = run.batch[0].at(-1) ?? 0;
    const spoken = reading?.rows.map(([name, loss, accuracy]) => `${name} loss ${loss}, accuracy ${accuracy}`).join("; ");
    const [now, words] = reading ? [reading.step, `step ${reading.step}: ${spoken}`] : [last, `step ${last}`];
    set(plots, { "aria-valuemax": last, "aria-valuenow": now, "aria-valuetext": words });
    tip.hidden = !reading;
    if (reading) showTip(reading);
  }

  function showTip({ step, epoch, rows }) {
    const cells = rows.map(([name, loss, accuracy]) => `<tr><th>${name}</th><td>${loss}</td><td>${accuracy}</td></tr>`);
    tip.innerHTML = `<b>Step ${whole(step)}, epoch ${epoch}</b>
      <table><tr><th></th><th>loss</th><th>accuracy</th></tr>${cells.join("")}</table>`;
    const figure = charts[state.active].parentElement;
    chart.placeTip(tip, figure.offsetLeft + scales[state.active].x(step), figure.offsetTop + 48);
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
    state.cursor = steps[clamp(chart.nearest(steps, state.cursor ?? to) + by, 0, steps.length - 1)];
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
    Object.assign(state, { cursor: null, isPinched: false });
    state.fingers.clear();
    drawCursor();
  };

  // Two fingers keep the steps under them.
  function pinch() {
    const [a, b] = [...state.fingers.values()];
    const width = (b.step - a.step) / (b.share - a.share);
    if (Math.abs(b.share - a.share) >= 0.02 && width > 0) zoomTo(a.step - a.share * width, a.step + (1 - a.share) * width);
  }
  plots.addEventListener("blur", leave);
  charts.forEach((svg, i) => {
    const shareAt = (event) => (event.clientX - svg.getBoundingClientRect().left - scales[i].left) / (scales[i].right - scales[i].left);
    const stepAt = (event) => scales[i].placeAt(event.clientX - svg.getBoundingClientRect().left);
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      state.fingers.set(event.pointerId, { step: stepAt(event), share: shareAt(event), x: event.clientX });
      state.isPinched ||= state.fingers.size === 2;
    });
    svg.addEventListener("pointermove", (event) => {
      const finger = state.fingers.get(event.pointerId);
      if (finger) finger.share = shareAt(event);
      [state.cursor, state.active] = state.isPinched ? [null, i] : [stepAt(event), i];
      if (state.fingers.size === 2) pinch();
      else drawCursor();
    });
    svg.addEventListener("pointerup", (event) => {
      const finger = state.fingers.get(event.pointerId);
      state.fingers.delete(event.pointerId);
      const isDrag = finger && !state.isPinched && Math.abs(event.clientX - finger.x) > 6;
      state.isPinched &&= state.fingers.size > 0;
      if (isDrag) zoomTo(...[finger.step, stepAt(event)].sort((a, b) => a - b));
      else drawCursor();
    });
    svg.addEventListener("pointercancel", leave);
    svg.addEventListener("pointerleave", () => state.fingers.size || leave());
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
    update(/** @type {Data} */ data) {
      const [batch, mean, epoch] = [data.batch, data.mean, data.epoch].map((group) => group.map(floats));
      run = { ...data, batch, mean, epoch };
      setStyles(root, { ...data.colours, height: `${data.height}px` });
      summarise();
      draw();
    },
    resize: draw,
    remove: followStage(() => run.id, drawStage),
  };
}

export default mount(createView);
