"""The pure functions of raster.js in a real browser, without a server: they agree with `ui.colours`."""

from pathlib import Path

import numpy as np
import pytest

from ui import colours, components

MODULE = Path(components.__file__).parent / "raster.js"
KINDS: tuple[colours.Kind, ...] = ("sequential", "diverging", "ink")
CALL = """async ([script, expression, given]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    return new Function("module", "given", `return ${expression}`)(module, given);
}"""


@pytest.fixture
def run(page):
    """`run(expression, given)`: a JavaScript expression of `module` and `given`."""
    return lambda expression, given=None: page.evaluate(CALL, [components.script(MODULE), expression, given])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [1.0, 0.37, 0.0])
def test_a_value_has_the_same_place_in_the_table_as_in_python(run, kind, limit):
    values = [*np.random.default_rng(0).normal(size=1_000), *(np.arange(-8, 9) / 8 * limit)]  # with halves
    index = run(
        "given.values.map((value) => module.indexOf(value, given))", {"values": values, "kind": kind, "limit": limit}
    )
    assert index == colours.to_index(values, kind, limit).tolist()
    assert run("module.indexOf(NaN, { kind: 'ink', limit: 1 })") == colours.NUM_COLOURS


@pytest.mark.parametrize("kind", KINDS)
def test_the_tables_and_the_text_on_them_are_those_of_python(run, kind):
    table = colours.table(kind)
    assert run("[...module.TABLES[given]]", kind) == table.ravel().tolist()
    on = ["#000" if colours.text_on("#{:02X}{:02X}{:02X}".format(*colour)) == "#000000" else "#fff" for colour in table]
    assert run("given.map(module.textOn)", table.tolist()) == on


def test_a_number_is_written_so_that_it_fits_into_its_cell(run):
    numbers = [0.52, -0.52, 12.34, 0.0004, 1234, 0]
    assert run("given.map((value) => module.inCell(value, 24))", numbers) == [
        ".52",
        "\u2212.52",
        "12.3",
        "0",
        "1e3",
        "0",
    ]
    assert run("given.map((value) => module.inCell(value, 50))", [0.52, -0.0004]) == ["0.52", "\u22124e\u22124"]
    assert run("module.inCell(NaN, 24)") == "NaN"


def test_the_cell_under_a_pointer_is_the_nearest_one(run):
    box = {"left": 10, "top": 20, "width": 125, "height": 120}
    for (x, y), cell in {
        (10, 20): [0, 0],
        (34.9, 20): [0, 0],
        (35, 49): [0, 1],
        (60, 50): [1, 2],
        (-9, 999): [3, 0],
        (999, 0): [0, 4],
    }.items():
        assert run("module.cellAt(given, given, 4, 5)", {**box, "clientX": x, "clientY": y}) == cell
