// One pixel mixed from red, green and blue: the swatch follows the sliders at once, Python is told at the end.
const NAMES = ["Red", "Green", "Blue"];
const TINTS = ["#d22", "#2a2", "#36f"];

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  find(".sliders").innerHTML = NAMES.map((name, c) =>
    `<label>${name}<input type="range" min="0" max="255" style="accent-color: ${TINTS[c]}"><output></output></label>`).join("");
  const inputs = [...root.querySelectorAll("input")];
  let told; // setStateValue
  let given;
  let presets;

  const pixel = () => inputs.map((input) => +input.value);

  function show() {
    find(".swatch").style.background = `rgb(${pixel().join(" ")})`;
    find(".swatch").setAttribute("aria-label", `A pixel of the colour ${pixel().join(", ")}`);
    root.querySelectorAll("output").forEach((output, c) => { output.textContent = inputs[c].value; });
  }

  function set(values) {
    inputs.forEach((input, c) => { input.value = values[c]; });
    show();
  }

  find(".sliders").addEventListener("input", show);
  find(".sliders").addEventListener("change", () => told("pixel", pixel()));

  return (data, setStateValue) => {
    told = setStateValue;
    const isNew = presets !== JSON.stringify(data.presets); // otherwise a button would lose the focus
    presets = JSON.stringify(data.presets);
    if (isNew) find(".presets").innerHTML = "";
    for (const [name, values] of isNew ? data.presets : []) {
      const button = document.createElement("button");
      button.type = "button";
      button.innerHTML = `<i style="background: rgb(${values.join(" ")})"></i>`;
      button.append(name);
      button.addEventListener("click", () => { set(values); told("pixel", values); });
      find(".presets").append(button);
    }
    if (given !== `${data.start}`) set(data.start);
    given = `${data.start}`;
  };
}

const views = new WeakMap(); // DOM node -> its view

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".root");
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root)(data, setStateValue);
}
