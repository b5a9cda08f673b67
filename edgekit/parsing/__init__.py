"""Reading amounts, dates, times and anchor words out of text that a recogniser may have misread.

Language-independent: every word it knows is an argument. Nothing here raises on any text.
"""
