"""The page stays alive: nothing that it needs is let go of."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import NO_ENGINE, ROOT
from tests.browser.visitor import at_rest, go_to, open_page


@pytest.fixture(scope="module")
def url(start_app, tmp_path_factory):
    return start_app(ROOT / "app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))} | NO_ENGINE)


def test_no_message_is_a_reference_and_none_carries_a_script(page, url):
    messages: list[ForwardMsg] = []
    page.on("websocket", lambda one: one.on("framereceived", lambda data: messages.append(ForwardMsg.FromString(data))))
    open_page(page, url, "Convolution")
    for title in ("Home", "Convolution"):
        go_to(page, title)
        at_rest(page)
    assert [message for message in messages if message.WhichOneof("type") == "ref_hash"] == []
    components = [message.delta.new_element.bidi_component for message in messages]
    assert sum(component.component_name != "" for component in components) > 3
    assert {component.js_content for component in components} == {""}
