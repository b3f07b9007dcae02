"""The main job in a real browser, on the real MNIST: design a network, train it, look inside it, let it read a digit."""

import re
from collections import Counter
from dataclasses import replace

import psutil
import pytest
from playwright.sync_api import Page, expect

from cnnlab.presets import PRESETS
from cnnlab.runs.store import RunStore
from tests.browser.visitor import (
    PATIENCE,
    button,
    choose_preset,
    curves,
    draw_a_one,
    go_to,
    open_page,
    reads,
    run_in_address,
    settle,
    steps,
    wait_for_steps,
)

TINY = PRESETS["Tiny"]
LONG = replace(TINY, training=replace(TINY.training, epochs=30, batch_size=16))
"""A run that will not be over before it is looked at."""
TRAINING_TIME = 300_000


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The runs folder of the server, read beside it."""
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def server(start_server, store):
    return start_server("app.py", {"CNNLAB_RUNS": str(store.root)})


@pytest.fixture(autouse=True)
def nothing_goes_on(server, store, browser):
    """What a test that failed left running would be in the way of the next one."""
    yield
    for info in store.list():
        if not info.is_over:
            page = browser.new_context().new_page()
            open_page(page, server.url, "Train", f"run={info.id}")
            stop(page)
            page.context.close()


def start_long_run(page: Page, url: str) -> str:
    """Start a run from a shared link, wait until it is under way, and return its id."""
    open_page(page, url, "Train", f"experiment={LONG.to_url()}")
    button(page, "Train").click()
    run_id = run_in_address(page)
    wait_for_steps(page, 20)
    return run_id


def stop(page: Page) -> None:
    button(page, "Stop").click()
    expect(page.get_by_text("Stopped early").first).to_be_visible(timeout=PATIENCE)


def has_tensorflow(process: psutil.Process) -> bool:
    return any("tensorflow" in library.path for library in process.memory_maps())


def engines(server) -> list[psutil.Process]:
    """The server's children that hold a cluster."""
    return [
        child for child in psutil.Process(server.pid).children() if "cnnlab.engine.local_cluster" in child.cmdline()
    ]


def test_a_reload_in_the_middle_of_training_loses_nothing(page, server, store):
    run_id = start_long_run(page, server.url)
    before = steps(page)
    page.reload()
    expect(curves(page)).to_be_visible(timeout=PATIENCE)
    wait_for_steps(page, before)
    assert run_in_address(page) == run_id
    assert [info.id for info in store.list()] == [run_id]
    expect(button(page, "Train")).to_have_count(0)
    stop(page)
    history = store.get(run_id).history().batches
    assert history.step.tolist() == list(range(1, len(history.step) + 1))


def test_a_second_window_shows_the_same_run(page, server, store, browser):
    run_id = start_long_run(page, server.url)
    other = browser.new_context().new_page()
    open_page(other, server.url, "Train", f"run={run_id}")
    wait_for_steps(other, steps(page))
    stop(other)
    expect(page.get_by_text("Stopped early").first).to_be_visible(timeout=PATIENCE)
    assert store.get(run_id).info.test_accuracy is not None
    expect(page.get_by_text("Test accuracy")).to_be_visible(timeout=PATIENCE)
    other.context.close()


@pytest.mark.slow
def test_from_layers_to_a_digit_read_by_one_s_own_network(page, server, store):
    open_page(page, server.url, "Home")
    go_to(page, "Build")
    choose_preset(page, "Tiny")
    expect(page.get_by_text("1,554 parameters").first).to_be_visible()
    choose_preset(page, "Fast and good")
    expect(page.get_by_text("13,066 parameters").first).to_be_visible()

    button(page, "Train it").click()
    button(page, "Train").click()
    run_id = run_in_address(page)
    wait_for_steps(page, 100)
    validation = re.compile(r"validation (9[5-9]|100)\.\d\d %")
    expect(page.locator(".latest").nth(1)).to_have_text(validation, timeout=TRAINING_TIME)
    expect(page.get_by_text("Finished").first).to_be_visible(timeout=TRAINING_TIME)

    info, history = store.get(run_id).info, store.get(run_id).history()
    assert (info.state, info.experiment) == ("finished", PRESETS["Fast and good"])
    assert (info.num_train, info.num_validation) == (50_000, 10_000)
    assert history.epochs.val_accuracy[-1] > 0.95
    accuracy = re.compile(rf"{100 * info.test_accuracy:.2f}\s?%")
    expect(page.get_by_test_id("stMetric").filter(has_text="Test accuracy")).to_contain_text(accuracy)

    go_to(page, "Look inside")
    expect(page.get_by_role("combobox", name="Network")).to_have_value(accuracy)
    assert run_in_address(page) == run_id
    settle(page)
    sizes = Counter(map(tuple, page.locator(".unit canvas").evaluate_all("all => all.map((c) => [c.height, c.width])")))
    maps = {(24, 24): 10, (12, 12): 10, (10, 10): 10, (5, 5): 10}  # the ten strongest of each layer
    assert sizes == Counter({(28, 28): 1, **maps})
    expect(page.locator(".unit canvas").first).to_be_visible()

    go_to(page, "Draw")
    expect(page.get_by_role("combobox", name="Network")).to_have_value(accuracy)
    draw_a_one(page)
    reads(page, 1)


@pytest.mark.skipif(
    not hasattr(psutil.Process, "memory_maps"), reason="this system does not tell a process's libraries"
)
def test_tensorflow_is_with_the_workers_and_not_in_the_server(page, server):
    for title in ("Home", "Build", "Train", "Look inside", "Draw"):
        open_page(page, server.url, title)
    expect(page.get_by_text("warming up")).to_have_count(0)
    assert not has_tensorflow(psutil.Process(server.pid))
    (engine,) = engines(server)
    assert any(has_tensorflow(worker) for worker in engine.children(recursive=True))


def test_the_engine_s_death_is_told_and_a_new_run_can_be_started(page, server, store):
    run_id = start_long_run(page, server.url)
    (engine,) = engines(server)
    engine.kill()
    expect(page.get_by_text("Interrupted").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("The training engine is down")).to_be_visible()
    assert steps(page) > 20
    assert store.get(run_id).info.state == "interrupted"
    history = store.get(run_id).history().batches
    assert history.step.tolist() == list(range(1, len(history.step) + 1))
    assert len(history.step) >= steps(page)

    button(page, "Train").click()
    expect(page).not_to_have_url(re.compile(run_id), timeout=PATIENCE)
    wait_for_steps(page, 20)
    assert run_in_address(page) != run_id
    stop(page)
