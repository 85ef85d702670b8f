"""What a video needs around its paid call: voice, script, length, captions, and its file.

May import: journal and below.
"""
