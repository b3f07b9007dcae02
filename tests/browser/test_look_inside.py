"""Look inside in a real browser: the overview lights up what NumPy says, and any number is followed to the pixels."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from cnnlab import mnist, starter
from cnnlab.explain.contributions import wiring
from cnnlab.explain.trace import PIXELS, Cell, explain
from cnnlab.nn import network
from tests.browser.visitor import open_page, settle

EXPERIMENT, WEIGHTS = starter.load()
ARCHITECTURE = EXPERIMENT.architecture


@pytest.fixture(scope="module")
def url(start_app, tmp_path_factory):
    return start_app("app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))})


def image_of(digit):
    test = mnist.load().test
    return mnist.normalise(test.images[np.flatnonzero(test.labels == digit)[0]])


def traces_of(digit):
    return network.trace(ARCHITECTURE, WEIGHTS, image_of(digit))


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace(",", ""))


def numbers(page: Page, selector: str) -> list[float]:
    return [number(text) for text in page.locator(selector).all_text_contents()]


def unit(page: Page, column: int, index: int):
    return page.locator(f'.unit[data-c="{column}"][data-unit="{index}"]')


def frames_of(page: Page) -> list[str]:
    """Every websocket frame that the page sends from now on, once it is open."""
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    return frames


def lit_edges(page: Page) -> set[tuple[str, str]]:
    paths = page.locator("svg path[data-from]")
    return set(paths.evaluate_all("all => all.map((path) => [path.dataset.from, path.dataset.to].join())"))


# The overview


def test_pointing_at_a_map_lights_its_strongest_sources_without_the_server(page, url):
    frames = frames_of(page)
    open_page(page, url, "Look inside")
    expect(unit(page, 8, 7)).to_be_visible()
    settle(page)
    frames.clear()
    amounts = wiring(ARCHITECTURE, WEIGHTS, image_of(7), traces_of(7))[2].amounts
    shown = [
        int(index)
        for index in page.locator('.unit[data-c="3"]').evaluate_all("all => all.map((one) => one.dataset.unit)")
    ]
    sent = [
        int(index)
        for index in page.locator('.unit[data-c="2"]').evaluate_all("all => all.map((one) => one.dataset.unit)")
    ]
    for index in shown[:4]:
        unit(page, 3, index).hover()
        strongest = [source for source in np.argsort(-np.abs(amounts[:, index]))[:8] if source in sent][:5]
        into = {edge for edge in lit_edges(page) if edge.endswith(f",3/{index}")}
        assert into == {f"2/{source},3/{index}" for source in strongest}
        best = int(np.abs(amounts[:, index]).argmax())
        adds = "adds" if amounts[best, index] > 0 else "takes away"
        told = page.locator(".readout").text_content()
        assert f"map {best} {adds} {abs(amounts[best, index]):.3g}".rstrip("0") in told
    assert frames == []


def test_a_pinned_map_stays_while_the_digit_changes(page, url):
    open_page(page, url, "Look inside")
    strongest = int(traces_of(7)[2].output.mean(axis=(0, 1)).argmax())
    unit(page, 3, strongest).click()
    title = page.locator(".detail h4")
    for digit in (7, 4, 0):
        page.get_by_role("radiogroup", name="A test digit that is a").get_by_text(str(digit), exact=True).click()
        output = traces_of(digit)[2].output[..., strongest]
        told = f"from 0 to {output.max():.3g}" if output.any() else "all 0, zero for this digit"
        expect(title).to_have_text(f"3. Conv2D, map {strongest}: {told}.")
    expect(unit(page, 3, strongest)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Unpin").click()
    expect(title).to_contain_text("class 0")


def test_a_pin_and_a_folded_layer_are_still_there_after_another_view(page, url):
    open_page(page, url, "Look inside")
    strongest = int(traces_of(7)[2].output.mean(axis=(0, 1)).argmax())
    unit(page, 3, strongest).click()
    expect(unit(page, 3, strongest)).to_have_attribute("aria-pressed", "true")
    page.locator('[data-fold="2"]').click()
    page.locator(".range").select_option("map")
    views = page.get_by_role("radiogroup", name="View")
    views.get_by_text("Trace", exact=True).click()
    expect(page.locator(".path")).to_be_visible()
    views.get_by_text("Maps", exact=True).click()
    expect(unit(page, 3, strongest)).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-fold="2"]')).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".range")).to_have_value("map")
    expect(page.locator(".detail h4")).to_contain_text(f"3. Conv2D, map {strongest}")


def test_the_network_in_space_is_turned_and_read_without_the_server(page, url):
    frames = frames_of(page)
    open_page(page, url, "Look inside")
    page.get_by_text("Show it in space, each layer a stack of planes").click()
    scene = page.locator(".scene")
    expect(scene.locator(".stack")).to_have_count(7)
    scene.scroll_into_view_if_needed()
    settle(page)
    frames.clear()
    readout = page.locator(".root", has=scene).locator(".readout")
    front = scene.locator(".stack").nth(1).locator("canvas").first.bounding_box()
    page.mouse.move(front["x"] + 10, front["y"] + front["height"] / 2)
    output = traces_of(7)[0].output[..., 0]
    expect(readout).to_have_text(f"1. Conv2D, map 0 of 16: largest value {output.max():.3g}.")
    expect(scene.locator(".peek")).to_be_visible()

    before = scene.locator(".world").get_attribute("style")
    page.mouse.down()
    page.mouse.move(front["x"] + 90, front["y"] + 20, steps=4)
    page.mouse.up()
    assert scene.locator(".world").get_attribute("style") != before
    scene.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    output = traces_of(7)[1].output[..., 1]
    expect(readout).to_have_text(f"2. MaxPooling2D, map 1 of 16: largest value {output.max():.3g}.")
    assert frames == []


def test_the_picture_stands_high_on_the_page(page, url):
    """The choice of network, digit and view takes less than half of the screen."""
    open_page(page, url, "Look inside")
    expect(unit(page, 8, 7)).to_be_visible()
    settle(page)
    assert page.locator(".stage").bounding_box()["y"] < 400


def test_layers_fold_all_maps_can_be_seen_and_colours_have_three_ranges(page, url):
    frames = frames_of(page)
    open_page(page, url, "Look inside")
    expect(unit(page, 8, 7)).to_be_visible()
    settle(page)
    frames.clear()
    traces = traces_of(7)
    assert page.locator('.unit[data-c="3"]').count() == 10
    page.locator('[data-all="3"]').click()
    assert page.locator('.unit[data-c="3"]').count() == 64
    dead = np.flatnonzero((traces[2].output == 0).all(axis=(0, 1)))
    marked = page.locator('.unit[data-c="3"] sup')
    assert sorted(marked.evaluate_all("all => all.map((sign) => +sign.parentElement.dataset.unit)")) == dead.tolist()

    highs = page.locator(".legend .high")
    layer_limits = [1, *(f"{traces[index].output.max():.3g}" for index in (0, 1, 2, 3, 5))]
    assert [float(text) for text in highs.all_text_contents()] == [float(text) for text in layer_limits]
    select = page.get_by_role("combobox", name="Colours")
    select.select_option("network")
    largest = max(trace.output.max() for trace in traces)
    assert numbers(page, ".legend .high")[1:] == [float(f"{largest:.3g}")] * 5
    select.select_option("map")
    assert set(highs.all_text_contents()[1:]) == {"largest"}

    page.locator('[data-fold="3"]').click()
    assert page.locator('.unit[data-c="3"]').count() == 0
    assert any(edge.startswith("3/") for edge in lit_edges(page))  # the way goes through
    page.locator('[data-fold="3"]').click()
    assert page.locator('.unit[data-c="3"]').count() == 64
    assert frames == []


def test_the_histograms_tell_zeros(page, url):
    open_page(page, url, "Look inside")
    expect(unit(page, 8, 7)).to_be_visible()
    output = traces_of(7)[2].output
    labels = page.locator(".column").nth(3).locator(".spread").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert f"values: {output.size:,} values from 0 to" in labels[0]
    assert f"{(output == 0).sum():,} are 0, 0 NaN, 0 infinite" in labels[0]
    assert labels[1].startswith(f"weights: {WEIGHTS['2/kernel'].size + 64:,} values")


# The trace

NEXT = {
    "dense": ".terms .list button",
    "copy": ".choose button",
    "maximum": ".choose .winner",
    "convolution": ".choose .here",
}
"""What is clicked to go on: the largest term, the largest product of the map that adds most, a window's winner."""


