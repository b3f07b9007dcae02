// What the row of cards becomes by what has been done to it.
// @ts-check
/**
 * The cards after acts that the server has yet to do, as it will do them, and which one is selected.
 * @param {{layers: any[], selected: number, first: number, palette: any[], most: number}} data @param {import("../mount.js").Act[]} acts
 */
export function foreseen(data, acts) {
  const { first, most, palette } = data;
  const inside = (...places) => places.every((place) => first <= place && place < layers.length);
  const before = [];
  let { layers, selected } = data;
  function edit(newLayers, newSelected) {
    before.push({ layers, selected });
    [layers, selected] = [newLayers, newSelected];
  }
  for (const [, act, value] of acts) {
    if (act === "architecture/select") selected = value;
    else if (act === "architecture/remove" && inside(value)) edit(layers.toSpliced(value, 1), Math.min(value, layers.length - 2));
    else if (act === "architecture/move" && inside(...value)) {
      edit(layers.toSpliced(value[0], 1).toSpliced(value[1], 0, layers[value[0]]), value[1]);
    } else if (act === "architecture/add" && first <= value[1] && value[1] <= layers.length && layers.length < most) {
      const { name, colour } = palette.find((kind) => kind.name === value[0]);
      edit(layers.toSpliced(value[1], 0, { name, colour, settings: "", output_shape: null, parameters: null, problem: null }), value[1]);
    } else if (act === "presses-history/Undo" && before.length) ({ layers, selected } = before.pop());
  }
  return { layers, selected };
}
