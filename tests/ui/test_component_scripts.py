"""Every component's script as Streamlit gets it: one module, in which nothing is left to import."""

import re
from pathlib import Path

import pytest

from ui import components

FOLDER = Path(components.__file__).parent
SCRIPTS = sorted(FOLDER.glob("*/component.js"))


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.parent.name for path in SCRIPTS])
def test_a_script_is_one_module_with_one_export(path):
    inlined = components.script(path)
    [export] = re.findall(r"^export .*$", inlined, re.MULTILINE)
    assert export.startswith("export default ")
    assert not re.search(r"^import ", inlined, re.MULTILINE)
    assert all(path.with_name(f"component.{kind}").is_file() for kind in ("html", "css"))


def test_imports_are_inlined_with_their_own_imports():
    inlined = components.script(FOLDER / "curves" / "component.js")
    assert inlined.startswith("//")
    assert "const chart = (() => {" in inlined
    assert "const { mount } = (() => {" in inlined
    assert inlined.count("const clamp = (value") == 2  # for charts.js and for the component itself
