"""Renders a blue-and-white porcelain vase: its shape, its painting, its light, its photograph.

Needs numpy and OpenCV alone. Nothing here is a copy of a museum piece; the decoration is drawn
as curves on the unrolled surface.
"""
