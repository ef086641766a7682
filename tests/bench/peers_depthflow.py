"""A peer, as a whole process: DepthFlow 1.0.1, on whatever OpenGL the machine has.

    python peers_depthflow.py PHOTO DEPTH OUT WIDTH HEIGHT FRAMES

Without a GPU that is Mesa's software OpenGL, far from what it is made for.
"""

import math
import sys

from attrs import define
from depthflow.scene import DepthScene

photo, depth, out = sys.argv[1:4]
width, height, frames = map(int, sys.argv[4:7])


@define
class Scene(DepthScene):
    def update(self):
        phase = 2 * math.pi * self.time / 5
        self.state.height, self.state.steady = 0.2, 0.3
        self.state.offset = (0.3 * math.sin(phase), 0.1 * math.sin(phase))


scene = Scene(backend="headless")
scene.ffmpeg.h264(preset="veryfast", crf=18)
scene.input(image=photo, depth=depth)
scene.main(output=out, width=width, height=height, fps=30, time=frames / 30, quality=50, ssaa=1.0)
