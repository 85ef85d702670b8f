"""What the pages share: words, amounts, times, states, prices, pictures, tables, filters, links, dialogs, the
location picker, a quote's confirmation, and the ways in for bloggers and locations.

May import: core.
"""
