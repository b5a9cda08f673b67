from edgekit import Reader

receipt = Reader.open().read("examples/receipt.jpg")
for name in ("vendor", "date", "tax", "total"):
    print(name, getattr(receipt, name).value)
