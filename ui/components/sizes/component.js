// Small lines, each on a logarithmic scale of its own column, with a dot at the stage.
// @ts-check
import { escaped, pathThrough, pointsOf, scaleOf } from "../charts.js";
import { mount } from "../mount.js";
import { finder, floats, set, setStyles, short } from "../shared.js";
import { followStage, placeOfStage } from "../stages.js";
const [WIDTH, HEIGHT] = [110, 26];
const BOX = { width: WIDTH, height: HEIGHT, margin: { left: 0, right: 0, top: 2, bottom: 2 } };

/**
 * @typedef {{title: string, steps: number[], values: string, isShare: boolean}} Column values: floats as base64, (steps, layers)
 * @typedef {{runId: string, layers: [string, string][], columns: Column[], accent: string}} Data what Python sends
 */

function createView(root) {
  const [head, body] = ["thead tr", "tbody"].map(finder(root));
  let now; // what Python sent, decoded

  const number = (value = NaN, isShare) => (!Number.isFinite(value) ? "–" : isShare ? `${+(100 * value).toPrecision(2)} %` : short(value, 2));

  function create() {
    head.innerHTML = ["Layer", ...now.columns.map(({ title }) => title)].map((title) => `<th>${escaped(title)}</th>`).join("");
    const cell = `<td><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"><line class="base" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/>
      <path class="line"/><circle class="here" r="4"/></svg><span></span></td>`;
    body.innerHTML = now.layers.map(([name, colour]) => `<tr><th scope="row" style="--colour:${colour}"><i></i>${escaped(name)}</th>
      ${cell.repeat(now.columns.length)}</tr>`).join("");
  }

  // The scale of a column holds the positive values of all its layers.
  function scaleFor({ values, steps }) {
    const positive = [...values].filter((value) => value > 0 && Number.isFinite(value));
    const across = [Math.min(0, steps.length - 2), steps.length - 1]; // a single stage stands at the right
    return scaleOf({ ...BOX, across, up: [Math.min(...positive), Math.max(...positive)], isLog: true });
  }

  function draw() {
    now.columns.forEach((column, c) => {
      const scale = scaleFor(column);
      const place = placeOfStage(now.runId, column.steps);
      now.layers.forEach((_, row) => {
        const find = finder(body.rows[row].cells[c + 1]);
        const values = column.steps.map((_step, k) => column.values[k * now.layers.length + row]);
        set(find(".line"), { d: pathThrough(pointsOf(scale, [...values.keys()], values)) });
        const [here] = pointsOf(scale, [place], [values[place]]);
        find(".here").style.display = here ? "" : "none";
        if (here) set(find(".here"), { cx: here[0], cy: here[1] });
        find("span").textContent = number(values[place], column.isShare);
      });
    });
  }

  return {
    update(/** @type {Data} */ data) {
      const shape = (one) => one && JSON.stringify([one.layers, one.columns.map(({ title }) => title)]);
      const isNew = shape(now) !== shape(data);
      now = { ...data, columns: data.columns.map((column) => ({ ...column, values: floats(column.values) })) };
      setStyles(root, { accent: now.accent });
      if (isNew) create();
      draw();
    },
    remove: followStage(() => now.runId, draw),
  };
}

export default mount(createView);
