"""What --help teaches: examples, formats and exit codes."""

from __future__ import annotations

from edgekit.cli import codes

EXIT_CODES = "exit codes:\n" + "\n".join(f"  {code:<4} {meaning}" for code, meaning in codes.MEANING.items())

MAIN_EPILOG = f"""\
examples:
  edgekit read receipt.jpg                      one receipt, as a card
  edgekit read photos/ --jsonl > receipts.jsonl a folder, one JSON object a picture
  edgekit eval data/ --split test               how right and how fast, on labelled pictures
  edgekit train extractor --data my-receipts --out my-bundle.zip   fine-tunes on receipts of your own
  edgekit bench --quick                         how fast on this device; --json OUT keeps every figure
  edgekit bundle info                           which networks are used, and what they were checked against

{EXIT_CODES}

Nothing is ever sent or downloaded: a read needs this package and the picture, no network.
"""

READ_EPILOG = f"""\
examples:
  edgekit read receipt.jpg                      a card: each field, its confidence, and the text as printed
  edgekit read photos/ 'more/**/*.png'          a table: all pictures of a folder (and below), and of a pattern
  edgekit read photos/ --json > receipts.json   one JSON array; --jsonl: an object a line, as they come
  edgekit read photos/ --annotate marked/       draws what was read onto copies of the pictures
  cat receipt.jpg | edgekit read -              standard input

A field marked ? needs a person's look before it is used. A picture that cannot be read is told on stderr (and as
{{"file": ..., "error": ...}} in JSON); the others are still read.

{EXIT_CODES}
"""

EVAL_EPILOG = f"""\
DATA is a folder with pictures and labels.jsonl, an object a line: file, split, vendor, date (YYYY-MM-DD), total and
tax; or, in place of these three, norm with date_readings, total and tax. Fields whose label is null do not count; a
field that was not found costs recall, not precision.

Beside the scores: how far confidences hold (expected calibration error, in 10 bins of equal width and in 15 of equal
numbers of answers, what chance would make of true confidences, and how often it would make as much), the area under
the curve of risk against coverage, and the share that needs no review.

examples:
  edgekit eval data/ --split test --out predictions.jsonl
  edgekit eval data/ --limit 20 --threads 1 --json
  edgekit eval data/ --plot trust.svg           draws risk against coverage, and how far confidences hold
  edgekit eval data/ --lines given              also from the labels' own lines (text, quad): what the OCR costs

{EXIT_CODES}
"""

TRAIN_EPILOG = f"""\
DATA is a folder with pictures and labels.jsonl, an object a line, null for what is not printed or not known:
  {{"file": "images/a.jpg", "vendor": "Corner Shop Ltd", "date": "2026-03-14", "total": "18.95", "tax": "1.40"}}
50 receipts are enough to try, of as many shops as they can be; 20 receipts of 5 shops are the least.

Tuned are the points by which totals and names are chosen, and how far each confidence can be believed; the networks
stay as they are. Each change is judged on receipts of shops that it was not fitted on, and only what gains is taken.
A bundle is written only where something got better, unless --force. Its manifest tells data, counts and figures.

examples:
  edgekit train extractor --data my-receipts --out my-bundle.zip
  edgekit eval my-receipts --bundle my-bundle.zip

{EXIT_CODES}
"""

BENCH_EPILOG = f"""\
Reads pictures one after another (MLPerf's single stream), each variant in fresh processes, in several passes, and in
turn, so that heat and other programs disturb all alike. Without --images it draws receipts: fine for comparing
devices, easier than real photos. Every combination of what --bundle, --backend, --precision and --threads name is a
variant.

Close other programs first, and let the device cool. A run that says "noisy" differs by more than 5 % from pass to
pass: repeat it on a quieter machine before you publish a figure. What this machine does not tell (temperature, energy,
...) is null in the JSON.

examples:
  edgekit bench --quick                         a first look, in less than a minute
  edgekit bench --json my-pi.json --label "Pi 5, active cooler, official supply"
  edgekit bench --threads 1 2 4 --images photos/ --json out.json
  edgekit bench --bundle a.zip b.zip --precision fp32 int8 --quick

{EXIT_CODES}
"""

BUNDLE_EPILOG = """\
examples:
  edgekit bundle info                           the bundle that comes with EdgeKit
  edgekit bundle verify my-bundle.zip
  edgekit bundle pack my-folder my-bundle.zip   computes the manifest's files; refuses graphs without evidence
"""
