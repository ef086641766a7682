"""A peer, as a whole process: MoviePy's resize over time. It moves no depth.

python peers_moviepy.py PHOTO DEPTH OUT WIDTH HEIGHT FRAMES
"""

import sys

from moviepy import CompositeVideoClip, ImageClip

photo, _, out = sys.argv[1:4]
width, height, frames = map(int, sys.argv[4:7])
clip = ImageClip(photo).resized(width=width).with_duration(frames / 30)
clip = clip.resized(lambda t: 1 + 0.15 * t / 5).with_position("center")
CompositeVideoClip([clip], size=(width, height)).write_videofile(
    out,
    fps=30,
    codec="libx264",
    preset="veryfast",
    ffmpeg_params=["-crf", "18"],
    audio=False,
    logger=None,
)
