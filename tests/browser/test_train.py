"""Train's main act in a real browser, on real MNIST: pause, step, go on, and go back to what was learned when."""

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnnlab import mnist
from cnnlab.experiment import DataSettings
from cnnlab.explain import snapshots
from cnnlab.nn import network
from cnnlab.nn.weights import Weights
from cnnlab.presets import PRESETS
from cnnlab.runs.store import RunStore
from tests.browser.visitor import (
    PATIENCE,
    button,
    curves,
    draw_a_one,
    go_to,
    open_page,
    reads,
    run_in_address,
    wait_for_steps,
)
from ui import colours

TINY = PRESETS["Tiny"]
IMAGES, LABELS = mnist.normalise(mnist.load().test.images), mnist.load().test.labels


def experiment(epochs: int):
    """200 updates an epoch."""
    training = replace(TINY.training, epochs=epochs, batch_size=20, learning_rate=0.001)
    return replace(TINY, data=DataSettings(train_size=4_000, validation_size=500), training=training)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def server(start_server, store):
    return start_server("app.py", {"CNNLAB_RUNS": str(store.root)})


def state_is(page: Page, words: str) -> None:
    expect(page.get_by_test_id("stProgress").first).to_contain_text(words, timeout=PATIENCE)


def timeline(page: Page) -> Locator:
    return page.get_by_role("slider", name="Stage of the training")


def zoom_in(page: Page) -> list[str]:
    """Drag over a part of the first chart; returns what stands on its axis."""
    box = page.locator(".chart").first.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Reset zoom")).to_be_enabled()
    return axis(page)


def axis(page: Page) -> list[str]:
    return page.locator(".chart").first.locator(".grid text").all_text_contents()


def press(page: Page, name: str) -> None:
    """Press a button by the keyboard, twice, as somebody does who is not sure."""
    button(page, name).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")


def wait_until_silent(page: Page, sent: list[str]) -> None:
    """Wait until all stages are looked at, and so the page asks for no more."""
    for _ in range(PATIENCE // 2_000):
        sent.clear()
        page.wait_for_timeout(2_000)
        if not sent:
            return
    raise AssertionError("The page does not come to rest")


def read_by(weights: Weights, index: int) -> str:
    """What a network reads a test digit as, computed here, as the page says it."""
    answer = network.forward(TINY.architecture, weights, IMAGES[index])[-1]
    mark = colours.RIGHT_MARK if answer.argmax() == LABELS[index] else colours.WRONG_MARK
    percent = round(100 * float(answer.max()))
    return f"{mark} a {answer.argmax()} at {'> 99' if percent == 100 else percent} %"


def num_right(weights: Weights) -> int:
    answers = [
        network.forward(TINY.architecture, weights, image)[-1].argmax() for image in IMAGES[: snapshots.NUM_TEST]
    ]
    return int((np.array(answers) == LABELS[: snapshots.NUM_TEST]).sum())


def pixels(pictures: Locator) -> list[str]:
    return pictures.evaluate_all("all => all.map((canvas) => canvas.toDataURL())")


def test_pause_step_go_on_and_stop(page, server, store):
    open_page(page, server.url, "Train", f"experiment={experiment(epochs=30).to_url()}")
    button(page, "Train").click()
    run = store.get(run_in_address(page))
    wait_for_steps(page, 60)
    curves(page).evaluate("plots => { plots.marked = true; }")
    zoomed = zoom_in(page)

    button(page, "Pause").click()
    state_is(page, "Paused")
    done = run.history().batches.step[-1]
    press(page, "One batch")  # each press is a step
    done += 1
    state_is(page, f"Paused · update {done + 1:,.0f} of")
    expect(button(page, "One batch")).to_be_focused()
    assert run.history().batches.step.tolist() == list(range(1, int(done) + 2))

    rate = page.get_by_role("spinbutton", name="Learning rate")
    rate.fill("0.01")
    rate.press("Enter")
    state_is(page, "learning rate 0.01")
    assert run.info.learning_rates == ((done + 1, 0.01),)

    press(page, "Resume")
    wait_for_steps(page, int(done) + 40)
    expect(button(page, "One batch")).to_be_disabled()
    assert axis(page) == zoomed
    button(page, "Stop").click()
    state_is(page, "Stopped early")
    assert axis(page) == zoomed
    assert curves(page).evaluate("plots => plots.marked")
    page.get_by_role("button", name="Reset zoom").click()
    expect(page.locator(".marks text").first).to_have_text("learning rate 0.01")
    assert len(run.history().batches.step) == run.history().batches.step[-1]


def test_one_slider_goes_back_through_what_was_learned(page, server, store):
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    open_page(page, server.url, "Train", f"experiment={experiment(epochs=1).to_url()}")
    go_to(page, "Draw")
    draw_a_one(page)
    reads(page, 1)
    go_to(page, "Train")
    button(page, "Train").click()
    run = store.get(run_in_address(page))
    state_is(page, "Finished")

    steps = run.snapshot_steps()
    at_first, at_last = (run.weights(step) for step in (steps[0], steps[-1]))
    said, matrix, pictures = (page.locator(one) for one in (".answer .said", "table caption", ".pictures canvas"))
    expect(said).to_have_text(read_by(at_last, 0), timeout=PATIENCE)
    expect(matrix).to_contain_text(f"{num_right(at_last):,} of 2,000 right", timeout=PATIENCE)
    expect(page.locator(".stages span")).to_have_count(len(steps))
    timeline(page).focus()
    page.keyboard.press("Home")
    expect(matrix).to_have_text(re.compile(rf"^{num_right(at_first)} of 2,000 right: [\d.]+ %$"), timeout=PATIENCE)
    wait_until_silent(page, sent)

    page.keyboard.press("End")
    expect(said).to_have_text(read_by(at_last, 0))
    late = pixels(pictures)
    page.keyboard.press("Home")
    expect(said).to_have_text(read_by(at_first, 0))
    expect(page.locator(".where")).to_contain_text("Before training")
    expect(page.locator(".later").first).to_be_visible()  # the curves are pale from there on
    assert all(before != after for before, after in zip(pixels(pictures)[:4], late[:4], strict=True))
    page.get_by_role("group", name="Which digits").get_by_role("button", name="only 7").click()
    shown = page.locator(".digit:visible:not(.mine)")
    expect(shown).to_have_count(12)
    assert all(name.startswith("a 7, read as") for name in shown.evaluate_all("all => all.map((one) => one.ariaLabel)"))
    button(page, "Replay the learning from stage to stage").click()
    expect(said).to_have_text(read_by(at_last, 0), timeout=PATIENCE)
    expect(page.locator(".later").first).to_be_hidden()
    assert sent == []

    page.locator(".digit.mine").click()
    expect(page.locator(".root .name")).to_have_text("Your drawing", timeout=PATIENCE)
    expect(said).to_have_text(re.compile("^a 1 at"))
