"""Bloggers and their locations: editing, archiving, earlier avatars; `exchange/` for files.

May import: studio, photos and below.
"""
