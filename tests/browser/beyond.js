// `beyond()`: what lies outside the window to its left or right, without being in a box that can be scrolled there.
globalThis.beyond = () => {
  const parent = (element) => element.parentElement ?? element.getRootNode().host;
  const main = document.querySelector("[data-testid=stMain]");
  const fits = ({ left, right }) => left > -1 && right < innerWidth + 1;
  const isOutOfSight = (element) => {
    const { position, clipPath, overflowX, textOverflow } = getComputedStyle(element);
    const isBox = (/auto|scroll/.test(overflowX) && !element.matches(".dc-scroll")) || textOverflow === "ellipsis";
    return (clipPath !== "none" && position === "absolute") || (isBox && fits(element.getBoundingClientRect()));
  };
  const found = [];
  const walk = (root) => root.querySelectorAll("*").forEach((element) => {
    if (element.shadowRoot) walk(element.shadowRoot);
    const box = element.getBoundingClientRect();
    if (fits(box) || box.right < 0 || box.width * box.height === 0 || element.ownerSVGElement || element.closest("[role=progressbar]")
      || !element.checkVisibility()) return;
    for (let around = parent(element); around && around !== main; around = parent(around)) if (isOutOfSight(around)) return;
    found.push(`${element.localName}.${element.className} ${Math.round(box.left)} to ${Math.round(box.right)}`);
  });
  walk(main);
  return main.scrollWidth > main.clientWidth ? ["the page itself", ...found] : found;
};
