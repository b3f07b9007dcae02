"""The Learn pages by keyboard alone: Tab reaches everything, one sees where one is, arrow keys and Space do the rest."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.learner import STATIONS, open_station

MOST_STOPS = 250
ARROWS = ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp")
INSTALL = """() => {
    const CONTROLS = 'button, input:not([type=hidden]), select, textarea, a[href], summary, [tabindex="0"]';
    const GROUPS = '[role=radiogroup], .root [role=group], [data-testid=stNumberInputContainer], [data-testid=stSelectbox], [data-testid=stDataFrame]';
    const STYLES = ["outlineStyle", "outlineWidth", "boxShadow", "borderColor", "backgroundColor", "opacity"];
    const main = document.querySelector("[data-testid=stMain]");
    const plain = new Map(); // what each control looks like without the focus
    const reached = new Set();

    const inside = (node) => [...node.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? inside(one.shadowRoot) : [])]);
    const isSeen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 0;
    const clipped = (one) => { const style = getComputedStyle(one); return style.clip !== "auto" || style.clipPath !== "none"; };
    const isDrawn = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !clipped(one);

    // A control and what is drawn in its place and closely around it: many native inputs are hidden behind a drawing.
    function around(one) {
        const near = one.parentElement?.parentElement ?? one.parentElement ?? one;
        const own = [one, one.parentElement, near, near.parentElement, near.parentElement?.parentElement];
        return [...own, ...[...near.querySelectorAll("*")].slice(0, 40)].filter((each) => each && each !== main);
    }
    const looks = (one) => around(one).filter(isDrawn).map((each) => STYLES.map((name) => getComputedStyle(each)[name]).join()).join("|");

    function active() {
        let one = document.activeElement;
        while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
        return one;
    }
    const isInMain = (one) => { while (one && !main.contains(one)) one = one.getRootNode().host; return Boolean(one) && one !== main; };

    const controls = inside(main).filter((one) => one.matches(CONTROLS) && !one.disabled && isSeen(one));
    controls.forEach((one) => plain.set(one, looks(one)));

    async function isMarked(one) {
        for (let frame = 0; frame < 30; frame++) { // a mark may fade in
            if (!plain.has(one) || looks(one) !== plain.get(one)) return true;
            await new Promise(requestAnimationFrame);
        }
        return false;
    }

    const rootOf = (one) => one.closest(".root");
    window.walk = {
        active,
        isInMain: () => isInMain(active()),
        async stop() {
            const one = active();
            const again = reached.has(one);
            reached.add(one);
            const root = rootOf(one);
            return {
                again,
                tag: one.tagName.toLowerCase(),
                css: String(one.className),
                marked: await isMarked(one),
                table: one.matches("[data-testid=stDataFrame] :is(canvas, canvas *)"),
                picture: Boolean(root) && one.tagName !== "INPUT" && (one.matches(".map") || (one.tabIndex === 0 && one.tagName !== "BUTTON")),
            };
        },
        // All that the component in which the focus is tells, to the eye and to the ear.
        told() {
            const all = inside(rootOf(active()));
            const spoken = all.map((one) => `${one.ariaValueText} ${one.ariaLabel} ${one.matches("input") ? one.value : ""}`);
            return rootOf(active()).textContent + spoken.join();
        },
        missed() {
            const groups = new Set([...reached].map((one) => one.closest(GROUPS)).filter(Boolean));
            const names = new Set([...reached].filter((one) => one.type === "radio").map((one) => one.name));
            return controls.filter((one) => one.isConnected && isSeen(one) && !reached.has(one) && !groups.has(one.closest(GROUPS))
                && !(one.type === "radio" && names.has(one.name))).map((one) => one.outerHTML.slice(0, 200));
        },
    };
}"""


@dataclass(frozen=True)
class Stop:
    """Where Tab has led to: as a screen reader tells it, and as it looks."""

    role: str
    name: str
    again: bool
    tag: str
    css: str
    marked: bool
    table: bool
    picture: bool

    @property
    def is_button(self) -> bool:
        """Whether it plays or steps a picture."""
        return self.tag == "button" and self.css in ("play", "back", "next", "step")


class Walk:
    """Through the main part of a page by Tab."""

    def __init__(self, page: Page, sent: list[str]):
        self.page, self.sent = page, sent
        self.browser: CDPSession = page.context.new_cdp_session(page)
        page.evaluate(INSTALL)

    def enter(self) -> None:
        """Tab through the navigation up to the main part's first control."""
        for _ in range(50):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("walk.isInMain()"):
                return
        raise AssertionError("Tab never came to the main part")

    def heard(self) -> tuple[str, str]:
        """Role and name of what has the focus, as the browser gives them to a screen reader."""
        found = self.browser.send("Runtime.evaluate", {"expression": "walk.active()"})["result"]["objectId"]
        asked: dict[str, Any] = {"objectId": found, "fetchRelatives": False}
        node = self.browser.send("Accessibility.getPartialAXTree", asked)["nodes"][0]
        return node["role"]["value"], node.get("name", {}).get("value", "")

    def stop(self) -> Stop:
        """Look at where the focus is."""
        return Stop(*self.heard(), **self.page.evaluate("walk.stop()"))

    def stops(self) -> list[Stop]:
        """Go on to the end; every picture and every player is tried on the way."""
        found = []
        while self.page.evaluate("walk.isInMain()"):
            found.append(self.stop())
            assert len(found) <= MOST_STOPS, f"the focus goes round and round: {found[-3:]}"
            if found[-1].picture:
                self.read(found[-1])
            elif found[-1].is_button:
                self.drive(found[-1])
            self.page.keyboard.press("Tab")
        return found

    def told_after(self, key: str) -> str:
        self.page.keyboard.press(key)
        return self.page.evaluate("walk.told()")

    def read(self, picture: Stop) -> None:
        """Arrow keys move what a picture tells, without the server."""
        told = {self.page.evaluate("walk.told()"), *(self.told_after(key) for key in ARROWS)}
        assert len(told) > 1, f"arrow keys do nothing: {picture}"
        assert self.sent == [], f"the server was asked: {picture}"

    def drive(self, button: Stop) -> None:
        """Space plays and pauses, Enter steps, without the server."""
        before = self.page.evaluate("walk.told()")
        if button.css == "play":
            assert "Pause" in self.told_after("Space"), f"Space does not play: {button}"
            self.page.wait_for_timeout(600)  # some steps are taken
            assert "Pause" not in self.told_after("Space"), f"Space does not pause: {button}"
        else:
            assert self.told_after("Enter") != before, f"Enter does not step: {button}"
        assert self.sent == [], f"the server was asked: {button}"


@pytest.mark.parametrize("name", STATIONS)
def test_tab_alone_reaches_everything_and_the_keys_drive_it(page, url, name):
    walk = Walk(page, open_station(page, url, name))
    walk.enter()
    stops = walk.stops()

    assert len(stops) > 20
    assert any(stop.picture for stop in stops)
    assert page.evaluate("walk.missed()") == []
    ours = [stop for stop in stops if not stop.table]  # Streamlit's table draws its own mark, and names its cells
    assert [stop for stop in ours if not stop.name] == []
    assert [stop for stop in ours if not stop.marked] == []
    assert [stop for stop in ours if stop.again] == []
    assert walk.sent == []
