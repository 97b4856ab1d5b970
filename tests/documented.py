"""What the README and the docs tell readers to do, as steps that a test can take.

A fenced block with a `title` is a file to write, or with language `diff` a change to one; a
`console` block holds commands after `$` with what they print; a `python` block is followed by the
`text` it prints. Whatever is not run says why, in a comment `<!-- not run: … -->` above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
#: In the order of the navigation, as far as it matters.
PAGES = (
    REPOSITORY / "README.md",
    DOCS / "tutorial.md",
    *sorted((DOCS / "how-to").glob("*.md")),
)

_BLOCK = re.compile(
    r"^(?P<indent> *)(?:<!-- not run: (?P<why>.+?) -->\n(?P=indent))?"
    r"```(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_NUMBER = re.compile(r"\d(?:[\d,.]*\d)?")
_RULE = re.compile("[━─]+")


@dataclass(frozen=True)
class Command:
    """A shell command and what it prints; nothing expected says nothing of it."""

    page: str
    line: str
    expected: str


@dataclass(frozen=True)
class Change:
    """A file to write, or to change if its text is a diff."""

    page: str
    path: str
    text: str
    is_diff: bool

    def apply(self, root: Path) -> None:
        """Writes the file below `root`; a diff's lines must be there, exactly once."""
        file = root / self.path
        if not self.is_diff:
            assert not file.exists(), f"{self.page}: {self.path} is there already"
            file.write_text(self.text)
            return
        lines = self.text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        text = file.read_text()
        assert text.count(before) == 1, f"{self.page}: {self.path} does not have\n{before}"
        file.write_text(text.replace(before, after))


Step = Command | Change


def steps(page: Path) -> Iterator[Step]:
    """What a reader of the page does.

    Raises:
        AssertionError: a block is neither run nor says why it is not.
    """
    name = str(page.relative_to(REPOSITORY))
    program: str | None = None
    for block in _BLOCK.finditer(page.read_text()):
        body = re.sub(rf"^{block['indent']}", "", block["body"], flags=re.MULTILINE)
        language = block["language"]
        if block["why"]:
            continue
        if block["title"]:
            yield Change(name, block["title"], body, language == "diff")
        elif language == "console":
            yield from _commands(name, body)
        elif language == "python":
            program = body
        elif language == "text" and program is not None:
            yield Command(name, f"python - <<'END'\n{program}END", body)
            program = None
        else:
            raise AssertionError(
                f"{name}: a block of {language or 'no language'} is not run:\n{body}"
            )
    assert program is None, f"{name}: a program without what it prints"


def _commands(name: str, body: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        while line.endswith("\\"):
            more, _, expected = expected.partition("\n")
            line = f"{line}\n{more}"
        yield Command(name, line, expected)


def matches(expected: str, printed: str) -> bool:
    """Whether it is the same but for numbers, widths, and what stands for `…`.

    In a line `…` stands for any text; alone in a line for any number of lines.
    """
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in _same_everywhere(expected)
    )
    return (
        re.fullmatch(pattern, "".join(f"{line}\n" for line in _same_everywhere(printed)))
        is not None
    )


def _same_everywhere(text: str) -> list[str]:
    """Lines that hold something, with `#` for numbers and the shortest rules."""
    text = _RULE.sub("─", _NUMBER.sub("#", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line]
