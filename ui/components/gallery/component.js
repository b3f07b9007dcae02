// Pictures in a row that wraps. Figures stay when only their contents change, so that nothing flickers or loses focus.
// @ts-check
import { mount } from "../mount.js";
import { finder, make, set, setStyles } from "../shared.js";

/**
 * @typedef {{id: number | string, png: string, title: string, note: string, large: boolean, struck: string}} Item
 * @typedef {{items: Item[], describe: string, size: number, arrows: boolean, choose: string}} Data choose: what a click does
 */
function fit(img, size) {
  const scale = size / Math.max(img.naturalWidth, img.naturalHeight, 1);
  const [w, h] = [img.naturalWidth, img.naturalHeight].map((side) => `${Math.max(1, Math.round(side * scale))}px`);
  setStyles(img, { w, h });
}

function makeFigure(choose) {
  const frame = choose ? `<button type="button" class="frame"><img></button>` : `<div class="frame"><img></div>`;
  return make("figure", { innerHTML: `<figcaption><s></s><span></span></figcaption>${frame}<small></small>` });
}

const createView = (root) => ({
  update(/** @type {Data} */ { items, describe, size, arrows, choose }, { act }) {
    root.setAttribute("aria-label", describe);
    setStyles(root, { size: `${size}px` });
    root.classList.toggle("arrows", arrows);
    while (root.children.length > items.length) root.lastElementChild.remove();
    while (root.children.length < items.length) root.append(makeFigure(choose));
    items.forEach(({ id, png, title, note, large, struck }, index) => {
      const figure = root.children[index];
      const [was, caption, frame, img, small] = ["s", "figcaption span", ".frame", "img", "small"].map(finder(figure));
      figure.classList.toggle("large", large);
      was.textContent = struck;
      caption.textContent = title;
      small.textContent = note;
      const words = [choose, struck ? `${title} instead of ${struck}` : title, note].filter(Boolean).join(" · ");
      Object.assign(img, { alt: choose ? "" : words, onload: () => fit(img, size), src: `data:image/png;base64,${png}` });
      if (!choose) return;
      set(frame, { "title": words, "aria-label": words });
      frame.onclick = () => act("choose", id);
    });
  },
});

export default mount(createView);
