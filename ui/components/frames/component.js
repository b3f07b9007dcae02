// Canvases that are painted anew from what all stages look like; the nodes stay.
// @ts-check
import { mount } from "../mount.js";
import { legend, paintIndex, TABLES } from "../raster.js";
import { bytes, make, setStyles } from "../shared.js";
import { followStage, placeOfStage } from "../stages.js";

/**
 * @typedef {{title: string, note: string, kind: string, shape: number[], index: string, limit: number}} Group
 *   pictures through all stages; shape: stages, pictures, height, width
 * @typedef {{runId: string, steps: number[], groups: Group[], size: number, name: string}} Data
 */
function createView(root) {
  let now; // what Python sent, decoded
  let painted;

  function createGroups() {
    root.replaceChildren(...now.groups.map(({ shape }) => make("section", {
      innerHTML: `<div class="head"><span><b></b><span class="note"></span></span><span class="legend"></span></div>
        <div class="pictures ${shape[2] === 1 ? "row" : ""}" role="img">${"<canvas></canvas>".repeat(shape[1])}</div>`,
    })));
  }

  function drawHead(section, group) {
    const { title, note, shape } = group;
    section.querySelector("b").textContent = title;
    section.querySelector(".note").textContent = note;
    section.querySelector(".legend").innerHTML = legend(group);
    section.querySelector(".pictures").setAttribute("aria-label", `${title}: ${shape[1]} ${now.name}${shape[1] === 1 ? "" : "s"}, ${note}`);
  }

  function draw() {
    const place = Math.max(0, placeOfStage(now.runId, now.steps)); // the first ones are computed last
    if (painted === place) return;
    painted = place;
    root.dataset.step = now.steps[place];
    now.groups.forEach(({ shape: [, pictures, height, width], index, kind }, g) => {
      root.children[g].querySelectorAll(".pictures canvas").forEach((canvas, k) => {
        const start = (place * pictures + k) * height * width;
        paintIndex(canvas, index.subarray(start, start + height * width), width, TABLES[kind]);
      });
    });
  }

  return {
    update(/** @type {Data} */ data) {
      setStyles(root, { size: `${data.size}px` });
      const sent = data.groups.map(({ index }) => index).join();
      if (now?.sent === sent) return;
      const shapes = data.groups.map(({ shape }) => shape.slice(1).join()).join(";");
      const isNew = now?.shapes !== shapes;
      now = { ...data, groups: data.groups.map((group) => ({ ...group, index: bytes(group.index) })), sent, shapes };
      if (isNew) createGroups();
      now.groups.forEach((group, g) => drawHead(root.children[g], group));
      painted = null;
      draw();
    },
    remove: followStage(() => now.runId, draw),
  };
}

export default mount(createView);
