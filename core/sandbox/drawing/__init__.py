"""How the sample photos are drawn.

brush.py      the canvas: smooth outlines, gradients, soft shadows
people.py     a person's face; hair.py and wear.py what makes it somebody, somewhere
indoors.py    places under a roof, with things.py in them
outdoors.py   places under the sky
"""