IS_ON_A_VALUE = """() => {
    let element = document.activeElement;
    while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element.closest(".choose") !== null;
}"""


def wait_for_step(page: Page, count: int) -> None:
    expect(page.locator(".path li")).to_have_count(count)
    expect(page.locator(".what h4")).to_be_visible()


def cell_in_address(page: Page) -> Cell:
    words = re.search(r"[?&]at=([^&]+)", page.url)[1].split("_")
    layer, *position = (int(part) for part in words[-1].split("."))
    return Cell(layer - 1, tuple(position))


def check_dense(page: Page, parts) -> None:
    terms, rest = numbers(page, ".terms .list b"), numbers(page, ".rest")
    np.testing.assert_allclose(terms, sorted(parts.products, key=lambda x: -abs(x))[: len(terms)], atol=1e-4)
    assert sum(terms) + sum(rest) == pytest.approx(parts.products.sum(dtype=float), abs=1e-3)


def check_convolution(page: Page, parts) -> None:
    sums = numbers(page, ".channels .list b")
    if sums:
        assert sum(sums) == pytest.approx(parts.products.sum(dtype=float), abs=len(sums) * 1e-4)
        assert sums[0] == pytest.approx(
            parts.products[:, :, np.abs(parts.products.sum(axis=(0, 1))).argmax()].sum(), abs=1e-4
        )
    cells = page.locator(".choose button").evaluate_all("all => all.map((cell) => cell.ariaLabel)")
    read = [tuple(map(number, re.search(r": (\S+) \S (\S+) = (\S+)$", cell).groups())) for cell in cells]
    assert sum(product for _, _, product in read) == pytest.approx(sums[0] if sums else parts.products.sum(), abs=3e-3)
    assert all(product == pytest.approx(value * weight, abs=3e-4) for value, weight, product in read)


