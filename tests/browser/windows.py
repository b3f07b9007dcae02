"""Reading what the sliding window shows: where it looks, what is multiplied there, and what comes out."""

from playwright.sync_api import Locator, Page, expect

PATIENCE = 60_000
MINUS = "\N{MINUS SIGN}"


def settle(page: Page) -> None:
    page.wait_for_timeout(300)
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(300)


def open_page(page: Page, url: str, name: str) -> list[str]:
    """Open a Learn page; the list returned collects every websocket frame sent."""
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    page.goto(f"{url}/{name}")
    expect(page.locator(".stage canvas").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Next station")).to_be_visible(timeout=PATIENCE)
    settle(page)
    return frames


def window(page: Page) -> Locator:
    return page.locator(".root:has(.stage)").first


def move_slider(page: Page, name: str, by: int) -> None:
    page.get_by_role("slider", name=name).first.focus()
    for _ in range(by):
        page.keyboard.press("ArrowRight")
    settle(page)


def choose_radio(page: Page, group: str, name: str) -> None:
    """Choose one of a row of options."""
    page.get_by_role("radiogroup", name=group, exact=True).get_by_role("radio", name=name, exact=True).click()
    settle(page)


def number(text: str) -> float:
    return float(text.replace(MINUS, "-").replace(",", ""))


def hover(root: Locator, shape: tuple[int, int], row: int, column: int, place: int = 0) -> None:
    picture = root.locator(".map .picture").nth(place)
    box = picture.bounding_box()
    x, y = (column + 0.5) / shape[1] * box["width"], (row + 0.5) / shape[0] * box["height"]
    picture.hover(position={"x": x, "y": y})
    expect(root.locator(".place")).to_have_text(f"row {row}, column {column}")


def written(root: Locator, term: int) -> list[list[str]]:
    """What stands in the window (1), the filter (2) or the products (3), one list a channel."""
    return [
        grid.locator("span").all_text_contents() for grid in root.locator(f".work .term:nth-child({term}) .cells").all()
    ]


def totals(root: Locator) -> list[float]:
    return [number(text) for text in root.locator(".total td").all_text_contents()]


def lit(root: Locator, plane: int, shape: tuple[int, int]) -> set[tuple[int, int]]:
    """The cells of the input that are marked, from where the marks stand on the screen."""
    figure = root.locator(".plane").nth(plane)
    box = figure.locator(".picture").bounding_box()
    marks = figure.locator(".tap") if figure.locator(".tap").count() else figure.locator(".field")
    cells = set()
    for mark in marks.all():
        place = mark.bounding_box()
        cell = box["width"] / shape[1]
        top, left = (round((place[way] - box[way]) / cell) for way in ("y", "x"))
        height, width = (round(place[way] / cell) for way in ("height", "width"))
        cells |= {(top + down, left + right) for down in range(height) for right in range(width)}
    return cells
