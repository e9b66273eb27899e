"""What of a markdown text can be markup: all that stands outside code."""

import re

# CommonMark 6.1: as many backticks behind as before, no more and no fewer.
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


def outside_code(markdown: str) -> str:
    return CODE.sub("", markdown)


def code(markdown: str) -> list[str]:
    """The contents of the code spans; one space on each side belongs to the fence where both are there."""
    spans = [span for _, span in CODE.findall(markdown)]
    return [span[1:-1] if len(span) > 2 and span[0] == span[-1] == " " else span for span in spans]