def test_a_score_is_followed_click_by_click_to_the_pixels_and_its_terms_add_up(page, url):
    open_page(page, url, "Look inside", "view=Trace")
    traces, image = traces_of(7), image_of(7)
    cell, operations = Cell(len(traces) - 1, (7,)), []
    for step in range(1, 20):
        wait_for_step(page, step)
        found = explain(ARCHITECTURE, WEIGHTS, image, traces, cell)
        parts = found.parts
        operations.append(parts.operation)
        assert numbers(page, ".value span") == [pytest.approx(found.after, abs=1e-4)]
        table = numbers(page, ".total td")
        if parts.operation in ("dense", "convolution"):
            expected = [parts.products.sum(), parts.bias, found.before]
            assert table[:3] == pytest.approx(expected, abs=2e-4)
            (check_dense if parts.operation == "dense" else check_convolution)(page, parts)
        if step == 1:
            np.testing.assert_allclose(numbers(page, ".softmax .list b:nth-of-type(1)"), found.logits, atol=1e-4)
        if cell.layer_index == PIXELS:
            break
        page.locator(NEXT[parts.operation]).first.click()
        wait_for_step(page, step + 1)
        cell = cell_in_address(page)
        assert found.is_made_from(cell)
    assert operations == ["dense", "copy", "dense", "copy", "maximum", "convolution", "maximum", "convolution", "pixel"]
    assert numbers(page, ".value span") == [pytest.approx(image[cell.position], abs=1e-4)]

    page.get_by_role("button", name="Back").click()
    wait_for_step(page, len(operations) - 1)
    page.locator(".path button").first.click()
    wait_for_step(page, 1)
    page.locator('[data-unit="2"]').click()
    expect(page.locator(".value")).to_contain_text("class 2")
    assert numbers(page, ".total td")[2] == pytest.approx(traces[-1].pre_activation[2], abs=1e-4)


def test_hovering_a_trace_asks_no_server(page, url):
    frames = frames_of(page)
    open_page(page, url, "Look inside", "view=Trace&at=3.5.3.41")
    expect(page.locator(".choose")).to_be_visible()
    settle(page)
    frames.clear()
    traces = traces_of(7)
    parts = explain(ARCHITECTURE, WEIGHTS, image_of(7), traces, Cell(2, (5, 3, 41))).parts
    channel = int(np.abs(parts.products.sum(axis=(0, 1))).argmax())
    page.locator('.choose [data-place="7"]').hover()
    value, weight, product = (float(array[1, 2, channel]) for array in (parts.inputs, parts.weights, parts.products))
    told = [
        number(text)
        for text in re.findall(r"\u2212?\d+\.?\d*(?:e\u2212?\d+)?", page.locator(".readout").text_content())
    ]
    assert told == [1, 2, *(pytest.approx(x, abs=1e-4) for x in (value, weight, product))]
    page.locator(".channels button").nth(3).click()
    page.locator(".picture.map").hover()
    assert page.locator(".readout").text_content().startswith("row ")
    assert frames == []


def test_the_keyboard_alone_goes_from_the_overview_to_the_pixels(page, url):
    open_page(page, url, "Look inside")
    expect(unit(page, 8, 7)).to_be_visible()
    settle(page)
    page.locator(".column .fold").last.focus()
    page.keyboard.press("Tab")  # the one unit that Tab comes to: the class that won
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    pinned = page.locator(".unit.pinned")
    expect(pinned).to_have_attribute("data-c", "3")
    page.locator(".big").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    wait_for_step(page, 1)
    assert cell_in_address(page).position[:2] == (1, 1)
    for step in (1, 2, 3, 4):
        expect(page.locator(".path li")).to_have_count(step)
        if step == 4:
            break
        page.locator(".what h4").focus()
        for _ in range(6):  # past the map and the list to the values, one stop each
            page.keyboard.press("Tab")
            if page.evaluate(IS_ON_A_VALUE):
                break
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
    assert cell_in_address(page).layer_index == PIXELS


@pytest.mark.parametrize(
    "query", ["view=Maps", "view=Trace", "view=Trace&at=3.5.3.41", "view=Trace&at=4.2.1.41", "view=Trace&at=0.5.5.0"]
)
def test_it_fits_a_phone(page, url, query):
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, url, "Look inside", query)
    expect(page.locator(".root:visible").last).to_be_visible()
    settle(page)
    widths = page.evaluate(
        """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
            .map((element) => element.scrollWidth)"""
    )
    assert max(widths) <= 390
    boxes = [root.bounding_box() for root in page.locator(".root:visible").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    inside = page.locator(".root:visible").last.evaluate(
        "root => Math.max(...[...root.querySelectorAll('.how *, .head *')].map((one) => one.getBoundingClientRect().right), 0)"
    )
    assert inside <= 390
