"""What every page draws with: words, times, tables, pictures, dialogs, filters, the location picker.

May import: core.
"""
