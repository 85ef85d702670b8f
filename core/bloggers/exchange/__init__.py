"""Bloggers and locations in and out of files: JSON in the brief's shape, CSV, and Excel's workbooks.

    reading     bytes -> rows of the file and remarks on it, or one sentence that says what is wrong with it
    planning    rows -> a verdict for every row: what an import would do; nothing is written
    applying    the same verdicts made again inside one write transaction, and done
    export      the same shape back; the refused rows with their reasons, to be corrected and imported again

May import: what `core.bloggers` may.
"""
