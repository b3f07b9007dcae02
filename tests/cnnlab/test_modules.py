"""The package's docstring names every module, once."""

import re
from pathlib import Path

import cnnlab


def test_the_docstring_tells_where_everything_is():
    told = cnnlab.__doc__.split("its modules are about")[1]
    named = re.findall(r"[a-z_]+", re.sub(r"(?m)^    (\S+( \S+)*)  ", "", told))
    there = [path.stem for path in Path(cnnlab.__file__).parent.glob("*.py") if path.stem != "__init__"]
    assert sorted(named) == sorted(there)
