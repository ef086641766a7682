"""A peer, as a whole process: OpenCV maps made for each frame, piped to ffmpeg as bgr24.

    python peers_opencv.py PHOTO DEPTH OUT WIDTH HEIGHT FRAMES

What a developer writes in an afternoon: one sheet, one step backwards, so edges stretch.
"""

import math
import subprocess
import sys

import cv2
import numpy as np

photo, depth_file, out = sys.argv[1:4]
width, height, frames = map(int, sys.argv[4:7])
size = (width, height)
picture = cv2.resize(cv2.imread(photo), size, interpolation=cv2.INTER_AREA)
depth = cv2.imread(depth_file, cv2.IMREAD_UNCHANGED).astype(np.float32) / 65535
depth = cv2.resize(depth, size, interpolation=cv2.INTER_AREA) - np.float32(0.4)
x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
command = f"ffmpeg -y -v error -f rawvideo -pix_fmt bgr24 -s {width}x{height} -r 30 -i -"
command += " -c:v libx264 -preset veryfast -crf 18 -pix_fmt yuv420p"
with subprocess.Popen([*command.split(), out], stdin=subprocess.PIPE) as ffmpeg:
    for n in range(frames):
        phase = 2 * math.pi * n / frames
        map_x = x + depth * np.float32(width * 0.025 * math.sin(phase))
        map_y = y + depth * np.float32(width * 0.008 * math.cos(phase))
        frame = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        ffmpeg.stdin.write(frame.data)
    ffmpeg.stdin.close()
sys.exit(ffmpeg.returncode)
