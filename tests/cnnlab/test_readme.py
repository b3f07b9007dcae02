"""The README's example does what it says, and what it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_example_prints_what_stands_below_it(capsys):
    (code,), (output,) = blocks("python"), blocks("text")
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == output


def test_every_file_it_links_to_is_there():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_it_names_every_setting():
    sources = [
        path.read_text(encoding="utf-8") for folder in ("cnnlab", "ui") for path in (ROOT / folder).rglob("*.py")
    ]
    used = {name for source in sources for name in re.findall(r"environ[^\n]*\"(CNNLAB_\w+)\"", source)}
    assert used
    assert {name for name in used if f"`{name}`" not in README} == set()
