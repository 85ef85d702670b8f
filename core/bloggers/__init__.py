"""Bloggers and their locations: editing, archiving, earlier avatars; `exchange/` brings them in and out of files.

May import: studio, photos and below.
"""
