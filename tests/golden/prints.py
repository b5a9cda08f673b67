"""Texts as receipts print them, and as they should not: the inputs of the functions that read text."""

from __future__ import annotations

_AMOUNTS = """\
1,234.50|1.234,50|1'234.50|1’234.50|1 234,50 €|12.-|12.--|12,-|RM9.00|$ 9.00|$.50|.50|TOTAL9.00|6.55SR|12.40Z
1,234.50S|35.00B|5.00RM|TOTAL: EUR 9,00|4x1.50|9.99 A|Rp 25.000|Rp 1.250.000|9.OO|S9.00|9 .00|9. 00|-9.00|9.00-
(9.00)|( 9.00 )|- RM 9.00|RM-9.00|$-9.00|--9.00|6%|6 %|6.00%|03-4162|12.01.2019|10:30|1234567890123|A1.50|B12
1.234|12.345|1,234,567.89|1.234.567,89|1 234 567,89|12 345,67|O.50|o.50|l2.50|I0.00|SGD9.00|S$9.00|USD 9.00|9.00 USD
9,00EUR|EUR9|¥1200|￥1200|£3.50|3.50£|3,50 kr|CHF 3.50|3.50 CHF|12,5|0,125|1.5|x2|2x3.00|@3.00|#12.50|No.12|1/2.50
GST 6% 1.20|1.20 6%|TOTAL (RM) 12.30|12.30)|12.30 (|12,34,567.00|9.000|0.000|0.5|00.50|5.|5,|.5|-.50|12..50|1.2.3
A12345678901234-9.00|A123456789012345-9.00|A1234567890123-9.00|9.00 1234567890123456%|123456789012|1234567890.00"""
_DATES = """\
25/12/2018 8:13:39 PM|12/28/2017|03/04/2018|12-01-19 21:13|05/05/2018|2018-04-01|2018/4/1|25/12/201808:13|25.12.18
25,12.2018|O1/O2/2O18|l2/Il/2018|12 Jan 2018|Jan 12, 2018|12-Jan-18|Ju116'17|Jul 16'17|16 de enero de 2018
mar 03.09.2024
20180412|20180412 101500|2018-04-12T10:15|1 2/04/2018|12704/2018|12/0412018|120412018|99/99/2018|31/02/2018|29/02/2019
29/02/2020|1989-12-31|12/13/14|13/12/14|14/13/12|01.02.03|5 May 2019 10:15|May 5 10:15 2019|5th of May|3rd Mar 2020
Mon Mar 3 09:15:22 2025|12Dec2018|DEC 12 2018|12 DEZ 18|14 août 2019|1 août 19|9\\2/2018
12 / 04 / 2018|12.04.|12/2018"""
_TIMES = """\
8:13:39 PM|8:13 pm|8.15|8.15 PM|20h15|20H15|8:15p|8:15 p.m.|12:00 AM|12:00 PM|24:00|23:59:60|8:47   PM|8:47 AMX|10:15%
10:15.30|1:2|01:02:03|99:10|10 : 15|10:15:7|13:00 PM|0:05 am|7:5|07.30.15|14:30Uhr|14.30 Uhr"""
_OTHER = """\
SUB TOTAL|SUBTOTAL 12.00|T0TAL DUE|TOTAl|ITOTAL 9.00|TOTALDUE|GRAND TOTAL INCL. GST|AMOUNT TENDERED|CHANGE DUE 0.40
CASH
ROUNDlNG ADJ -0.02|SERVICE CHARGE 10%|S.D.N. BHD|ACME SON BHD (123456-X)|TEL: 03-1234 5678|INVOICE NO: 123|GST ID 00123
MwSt 19% 1,60|Summe EUR 12,00|TVA 20%|Montant TTC|IVA incl.|Zu zahlen|Rückgeld|BAR|gegeben|Trinkgeld|DISKON
JUMLAH 5.00"""


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for line in text.splitlines() for part in line.split("|"))


DATES, TIMES = _split(_DATES), _split(_TIMES)
FOREIGN = (
    *(
        "Straße Łódź",
        "Œuvre æther ØRE",
        "ﬁne ½ cup",
        "ＦＵＬＬ　１２",
        "١٢٣ ４５",
        "日本 語",
        "e\u0301cole ñandú",
        "ǅ ß ẞ ŉ ſ",
    ),
    *("x² H₂O №5 ①", "İstanbul ı", "Ⅷ ⅔", "a\u00a0b\u202fc\u2009d", "", "  ", "_-_", "ΑΒΓ abc", "ТОВАР 12.00"),
)
TEXTS = (*_split(_AMOUNTS), *DATES[:20], *TIMES[:8], *_split(_OTHER), *FOREIGN)
BREAKS = (
    ('"schema": "edgekit.bundle/1"', '"schema": "edgekit.bundle/2"'),
    ('"schema": "edgekit.bundle/1"', '"schema": 1'),
    ('"name": "', '"name": "Big '),
    ('"licence"', '"license"'),
    ('"description": "', '"description": 3, "x": "'),
    ('"stages": {', '"stages": [{'),
    ('"sha256": "', '"sha256": "Z'),
    ('"size": 1', '"size": -1'),
    ('"size": 1', '"size": 1.5e'),
    ('"size": ', '"size": 1.0e1, "size": '),
    ('"multiple": 32', '"multiple": NaN'),
    ('"multiple": 32', '"multiple": 1e999'),
    ('"backend": "onnxruntime"', '"backend": "Onnx"'),
    ('"dtype": "uint8"', '"dtype": "u8"'),
    ('"file": "detect.onnx"', '"file": "other.onnx"'),
    ('"file": "detect.onnx"', '"file": "../detect.onnx"'),
    ('"charset.txt": {', '"../charset.txt": {'),
    ('"charset.txt": {', '"LICENSE/charset.txt": {'),
    ('"charset.txt": {', '"License": {'),
    ('"status": "passed"', '"status": "maybe"'),
    ('"status": "passed"', '"status": "not run"'),
    ('"shape": [', '"shape": [0, '),
    ('"max_abs_difference": ', '"max_abs_difference": -'),
)
"""What is replaced in a good manifest, and by what."""
NOT_MANIFESTS = ("[]", "{}", "null", '"text"', '{"schema": "edgekit.bundle/1"}')

PAPERS = (
    "Shop\n03/04/2026\nSUBTOTAL | 40.00\nCGST 2.5% | 1.00\nSGST 2.5% | 1.00\nTOTAL | 42.00",
    "Shop\nSUBTOTAL | 40.37\nCGST | 1.01\nSGST | 1.01\nROUNDING | 0.39\nTOTAL | 42.00",
    "Shop\nSUBTOTAL | 40.00\nDISCOUNT | -5.00\nTAX 8% | 2.80\nTAX ON TIP | 0.40\nTOTAL | 37.80",
    "Shop\nTOTAL (INCL GST) | 217.00\nS 6% | 195.28 | 11.72\nZ 0% | 10.00 | 0.00",
    "Shop\nTOTAL INCL GST | 28.03\nROUNDING | 0.02\nNET TOTAL | 28.05\nS | 20.38 | 1.22\nZ | 6.43 | 0.00",
    "Shop\nTEA | 2.00\nTAX 8.25% | 2.00\nTOTAL | $2.17",
    "Burger | 18 | ~.00\nTAX 8.00% | 1 | ~.44\nAmount Due | $19 | ~.44\nCash | 2 | .50",
)
"""Papers for sums that the synthetic receipts seldom need, a row a line, its cells parted by bars; what starts with a
tilde follows the cell before it closely."""
