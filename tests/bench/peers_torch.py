"""A peer, as a whole process: torch's grid_sample in a loop, written with imageio.

python peers_torch.py PHOTO DEPTH OUT WIDTH HEIGHT FRAMES
"""

import math
import sys

import cv2
import imageio.v2 as imageio
import numpy as np
import torch
from PIL import Image

photo, depth_file, out = sys.argv[1:4]
width, height, frames = map(int, sys.argv[4:7])
picture = Image.open(photo).convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
depth = cv2.imread(depth_file, cv2.IMREAD_UNCHANGED).astype(np.float32) / 65535
depth = torch.from_numpy(cv2.resize(depth, (width, height), interpolation=cv2.INTER_AREA)) - 0.4
pixels = torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1)[None].float()
y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
writer = imageio.get_writer(
    out,
    fps=30,
    codec="libx264",
    ffmpeg_params=["-preset", "veryfast", "-crf", "18"],
    macro_block_size=8,
)
with torch.inference_mode():
    for n in range(frames):
        phase = 2 * math.pi * n / frames
        grid = torch.stack(
            [x + depth * 0.05 * math.sin(phase), y + depth * 0.028 * math.cos(phase)], dim=-1
        )
        seen = torch.nn.functional.grid_sample(
            pixels, grid[None], mode="bilinear", padding_mode="border", align_corners=True
        )
        writer.append_data(seen[0].permute(1, 2, 0).clamp(0, 255).to(torch.uint8).numpy())
writer.close()
