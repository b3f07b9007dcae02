"""Acts are done once each and in the order in which they were made, whatever the server saw of them when."""

import pytest

from ui import acts
from ui.state import State


@pytest.fixture
def visit(monkeypatch):
    """A visit with two components: what they have sent (`told`), and what was `done`."""
    visitor = State()
    visitor.told, visitor.log = {}, []
    monkeypatch.setattr(acts, "state", lambda: visitor)
    monkeypatch.setattr(acts, "component_value", lambda key, _: visitor.told.get(key))
    for key in ("cards", "history"):
        acts.listen(key, {name: lambda value, name=name: visitor.log.append((name, value)) for name in ("add", "undo")})

    def tell(key, *sent, visit=visitor.acts.visit):
        visitor.told[key] = {"visit": visit, "acts": [list(act) for act in sent]}
        acts.do()
        return visitor.log

    visitor.tell = tell
    return visitor


FIRST, SECOND, THIRD = (1, "cards/add", "Dropout"), (2, "history/undo", None), (3, "cards/add", "Dense")
DONE = [("add", "Dropout"), ("undo", None), ("add", "Dense")]


def test_several_are_done_in_order_though_components_send_them(visit):
    visit.told["history"] = {"visit": visit.acts.visit, "acts": [list(SECOND)]}
    assert visit.tell("cards", FIRST, THIRD) == DONE
    assert acts.listen("cards", {})["done"] == 3


def test_what_is_sent_again_is_not_done_again(visit):
    visit.tell("cards", FIRST)
    visit.tell("cards", FIRST, SECOND)
    visit.tell("history", FIRST, SECOND, THIRD)
    acts.do()
    assert visit.log == DONE


def test_a_visit_that_was_forgotten_counts_no_more(visit):
    assert visit.tell("cards", FIRST, visit="another") == []
    assert visit.tell("history", FIRST) == DONE[:1]


def test_one_that_is_broken_off_does_not_hold_up_the_others(visit):
    def broken(_):
        raise RuntimeError

    visit.acts.handlers["cards"] = {"add": broken}
    with pytest.raises(RuntimeError):
        visit.tell("cards", FIRST, SECOND)
    acts.do()
    assert visit.log == [("undo", None)]


def test_what_nobody_knows_is_left_alone(visit):
    assert visit.tell("cards", (1, "gone/add", 0), (2, "cards/away", 0), THIRD) == DONE[2:]
