"""The pure functions of the components' shared modules, called in a browser: no server, no Node."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from ui import colours, components
from ui.components import encode, script

FOLDER = Path(components.__file__).parent
NAN = float("nan")
INFINITY = float("inf")
IMPORT = """async (text) => {
    globalThis.tested = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}"""


@pytest.fixture
def js(page: Page):
    """`js(module, expression, *arguments)`: `m` is the module in the expression, and `a` are the arguments."""

    def call(module: str, expression: str, *arguments: object) -> Any:
        page.evaluate(IMPORT, script(FOLDER / f"{module}.js"))
        return page.evaluate(f"(a) => {{ const m = globalThis.tested; return {expression}; }}", list(arguments))

    return call


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0.0 %"),
        (1, "100.0 %"),
        (0.97312, "97.3 %"),
        (0.9996, "> 99.9 %"),
        (0.0001, "< 0.1 %"),
        (NAN, "not a number"),
    ],
)
def test_a_share_in_percent(js, value, written):
    assert js("shared", "m.percent(...a)", value) == written


def test_numbers_in_words(js):
    assert js("shared", "m.whole(12345)") == "12,345"
    assert js("shared", "[0, 0.00012345, 1234.5, 1e5, -2.5e7].map((value) => m.short(value, 2))") == [
        "0", "0.00012", "1200", "1e5", "-2.5e7"]  # fmt: skip
    assert js("shared", "[-0.004, -1.255, 2].map((value) => m.fixed(value))") == ["0.00", "\N{MINUS SIGN}1.25", "2.00"]
    assert js("charts", "[m.superscript(-12), m.shareLabel(0.025), m.escaped('<b>&')]") == [
        "⁻¹²",
        "2.5 %",
        "&#60;b&#62;&#38;",
    ]


def test_arrays_arrive_as_they_were_sent(js):
    values = np.array([1.5, -2, INFINITY])
    assert js("shared", "[...m.floats(a[0])]", encode(values)) == values.tolist()
    assert js("shared", "[...m.integers(a[0])]", encode([1, -70_000], "<i4")) == [1, -70_000]
    assert js("shared", "[...m.bytes(a[0])]", encode([0, 255], "u1")) == [0, 255]


@pytest.mark.parametrize(
    ("low", "high", "count", "expected"),
    [
        (0, 10, 5, [0, 2, 4, 6, 8, 10]),
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.93, 1.0, 5, [0.94, 0.96, 0.98, 1]),
        (-3, 3, 6, [-3, -2, -1, 0, 1, 2, 3]),
        (0, 112_500, 10, [0, 20_000, 40_000, 60_000, 80_000, 100_000]),
    ],
)
def test_ticks_are_round_and_within_the_axis(js, low, high, count, expected):
    np.testing.assert_allclose(js("charts", "m.ticks(...a)", low, high, count), expected, atol=1e-12)


def test_logarithmic_ticks(js):
    np.testing.assert_allclose(js("charts", "m.logTicks(0.03, 3)"), [0.05, 0.1, 0.2, 0.5, 1, 2])
    np.testing.assert_allclose(js("charts", "m.logTicks(0.001, 20)"), [0.001, 0.01, 0.1, 1, 10])


@pytest.mark.parametrize(("step", "place"), [(-5, 0), (1.4, 0), (4, 1), (8.1, 2), (99, 3)])
def test_the_nearest_step(js, step, place):
    assert js("charts", "m.nearest([1, 5, 9, 20], a[0])", step) == place


def test_names_are_left_out_where_they_have_no_room(js):
    assert js("charts", "m.withRoom([0, 10, 26, 40, 52], 26)") == [0, 2, 4]
    assert js("charts", "m.withRoom([], 26)") == []


def test_smoothing_is_an_exponential_mean_without_bias(js):
    values = np.random.default_rng(0).normal(size=50)
    call = "[...m.smoothed(Float32Array.from(a[0]), a[1], a[2])]"
    for bucket, half_life in [(1, 10), (4, 10), (1, 200)]:
        weights = 0.5 ** (bucket / half_life * np.arange(50)[::-1])
        found = js("charts", call, values.tolist(), bucket, half_life)
        assert found[-1] == pytest.approx(weights @ values / weights.sum(), rel=1e-5)
        assert found[0] == pytest.approx(values[0], rel=1e-6)
    gap = js("charts", call, [1.0, NAN, 1.0], 1, 10)
    np.testing.assert_allclose(gap, [1, NAN, 1])
    assert js("charts", call, [1.0, 3.0], 1, 0) == [1, 3]


BOX = "{ width: 110, height: 60, margin: { left: 10, right: 0, top: 10, bottom: 0 }, "


def test_a_scale_and_its_inverse(js):
    linear = f"m.scaleOf({BOX} across: [0, 50], up: [0, 2] }})"
    assert js("charts", f"(({{ x, y }}) => [x(0), x(25), x(50), y(0), y(2)])({linear})") == [10, 60, 110, 60, 10]
    assert js("charts", f"[10, 60, 500].map({linear}.placeAt)") == [0, 25, 50]
    logarithmic = f"m.scaleOf({BOX} across: [7, 7], up: [0.01, 100], isLog: true }})"
    found = js("charts", f"(({{ x, y }}) => [x(7), y(0.01), y(1), y(100), y(0), y(-1)])({logarithmic})")
    np.testing.assert_allclose(found, [60, 60, 35, 10, NAN, NAN])  # a single place stands in the middle


def test_lines_and_points(js):
    scale = f"m.scaleOf({BOX} across: [0, 100], up: [0, 50] }})"
    series = [[0, 10, 20, 30], [0, 50, NAN, 25]]
    assert js("charts", f"m.linePath({scale}, a[0])", series) == "M10.0 60.0L20.0 10.0M40.0 35.0"
    assert js("charts", f"m.pathThrough(m.pointsOf({scale}, ...a[0]))", series) == "M10.0 60.0L20.0 10.0L40.0 35.0"
    assert js("charts", f"m.pointPath({scale}, a[0], 'z')", series) == "M10.0 60.0zM20.0 10.0zM40.0 35.0z"
    zoomed = scale.replace("[0, 100]", "[0, 5]")
    assert js("charts", f"m.linePath({zoomed}, a[0])", series).count("L") == 1  # the line leaves the chart


def test_places_in_a_raster(js):
    at = "m.cellAt({ left: 10, top: 20, width: 100, height: 50 }, { clientX: a[0], clientY: a[1] }, 5, 4)"
    assert js("raster", at, 10, 20) == [0, 0]
    assert js("raster", at, 61, 45) == [2, 2]
    assert js("raster", at, 500, -3) == [0, 3]  # outside: the nearest cell
    assert js("raster", "m.within([-1, 9], 5, 4)") == [0, 3]


def test_colours_of_values_are_those_of_python(js):
    for kind in ("sequential", "diverging"):
        values = np.linspace(-2, 2, 41)
        found = js("raster", "a[0].map((value) => m.indexOf(value, { kind: a[1], limit: 2 }))", values.tolist(), kind)
        assert found == colours.to_index(values, kind, 2.0).tolist()


# How a component lives: `mount.js` with a view that writes down what it is told


MOUNTED = """(steps) => {
    globalThis.cnnlabActs = undefined;
    const [host, log, sent, ends, tells] = [document.createElement("div"), [], [], [], []];
    host.innerHTML = '<div class="root"></div>';
    document.body.append(host);
    return import(globalThis.mountUrl).then(({ mount }) => {
        const mounted = mount(() => ({
            update(data, tell) { log.push(data.name); tells.push(tell); },
            remove() { log.push("removed"); },
        }));
        const call = (name, acts) => ends.push(mounted({ parentElement: host, data: { name, acts },
            setStateValue: (_, value) => sent.push(value.acts.map(([number, act, value]) => [number, act, value])) }));
        const act = (name, value) => tells.at(-1).act(name, value);
        for (const [step, ...rest] of steps) ({ call, act, end: (k) => ends[k](), away: () => host.remove() })[step](...rest);
        return { log, sent };
    });
}"""


@pytest.fixture
def mounted(page: Page):
    """`mounted(*steps)`: what the view was told, and what acts were sent; a step: call, act, end (of a call), away."""

    def run(*steps: tuple[object, ...]) -> dict[str, list[Any]]:
        page.goto("about:blank")
        page.evaluate(
            "(text) => { globalThis.mountUrl = URL.createObjectURL(new Blob([text], { type: 'text/javascript' })); }",
            script(FOLDER / "mount.js"),
        )
        return page.evaluate(MOUNTED, steps)

    return run


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([("call", "new")], ["new"]),
        ([("call", "new"), ("call", "old"), ("end", 1)], ["new", "old", "new"]),
        ([("call", "old"), ("end", 0), ("call", "new")], ["old", "new"]),
        ([("call", "1"), ("call", "2"), ("call", "0"), ("end", 2)], ["1", "2", "0", "2"]),
        ([("call", "2"), ("call", "0"), ("end", 1), ("call", "1"), ("end", 2)], ["2", "0", "2", "1", "2"]),
        ([("call", "2"), ("call", "0"), ("end", 1), ("call", "3"), ("call", "1"), ("end", 3)], ["2", "0", "2", "3", "1", "3"]),
        ([("call", "1"), ("away",), ("end", 0)], ["1", "removed"]),
        ([("call", "1"), ("call", "2"), ("away",), ("end", 1)], ["1", "2", "removed"]),
    ],
)  # fmt: skip
def test_what_was_sent_last_is_shown_whichever_call_comes_last(mounted, steps, told):
    assert mounted(*steps)["log"] == told


def test_acts_are_sent_again_until_the_server_has_done_them(mounted):
    acts = lambda done, visit="a": {"visit": visit, "done": done, "of": "cards"}  # noqa: E731
    sent = mounted(
        ("call", "1", acts(0)),
        ("act", "add", "Dense"),
        ("act", "remove", 2),
        ("call", "2", acts(1)),
        ("act", "remove", 3),
        ("call", "3", acts(3)),
        ("act", "add", "Flatten"),
        ("call", "4", acts(7, "b")),  # the server has forgotten this visit
        ("act", "add", "Dropout"),
    )["sent"]
    assert sent == [
        [[1, "cards/add", "Dense"]],
        [[1, "cards/add", "Dense"], [2, "cards/remove", 2]],
        [[2, "cards/remove", 2], [3, "cards/remove", 3]],
        [[4, "cards/add", "Flatten"]],
        [[8, "cards/add", "Dropout"]],
    ]


CARDS = {
    "layers": ["Input", "Conv2D", "Flatten", "Dense"],
    "selected": 1,
    "first": 1,
    "most": 6,
    "palette": [{"name": "Dropout", "colour": ""}, {"name": "Flatten", "colour": ""}],
}


@pytest.mark.parametrize(
    ("acts", "layers", "selected"),
    [
        ([], "Input Conv2D Flatten Dense", 1),
        ([("add", ["Dropout", 2]), ("add", ["Flatten", 3])], "Input Conv2D Dropout Flatten Flatten Dense", 3),
        ([("add", ["Dropout", 4])] * 3, "Input Conv2D Flatten Dense Dropout Dropout", 4),  # no more than six
        ([("move", [1, 3]), ("remove", 1)], "Input Dense Conv2D", 1),
        ([("move", [0, 2]), ("remove", 0), ("remove", 9), ("add", ["Dropout", 9])], "Input Conv2D Flatten Dense", 1),
        ([("remove", 3), ("remove", 2), ("remove", 1)], "Input", 0),
        ([("add", ["Dropout", 2]), ("remove", 1), ("Undo", None)], "Input Conv2D Dropout Flatten Dense", 2),
        ([("Undo", None), ("select", 3)], "Input Conv2D Flatten Dense", 3),  # what was before, the server knows
    ],
)
def test_the_cards_are_foreseen_as_the_server_will_send_them(js, acts, layers, selected):
    sent = [
        [k, ("presses-history/" if name == "Undo" else "architecture/") + name, value]
        for k, (name, value) in enumerate(acts)
    ]
    foreseen = js("architecture/foreseen", "m.foreseen(a[0], a[1])", CARDS, sent)
    assert [
        " ".join(layer if isinstance(layer, str) else layer["name"] for layer in foreseen["layers"]),
        foreseen["selected"],
    ] == [
        layers,
        selected,
    ]
