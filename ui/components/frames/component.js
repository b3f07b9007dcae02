// Canvases that are painted anew from what all stages look like; the nodes stay.
import { short } from "../charts.js";
import { mount } from "../mount.js";
import { bytes } from "../shared.js";
import { followStage, placeOfStage } from "../stages.js";
function createView(root) {
  let now; // what Python sent, decoded
  let painted;

  function createGroups() {
    root.replaceChildren(...now.groups.map(({ shape, limit, kind, table }) => {
      const section = document.createElement("section");
      section.innerHTML = `<div class="head"><span><b></b><span class="note"></span></span>
        <span class="legend"><span class="low"></span><canvas class="scale" height="1" aria-hidden="true"></canvas><span class="high"></span></span></div>
        <div class="pictures" role="img">${"<canvas></canvas>".repeat(shape[1])}</div>`;
      section.querySelector(".pictures").classList.toggle("row", shape[2] === 1);
      return section;
    }));
  }

  function drawHead(section, { title, note, kind, limit, table, shape }) {
    section.querySelector("b").textContent = title;
    section.querySelector(".note").textContent = note;
    section.querySelector(".low").textContent = kind === "diverging" ? short(-limit) : "0";
    section.querySelector(".high").textContent = short(limit);
    section.querySelector(".pictures").setAttribute("aria-label", `${title}: ${shape[1]} ${now.name}${shape[1] === 1 ? "" : "s"}, ${note}`);
    const scale = section.querySelector(".scale");
    scale.width = 255;
    paint(scale, table, Uint8Array.from({ length: 255 }, (_, k) => k), 1, 255);
  }

  function paint(canvas, table, index, height, width) {
    const picture = new ImageData(width, height);
    for (let k = 0; k < index.length; k++) {
      picture.data.set([table[3 * index[k]], table[3 * index[k] + 1], table[3 * index[k] + 2], 255], 4 * k);
    }
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.getContext("2d").putImageData(picture, 0, 0);
  }

  function draw() {
    const place = Math.max(0, placeOfStage(now.run, now.steps)); // the first ones are computed last
    if (painted === place) return;
    painted = place;
    root.dataset.step = now.steps[place];
    now.groups.forEach(({ shape: [, pictures, height, width], index, table }, g) => {
      const all = height * width;
      root.children[g].querySelectorAll(".pictures canvas").forEach((canvas, k) => {
        const start = (place * pictures + k) * all;
        paint(canvas, table, index.subarray(start, start + all), height, width);
      });
    });
  }

  const unfollow = followStage(() => now.run, draw);

  return {
    update(data) {
      const isSame = now && data.groups.length === now.groups.length
        && data.groups.every((group, g) => group.index === now.sent[g]);
      root.style.setProperty("--size", `${data.size}px`);
      if (isSame) return;
      const before = now && now.groups.map(({ shape }) => shape.slice(1).join()).join(";");
      const tables = Object.fromEntries(Object.entries(data.tables).map(([kind, { table }]) => [kind, bytes(table)]));
      const groups = data.groups.map((group) => ({ ...group, index: bytes(group.index), table: tables[group.kind] }));
      now = { ...data, groups, sent: data.groups.map(({ index }) => index) };
      if (before !== groups.map(({ shape }) => shape.slice(1).join()).join(";")) createGroups();
      groups.forEach((group, g) => drawHead(root.children[g], group));
      painted = null;
      draw();
    },
    remove: unfollow,
  };
}

export default mount(createView);
