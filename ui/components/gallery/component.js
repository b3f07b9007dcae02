// Pictures in a row that wraps. Figures stay when only their contents change, so that nothing flickers or loses focus.
function fit(img, size) {
  const scale = size / Math.max(img.naturalWidth, img.naturalHeight, 1);
  img.style.setProperty("--w", `${Math.max(1, Math.round(img.naturalWidth * scale))}px`);
  img.style.setProperty("--h", `${Math.max(1, Math.round(img.naturalHeight * scale))}px`);
}

function createFigure(choose) {
  const figure = document.createElement("figure");
  const frame = choose ? `button type="button"` : "div";
  figure.innerHTML = `<figcaption><s></s><span></span></figcaption><${frame} class="frame"><img></${frame.split(" ")[0]}><small></small>`;
  return figure;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const { items, describe, size, arrows, choose } = data;
  const root = parentElement.querySelector(".root");
  root.setAttribute("aria-label", describe);
  root.style.setProperty("--size", `${size}px`);
  root.classList.toggle("arrows", arrows);
  while (root.children.length > items.length) root.lastElementChild.remove();
  while (root.children.length < items.length) root.append(createFigure(choose));
  items.forEach(({ png, title, note, large, struck }, index) => {
    const figure = root.children[index];
    const [was, caption, frame, img, small] = ["s", "figcaption span", ".frame", "img", "small"].map((name) => figure.querySelector(name));
    figure.classList.toggle("large", large);
    was.textContent = struck;
    caption.textContent = title;
    small.textContent = note;
    const words = [choose, struck ? `${title} instead of ${struck}` : title, note].filter(Boolean).join(" · ");
    img.alt = choose ? "" : words;
    img.onload = () => fit(img, size);
    img.src = `data:image/png;base64,${png}`;
    if (!choose) return;
    frame.title = words;
    frame.setAttribute("aria-label", words);
    frame.onclick = () => setTriggerValue("chosen", index);
  });
}
