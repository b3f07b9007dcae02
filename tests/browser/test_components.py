"""The browser components in a real browser: what is shown equals NumPy's numbers, and hovering asks no server."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.components_app import activations, kernels, run_until, vectors
from ui import colours

APP = Path(__file__).with_name("components_app.py")


@pytest.fixture(scope="module")
def url(start_app):
    return start_app(APP)


def open_app(page: Page, url: str, query: str) -> list[str]:
    """Open the app with the components of `query`; the list returned collects every websocket frame sent."""
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    page.goto(f"{url}/?{query}")
    expect(page.locator(".root").last).to_be_visible()
    expect(page.get_by_text("part 0")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the script of a component comes after its HTML
    page.wait_for_timeout(300)
    frames.clear()
    return frames


def more_data(page: Page, part: int) -> None:
    page.get_by_role("button", name="More data").click()
    expect(page.get_by_text(f"part {part}")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    page.wait_for_timeout(300)


def component(page: Page, place: int) -> Locator:
    return page.locator(".root").nth(place)


def mark(node: Locator) -> None:
    node.evaluate("node => { node.marked = true; }")


def is_marked(node: Locator) -> bool:
    return node.evaluate("node => node.marked === true")


# Curves


def cells(tip: Locator) -> dict[str, tuple[str, str]]:
    rows = [row.locator("th, td").all_text_contents() for row in tip.locator("tr").all()[1:]]
    return {name: (loss, accuracy) for name, loss, accuracy in rows}


def javascript_precision(value: float, digits: int) -> float:
    return float(f"{np.float32(value):.{digits}g}")


def test_curves_show_exact_values_under_the_pointer_without_the_server(page, url):
    frames = open_app(page, url, "only=curves")
    run = run_until(400)
    tip = page.locator(".tip")
    for chart, x in [(0, 120), (0, 250), (1, 200), (1, 500)]:
        page.locator(".chart").nth(chart).hover(position={"x": x, "y": 120})
        step, epoch = re.fullmatch(r"Step (\d+), epoch (\d)", tip.locator("b").text_content()).groups()
        step, epoch = int(step), int(epoch)
        shown = cells(tip)
        loss, accuracy = shown["this batch"]
        assert float(loss) == javascript_precision(run["loss"][step - 1], 4)
        assert accuracy == f"{100 * run['accuracy'][step - 1]:.2f} %"
        assert float(shown[f"epoch {epoch}, mean"][0]) == javascript_precision(run["epoch_loss"][epoch - 1], 4)
        assert float(shown["validation"][0]) == javascript_precision(run["val_loss"][epoch - 1], 4)
        lines = [page.locator(".cross").nth(chart) for chart in (0, 1)]
        assert [line.evaluate("line => line.style.display") for line in lines] == ["", ""]
        assert lines[0].get_attribute("x1") == lines[1].get_attribute("x1")
    assert frames == []


def test_curves_smooth_without_bias(page, url):
    open_app(page, url, "only=curves")
    loss = run_until(400)["loss"]
    keep = 0.5 ** (1 / 10)
    weights = keep ** np.arange(400)[::-1]
    page.locator(".plots").focus()
    page.keyboard.press("End")
    shown = cells(page.locator(".tip"))["smoothed"][0]
    assert float(shown) == pytest.approx(weights @ loss / weights.sum(), rel=1e-3)
    page.locator(".smoothing").fill("0")
    page.locator(".plots").focus()
    page.keyboard.press("End")
    both = cells(page.locator(".tip"))
    assert both["smoothed"] == both["this batch"]


def steps_on_axis(page: Page) -> list[str]:
    return page.locator(".chart").first.locator(".grid text").all_text_contents()


def test_curves_keep_zoom_crosshair_and_node_when_data_comes(page, url):
    open_app(page, url, "only=curves")
    plots = page.locator(".plots")
    mark(plots)
    box = page.locator(".chart").first.bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 120, steps=4)
    page.mouse.up()
    reset = page.get_by_role("button", name="Reset zoom")
    expect(reset).to_be_enabled()
    zoomed = steps_on_axis(page)
    plots.focus()
    page.keyboard.press("ArrowLeft")
    step = plots.get_attribute("aria-valuenow")

    more_data(page, 1)
    assert is_marked(plots)
    assert steps_on_axis(page) == zoomed
    expect(plots).to_have_attribute("aria-label", re.compile("step 600 of 1000"))
    plots.focus()
    page.keyboard.press("Home")
    assert plots.get_attribute("aria-valuenow") == "1"
    assert step != "1"

    reset.click()
    expect(reset).to_be_disabled()
    assert "800" in steps_on_axis(page)


def test_crosshair_stays_under_a_resting_pointer(page, url):
    open_app(page, url, "only=curves")
    chart = page.locator(".chart").first
    chart.hover(position={"x": 200, "y": 100})
    before = page.locator(".tip b").text_content()
    page.get_by_role("button", name="More data").evaluate("button => button.click()")
    expect(page.locator(".plots")).to_have_attribute("aria-label", re.compile("step 600 of 1000"))
    expect(page.locator(".tip")).to_be_visible()
    expect(page.locator(".tip b")).to_have_text(before)


def test_curves_of_a_running_fragment_grow_in_place(page, url):
    open_app(page, url, "only=live")
    plots = page.locator(".plots")
    mark(plots)
    page.locator(".chart").first.hover(position={"x": 80, "y": 100})
    plots.evaluate(
        """plots => {
            plots.flickered = false;
            new MutationObserver(() => { plots.flickered ||= plots.querySelector(".tip").hidden; })
                .observe(plots, { subtree: true, attributes: true, childList: true });
        }"""
    )
    expect(plots).to_have_attribute("aria-label", re.compile("step 1000 of 1000"), timeout=20_000)
    assert is_marked(plots)
    assert plots.evaluate("plots => plots.flickered") is False


def test_curves_by_keyboard(page, url):
    frames = open_app(page, url, "only=curves")
    plots = page.locator(".plots")
    plots.focus()
    page.keyboard.press("End")
    expect(plots).to_have_attribute("aria-valuenow", "400")
    page.keyboard.press("ArrowLeft")
    expect(plots).to_have_attribute("aria-valuenow", "399")
    expect(plots).to_have_attribute("aria-valuetext", re.compile(r"^step 399: this batch loss 0\.\d+, accuracy"))
    reset = page.get_by_role("button", name="Reset zoom")
    page.keyboard.press("+")
    expect(reset).to_be_enabled()
    page.keyboard.press("Home")
    expect(plots).to_have_attribute("aria-valuenow", "1")
    page.keyboard.press("Escape")
    expect(reset).to_be_disabled()
    page.get_by_label("Logarithmic loss").check()
    assert frames == []


def test_curves_before_the_first_batch(page, url):
    open_app(page, url, "only=curves&empty=1")
    expect(page.locator(".empty")).to_have_count(2)
    expect(page.locator(".empty").first).to_have_text("Waiting for the first batch …")
    page.locator(".chart").first.hover()
    expect(page.locator(".tip")).to_be_hidden()
    more_data(page, 1)
    expect(page.locator(".empty")).to_have_count(0)


# Maps


def hover_cell(picture: Locator, row: int, column: int, shape: tuple[int, int]) -> None:
    box = picture.bounding_box()
    x, y = (column + 0.5) / shape[1] * box["width"], (row + 0.5) / shape[0] * box["height"]
    picture.hover(position={"x": x, "y": y})


def read_value(readout: Locator) -> float:
    text = readout.text_content().rsplit("·", maxsplit=1)[1].strip()
    return np.nan if text == "not a number" else float(text)


def test_maps_read_the_value_under_the_pointer_without_the_server(page, url):
    frames = open_app(page, url, "only=maps")
    cases = [
        (0, kernels(), 3, 0, 4),
        (0, kernels(), 15, 2, 2),
        (1, activations(), 63, 23, 0),
        (1, activations(), 20, 11, 17),
    ]
    for place, images, index, row, column in cases:
        root = component(page, place)
        hover_cell(root.locator(".grid canvas").nth(index), row, column, images.shape[1:])
        readout = root.locator(".readout")
        expect(readout).to_contain_text(f"{index} · row {row}, column {column} ·")
        np.testing.assert_allclose(read_value(readout), images[index, row, column], rtol=1e-5)
    assert frames == []


def test_maps_are_painted_in_the_table_s_colours(page, url):
    open_app(page, url, "only=maps")
    for place, images, kind in [(0, kernels(), "diverging"), (1, activations(), "sequential")]:
        canvases = component(page, place).locator(".grid canvas")
        assert canvases.count() == len(images)
        expected = colours.to_rgb(images, kind)
        for index in (0, len(images) - 1):
            pixels = canvases.nth(index).evaluate(
                "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
            )
            painted = np.array(pixels).reshape(*images.shape[1:], 4)[..., :3]
            np.testing.assert_array_equal(painted, expected[index])


def test_a_long_vector_shows_every_value(page, url):
    open_app(page, url, "only=maps")
    root = component(page, 2)
    picture = root.locator(".grid canvas").nth(1)
    columns = picture.evaluate("canvas => canvas.width")
    rows = -(-512 // columns)
    assert picture.bounding_box()["width"] / columns >= 4
    hover_cell(picture, 300 // columns, 300 % columns, (rows, columns))
    expect(root.locator(".readout")).to_contain_text("dropout · unit 300 ·")
    np.testing.assert_allclose(read_value(root.locator(".readout")), vectors()[1, 0, 300], rtol=1e-5)


def test_maps_by_keyboard(page, url):
    frames = open_app(page, url, "only=maps")
    root = component(page, 0)
    readout = root.locator(".readout")
    buttons = root.locator(".grid .map")
    assert root.locator('.grid .map[tabindex="0"]').count() == 1
    buttons.first.focus()
    expect(readout).to_contain_text("0 · row 0, column 0 ·")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("0 · row 1, column 1 ·")
    np.testing.assert_allclose(read_value(readout), kernels()[0, 1, 1], rtol=1e-5)
    page.keyboard.press("Shift+ArrowRight")
    expect(readout).to_contain_text("1 · row 1, column 1 ·")
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    expect(readout).to_contain_text("0 · row 1, column 4 ·")

    page.keyboard.press("Enter")
    enlarged = root.locator(".enlarged")
    expect(enlarged).to_be_visible()
    expect(enlarged.locator("b")).to_contain_text("0: 5 x 5, from -")
    page.keyboard.press("Escape")
    expect(enlarged).to_be_hidden()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "map"
    assert frames == []


def test_an_enlarged_map_stays_open_and_in_place_when_data_comes(page, url):
    open_app(page, url, "only=maps")
    root = component(page, 1)
    root.locator(".grid .map").nth(5).click()
    big = root.locator(".big")
    mark(big)
    hover_cell(big.locator("canvas"), 7, 9, (24, 24))
    expect(root.locator(".readout")).to_contain_text("5 · row 7, column 9 ·")
    more_data(page, 1)
    assert is_marked(big)
    expect(big).to_be_visible()
    hover_cell(big.locator("canvas"), 7, 9, (24, 24))
    np.testing.assert_allclose(read_value(root.locator(".readout")), activations(1)[5, 7, 9], rtol=1e-5)
    root.get_by_role("button", name="Close", exact=True).click()
    expect(big).to_be_hidden()


def test_maps_say_in_words_what_they_show(page, url):
    open_app(page, url, "only=maps")
    dead = component(page, 1).locator("figure").nth(7)
    expect(dead.locator("button")).to_have_attribute("aria-label", "7: 24 x 24, all 0")
    expect(dead.locator("figcaption")).to_have_text("7 · all 0")
    expect(component(page, 0).locator(".nan")).to_be_visible()
    expect(component(page, 1).locator(".nan")).to_be_hidden()
    top = colours.limit_of(kernels(), "diverging")
    expect(component(page, 0).locator(".legend")).to_contain_text(re.compile(rf"-{top:.3g}\s*0\s*\+{top:.3g}"))


def test_python_learns_which_map_is_enlarged_when_it_asks(page, url):
    open_app(page, url, "only=maps")
    component(page, 3).locator(".grid .map").nth(2).click()
    expect(page.get_by_text("enlarged: 2")).to_be_visible()
    expect(component(page, 3).locator(".enlarged")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("enlarged: None")).to_be_visible()


# Probabilities


def test_probabilities_follow_the_answer_at_the_same_height(page, url):
    open_app(page, url, "only=probabilities")
    root = component(page, 0)
    expect(root.locator(".hint")).to_have_text("Draw a digit to see it read.")
    height = root.bounding_box()["height"]
    mark(root)

    more_data(page, 1)
    rows = root.locator("li")
    expect(root.locator(".answer")).to_have_text("3, 82.0 %")
    expect(rows.nth(3)).to_have_class("top")
    expect(rows.locator(".percent").nth(0)).to_have_text("2.0 %")
    assert root.locator(".second").count() == 0  # nine classes share the second place
    bar, track = (rows.nth(3).locator(part).bounding_box()["width"] for part in (".bar", ".track"))
    page.wait_for_timeout(400)
    bar = rows.nth(3).locator(".bar").bounding_box()["width"]
    assert bar / track == pytest.approx(0.82, abs=0.01)

    more_data(page, 2)
    expect(root.locator(".answer")).to_have_text("8, 70.0 %")
    expect(rows.nth(3)).to_have_class("second")
    expect(rows.nth(0).locator(".percent")).to_have_text("0.0 %")

    more_data(page, 3)
    expect(root.locator(".hint")).to_have_text("The network's answer is not a number.")
    assert root.bounding_box()["height"] == height
    assert is_marked(root)


def test_bars_do_not_glide_for_those_who_want_no_motion(page, url):
    open_app(page, url, "only=probabilities")
    duration = "bar => getComputedStyle(bar).transitionDuration"
    assert page.locator(".bar").first.evaluate(duration) == "0.35s"
    page.emulate_media(reduced_motion="reduce")
    assert page.locator(".bar").first.evaluate(duration) == "0s"


# Architecture


def test_architecture_selects_by_click_and_by_key(page, url):
    open_app(page, url, "only=architecture")
    layers = component(page, 0).get_by_role("button")
    expect(layers).to_have_count(8)
    expect(layers.nth(1)).to_contain_text("24 x 24 x 32")
    expect(layers.nth(3)).to_contain_text("51,264 parameters")
    layers.nth(3).click()
    expect(page.get_by_text("architecture selected: 3")).to_be_visible()
    layers.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("architecture selected: 1")).to_be_visible()
    expect(layers.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(layers.nth(3)).to_have_attribute("aria-pressed", "false")


def test_architecture_says_what_does_not_fit(page, url):
    open_app(page, url, "only=architecture")
    layers = component(page, 1).get_by_role("button")
    bad = layers.nth(3)
    expect(bad).to_have_accessible_name(re.compile("a 5 x 5 kernel does not fit on a 4 x 4 map; at most 4 x 4 does$"))
    expect(bad).to_contain_text("⚠ Conv2D")
    expect(bad).to_contain_text("does not fit")
    expect(layers.nth(4)).to_contain_text("shape unknown")
    expect(bad).to_have_attribute("aria-pressed", "true")
    expect(component(page, 0)).not_to_contain_text("⚠")
    expect(component(page, 1).locator(".palette")).to_be_hidden()  # nothing can be added here


# All of them


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_everything_fits_and_wears_the_theme(page, url, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    open_app(page, url, "")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for root in page.locator(".root").all():
        box = root.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        red, green, blue = map(int, re.findall(r"\d+", root.evaluate("node => getComputedStyle(node).color"))[:3])
        assert (red + green + blue > 380) == (scheme == "dark")
    charts = [chart.bounding_box() for chart in page.locator(".chart").all()]
    assert (charts[0]["y"] == charts[1]["y"]) == (width == 1280)
