"""Draws the sample photos: brush.py the canvas, scenes the places, people the bloggers."""
