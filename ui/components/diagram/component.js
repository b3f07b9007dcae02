// The drawing as it is, and as a file: on white paper, whatever the theme.
// @ts-check
import { mount } from "../mount.js";
import { finder, make, setStyles } from "../shared.js";

/** @typedef {{svg: string, fileName: string}} Data */
const SHARPNESS = 3; // pixels of the PNG for each unit of the drawing

function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function toPng(svg, width, height) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = make("canvas", { width: width * SHARPNESS, height: height * SHARPNESS });
      const context = canvas.getContext("2d");
      context.fillStyle = "#FFFFFF";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(resolve, "image/png");
    };
    image.onerror = reject;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
}

function createView(root) {
  const find = finder(root);
  const drawing = find(".drawing");
  let given = { svg: "", fileName: "" };
  find(".svg").onclick = () => save(new Blob([given.svg], { type: "image/svg+xml" }), `${given.fileName}.svg`);
  find(".png").onclick = async () => {
    const { width, height } = drawing.querySelector("svg").viewBox.baseVal;
    save(await toPng(given.svg, width, height), `${given.fileName}.png`);
  };
  return {
    update(/** @type {Data} */ data) {
      if (given.svg !== data.svg) {
        drawing.innerHTML = data.svg;
        const svg = drawing.querySelector("svg"); // a little smaller, where that saves scrolling
        setStyles(svg, { width: `${svg.viewBox.baseVal.width}px` });
      }
      given = data;
    },
  };
}

export default mount(createView);
