"""``python -m benchmarks.report RESULT.json ... --out DIR``: tables and drawings of results, as Markdown and HTML."""

from __future__ import annotations

import argparse
import html
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.pareto import load_f1, merged
from benchmarks.report_parts import Part, Result, parts_of
from benchmarks.results import BENCH, PEERS, load
from benchmarks.tables import markdown
from edgekit.errors import EdgeKitError, UsageError

EMULATED = 3
"""Exit status: a result was measured under emulation."""
ABOUT = "Draw tables and plots of what 'edgekit bench --json' and 'benchmarks.peers --json' wrote."
EPILOG = """\
  python -m benchmarks.report benchmarks/results/*.json --out report
  python -m benchmarks.report pi5.json --f1 eval-fp32.json --f1 eval-int8.json --out report

DIR gets report.md, report.html and the drawings (SVG). --f1 takes what 'edgekit eval --json' printed, or
'benchmarks.backends --json' wrote, and joins it to the variants of the same bundle, backend and precision.

Exit: 0 written; 2 an error (one line on stderr); 3 a result was measured under emulation, so nothing is written."""
STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; margin: 1em 0; } td, th { padding: .2em .7em; border-bottom: 1px solid #ddd; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.mark { background: #fff3d6; padding: .3em .7em; } img { max-width: 100%; }"""


class EmulatedError(UsageError):
    """A result whose times are no device's."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        results = [(path, _shown(load(path, BENCH, PEERS), path)) for path in options.results]
        scored = merged([one for path in options.f1 for one in load_f1(path)])
        options.out.mkdir(parents=True, exist_ok=True)
        parts = [part for name, result in _named(results) for part in parts_of(result, name, scored, options.out)]
        for file, text in (("report.md", to_markdown(parts)), ("report.html", to_html(parts))):
            (options.out / file).write_text(text, encoding="utf-8")
    except EmulatedError as error:
        print(f"error: {error}", file=sys.stderr)
        return EMULATED
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: --out {options.out}: cannot be written ({error.strerror}); name another folder", file=sys.stderr)
        return 2
    print(f"{options.out / 'report.html'}: {len(parts)} sections; the same in report.md")
    for mark in (f"{part.title}: {mark}" for part in parts for mark in part.marks):
        print(mark)
    return 0


def to_markdown(parts: Sequence[Part]) -> str:
    lines = ["# Benchmarks"]
    for part in parts:
        lines += [f"## {part.title}", *(f"> **{mark}**" for mark in part.marks), *part.sentences]
        lines += [markdown(rows, words) for rows, words in part.tables]
        lines += [f"![{caption}]({file})" for file, caption in part.drawings]
    return "\n\n".join(lines) + "\n"


def to_html(parts: Sequence[Part]) -> str:
    """One page; its drawings lie beside it."""
    body = []
    for part in parts:
        body.append(f"<h2>{html.escape(part.title)}</h2>")
        body += [f'<p class="mark">{html.escape(mark)}</p>' for mark in part.marks]
        body += [f"<p>{html.escape(sentence)}</p>" for sentence in part.sentences]
        body += [_html_table(rows, words) for rows, words in part.tables]
        body += [
            f'<figure><img src="{html.escape(file)}" alt="{html.escape(caption)}">'
            f"<figcaption>{html.escape(caption)}</figcaption></figure>"
            for file, caption in part.drawings
        ]
    head = f'<meta charset="utf-8"><title>Benchmarks</title><style>{STYLE}</style>'
    return "\n".join(["<!doctype html>", head, "<h1>Benchmarks</h1>", *body]) + "\n"


def _html_table(rows: Sequence[Sequence[str]], words: int) -> str:
    lines = []
    for tag, row in ((("th", "td")[i > 0], row) for i, row in enumerate(rows)):
        cells = (
            f"<{tag}{'' if i < words else ' class=number'}>{html.escape(cell)}</{tag}>" for i, cell in enumerate(row)
        )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def _shown(result: Result, path: Path) -> Result:
    """The result. Raises EmulatedError for one that must not be shown."""
    if result["schema"] == BENCH and result["device"]["emulated"]:
        signs = "; ".join(result["device"]["emulation"])
        raise EmulatedError(f"{path}: was measured under emulation ({signs}): its times are no device's; leave it out")
    return result


def _named(results: Sequence[tuple[Path, Result]]) -> list[tuple[str, Result]]:
    """Results with names for their drawings, each unlike the others."""
    return [(f"{i}-{path.stem}", result) for i, (path, result) in enumerate(results, 1)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.report",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("results", nargs="+", type=Path, metavar="RESULT.json", help="results to show, in this order")
    add("--out", type=Path, required=True, metavar="DIR", help="folder for the report; made where it is not there")
    add("--f1", type=Path, action="append", default=[], metavar="FILE", help="F1 of variants; may be repeated")
    return parser


if __name__ == "__main__":
    sys.exit(main())
