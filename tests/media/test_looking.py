"""What is found is put back through the formula; what is read lies where it may."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media import kernels, looking
from pipeline.media.kernels import Plane
from pipeline.media.looking import BLOCK, EMPTY, MIXED, SOLID
from pipeline.media.warp import buffers_for

# Where -------------------------------------------------------------------------------------------


def bilinear(grid, x, y):
    height, width = grid.shape
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left = np.minimum(x.astype(int), max(0, width - 2))
    top = np.minimum(y.astype(int), max(0, height - 2))
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    fx, fy = x - left, y - top
    upper = grid[top, left] * (1 - fx) + grid[top, right] * fx
    lower = grid[bottom, left] * (1 - fx) + grid[bottom, right] * fx
    return upper * (1 - fy) + lower * fy


def a_grid(depth, frame, step=4, pad=64.0, finer=1.5):
    width, height = frame
    return looking.Grid(
        np.ascontiguousarray(depth, np.float32),
        depth.shape[1] / width,
        depth.shape[0] / height,
        finer,
        finer,
        pad,
        width * finer + 2 * pad - 3,
        height * finer + 2 * pad - 3,
        width,
        height,
        step,
        0.1 / max(frame),
    )


def a_lens(frame, zoom=1.0, dolly=0.0, pivot=0.4, shift=(0.0, 0.0)):
    return looking.Lens(zoom, dolly, pivot, *map(float, shift), frame[0] / 2, frame[1] / 2)


def nodes_of(grid, lens):
    shape = (2, -(-grid.height // grid.step) + 1, -(-grid.width // grid.step) + 1)
    nodes = np.zeros(shape, np.int32)
    looking.locate(grid, lens, (0, shape[1], 0, shape[2]), nodes)
    return nodes


STEEPEST = 0.7


@pytest.mark.parametrize("shift", [(60.0, 0.0), (0.0, -60.0), (-42.0, 42.0), (5.0, 3.0)])
@pytest.mark.parametrize("zoom", [1.0, 1.25])
def test_what_is_found_is_seen_there(shift, zoom):
    """On the steepest ground there may be: what was found is put back through the formula."""
    frame = (640, 360)
    reach = max(np.hypot(*shift), 1.0)
    y, x = np.mgrid[:180, :320] + 0.5
    period = 2 * np.pi / 60
    high = STEEPEST / reach / period
    depth = 0.5 + high * np.sin(x * 2 * period) * np.cos(y * 2 * period)
    grid, lens = a_grid(depth, frame), a_lens(frame, zoom, shift=shift)
    nodes = nodes_of(grid, lens)
    px, py = (nodes[axis] / 65536 for axis in (0, 1))
    free = (px > 1) & (px < grid.last_x) & (py > 1) & (py < grid.last_y)
    assert free.mean() > 0.9
    x, y = ((at - grid.pad + 0.5) / grid.plane_x for at in (px, py))
    rise = bilinear(grid.depth.astype(np.float64), x / 2 - 0.5, y / 2 - 0.5) - lens.pivot
    i, j = np.mgrid[: nodes.shape[1], : nodes.shape[2]]
    for q, d, at, side in ((x, shift[0], j, frame[0]), (y, shift[1], i, frame[1])):
        seen = (q - side / 2) * lens.zoom + d * rise
        # An error here is one of the place, made larger at most by 1 + what is steepest.
        off = np.abs(seen - (at * grid.step + 0.5 - side / 2))[free]
        assert off.max() < 0.05 * (1 - STEEPEST)


def test_flat_ground_needs_no_search():
    frame = (320, 200)
    lens = a_lens(frame, 1.1, 0.2, 0.4, (9.0, -7.0))
    flat = nodes_of(a_grid(np.full((1, 1), 0.8), frame), lens)
    searched = nodes_of(a_grid(np.full((50, 80), 0.8), frame), lens)
    assert np.abs(flat - searched).max() <= 65536 * 0.002


def test_only_the_part_asked_for_is_found():
    frame = (320, 200)
    grid, lens = a_grid(np.random.default_rng(2).random((50, 80)), frame), a_lens(frame)
    full = nodes_of(grid, lens)
    nodes = np.full_like(full, -7)
    looking.locate(grid, lens, (3, 20, 5, 30), nodes)
    inner = np.zeros(full.shape, bool)
    inner[:, 3:20, 5:30] = True
    assert (nodes[~inner] == -7).all()
    assert np.abs(nodes - full)[inner].max() < 0.1 * 65536, "wherever the search began"


# What is read there ------------------------------------------------------------------------------


def planes_for(size, pad=64, aside=16384):
    width, height = size[0] + 2 * pad, size[1] + 2 * pad
    luma = Plane(np.zeros(width * height, np.uint8), np.zeros(1, np.uint8), width, 0, 0)
    colour = np.zeros(width * height // 4, np.uint16)
    return luma, Plane(colour, np.zeros(1, np.uint8), width // 2, 1, aside)


def walked(nodes, plane, whole, frame):
    """Index and fraction of each pixel of a plane of the frame."""
    step = 1 << (whole - plane.coarse)
    columns = nodes.shape[2] - 1
    buffers = buffers_for(frame[0] + (1 << whole))
    for i in range(nodes.shape[1] - 1):
        for row in range(step):
            kernels._steps(nodes, (i, 0, columns, whole), row, plane, buffers)
            count = columns * step
            yield i * step + row, buffers.index[:count].copy(), buffers.fraction[:count].copy()


@settings(max_examples=60)
@given(
    frame=st.tuples(st.integers(1, 60), st.integers(1, 60)).map(lambda s: (2 * s[0], 2 * s[1])),
    whole=st.integers(1, 4),
    zoom=st.floats(0.01, 100),
    dolly=st.floats(-40, 40),
    shift=st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)),
    middle=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
    seed=st.integers(0, 99),
)
def test_no_sample_lies_outside_its_plane(frame, whole, zoom, dolly, shift, middle, seed):
    """Not even where depth is noise and the camera looks a thousand frames beside the picture."""
    depth = np.random.default_rng(seed).random((7, 11))
    size = [2 * round(side * 1.5 / 2) for side in frame]
    step = 1 << whole
    grid = a_grid(depth, frame, step)
    grid = grid._replace(last_x=float(size[0] + 125), last_y=float(size[1] + 125))
    lens = looking.Lens(zoom, dolly, 0.4, *shift, *middle)
    nodes = nodes_of(grid, lens)
    for plane in planes_for(size):
        rows = plane.samples.size // plane.pitch
        for _, index, fraction in walked(nodes, plane, whole, frame):
            assert (index % plane.pitch <= plane.pitch - 2).all(), "the right one is in its row"
            assert (index // plane.pitch <= rows - 2).all(), "and the lower one in the plane"
            assert (fraction <= 0xFFFF).all()


@pytest.mark.parametrize("whole", [1, 2, 3, 4])
def test_between_corners_the_way_is_straight(whole):
    frame = (160, 96)
    step = 1 << whole
    grid = a_grid(np.full((1, 1), 0.0), frame, step)
    lens = a_lens(frame, 1.17, pivot=0.0)
    lens = lens._replace(origin_x=78.3, origin_y=45.9)
    nodes = nodes_of(grid, lens)
    for plane in planes_for((240, 144)):
        sited = 0.0 if plane.coarse == 0 else 0.5
        for y, index, fraction in walked(nodes, plane, whole, frame):
            count = frame[0] >> plane.coarse
            x = np.arange(count) << plane.coarse
            row = (y << plane.coarse) + sited
            at_x = (78.3 + (x + 0.5 - 80) / 1.17) * 1.5 - 0.5 + 64
            at_y = (45.9 + (row + 0.5 - 48) / 1.17) * 1.5 - 0.5 + 64
            if plane.coarse:
                # Chroma's samples sit on every other column of the layer, between two rows.
                at_x, at_y = (at_x + 0.25) / 2, (at_y - 0.5) / 2
            seen_x = index[:count] % plane.pitch + (fraction[:count] & 255) / 256
            seen_y = index[:count] // plane.pitch + (fraction[:count] >> 8) / 256
            assert np.abs(seen_x - at_x).max() < 0.006
            assert np.abs(seen_y - at_y).max() < 0.006


# Cells -------------------------------------------------------------------------------------------


def holes(shape, rng, share=0.5):
    soft = cv2.GaussianBlur(rng.random(shape).astype(np.float32), (0, 0), 3)
    return soft < np.quantile(soft, share)


@pytest.mark.parametrize("side", [BLOCK, BLOCK // 2])
def test_blocks_know_what_they_and_their_neighbours_hold(side):
    rng = np.random.default_rng(4)
    alpha = np.kron(rng.integers(0, 3, (9, 12)), np.ones((23, 19))).astype(np.uint8)
    alpha = np.array([0, 90, 255], np.uint8)[alpha]
    blocks = np.full([-(-length // side) for length in alpha.shape], 9, np.uint8)
    looking.sum_up(alpha, side, blocks)
    assert {EMPTY, MIXED, SOLID} == set(blocks.ravel().tolist())
    for i, row in enumerate(blocks):
        for j, kind in enumerate(row):
            top, left = i * side, j * side
            near = alpha[max(0, top - 1) : top + side + 2, max(0, left - 1) : left + side + 2]
            assert (kind == SOLID) == bool((near == 255).all())
            assert (kind == EMPTY) == bool((near == 0).all())


@pytest.mark.parametrize("whole", [1, 2, 3])
@pytest.mark.parametrize("zoom", [0.8, 1.0, 1.6])
def test_a_solid_cell_touches_only_what_is_solid(whole, zoom):
    frame, step = (160, 96), 1 << whole
    rng = np.random.default_rng(8)
    depth = 0.5 + 0.03 * np.sin(np.mgrid[:48, :80].sum(0) / 7)
    grid = a_grid(depth, frame, step)
    nodes = nodes_of(grid, a_lens(frame, zoom, shift=(8.0, -5.0)))
    plane, _ = planes_for((240, 144))
    alpha = np.where(holes((272, 368), rng), np.uint8(0), np.uint8(255))
    alpha[60:120] = 255
    alpha[150:210] = 0
    blocks = np.empty((17, 23), np.uint8)
    looking.sum_up(alpha, BLOCK, blocks)
    cells = np.full((nodes.shape[1] - 1, nodes.shape[2] - 1), 9, np.uint8)
    looking.classify(nodes, blocks, (0, nodes.shape[1], 0, nodes.shape[2]), cells)
    assert {EMPTY, MIXED, SOLID} == set(cells.ravel().tolist())
    flat = alpha.reshape(-1)
    for y, index, _ in walked(nodes, plane, whole, frame):
        touched = np.stack([flat[index + d] for d in (0, 1, plane.pitch, plane.pitch + 1)])
        kind = cells[y >> whole].repeat(step)
        assert (touched[:, kind == SOLID] == 255).all()
        assert (touched[:, kind == EMPTY] == 0).all()
