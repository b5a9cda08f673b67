"""Photos and scans of printed receipts: wear, light, table, camera. The quads of the lines follow the geometry."""

from __future__ import annotations

import io
from dataclasses import replace
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from models.synthetic.bending import Bend, choose_bend
from models.synthetic.tables import table
from models.synthetic.truth import Line, Picture
from models.synthetic.wear import Floats, paper, shadow, worn_ink

_LONGEST = 1600
_LEAST_TEXT = 10.0  # pixels that most lines stay tall, however far away the camera is


def photograph(picture: Picture, seed: int) -> Picture:
    """A photo (55 in 100) or a scan of a drawn receipt: ``RGB``, at most 1600 pixels long.

    The same seed gives the same picture.
    """
    random = Random(f"photo {seed}")
    flat = random.random() < 0.45
    grey = np.asarray(picture.image.convert("L"), dtype=np.float32)
    ink = worn_ink(random, grey)
    bend = choose_bend(random, picture.image.size, flat)
    sheet = _print_on_paper(random, ink, flat)
    scene = _on_table(random, sheet, bend, flat)
    lines = tuple(_moved(line, bend) for line in picture.lines)
    shrink = _shrink(random, scene.size, lines)
    size = (max(round(scene.width * shrink), 1), max(round(scene.height * shrink), 1))
    across, down = size[0] / scene.width, size[1] / scene.height
    scene = _seen(random, scene.resize(size, Image.Resampling.BOX if shrink < 0.6 else Image.Resampling.BILINEAR), flat)
    return Picture(scene, tuple(_zoomed(line, across, down) for line in lines))


def _print_on_paper(random: Random, ink: Floats, flat: bool) -> Image.Image:
    bright = paper(random, ink.shape, flat)
    shade = random.uniform(0.93, 1.0) if flat else random.uniform(0.72, 1.0)
    tint = _tint(random, 0.01 if flat else 0.06)
    dark = random.uniform(0.0, 0.25)
    level = bright * shade * (1 - ink * (1 - dark))
    colours = np.clip(level[:, :, None] * (255 * tint)[None, None, :], 0, 255)
    return Image.fromarray(colours.astype(np.uint8))


def _tint(random: Random, most: float) -> Floats:
    """A colour near white: warm more often than cold."""
    warm = random.uniform(-0.4, 1) * most
    return np.array([1 + warm * 0.3, 1, 1 - warm], dtype=np.float32)


def _on_table(random: Random, sheet: Image.Image, bend: Bend, flat: bool) -> Image.Image:
    """The sheet where it lies, on a table or a scanner's lid, with its own shadow."""
    mask = bend.apply(Image.new("L", sheet.size, 255))
    if flat:
        edge = random.choice((255, 255, 250, 240, random.randrange(256)))
        ground = Image.new("RGB", bend.size, (edge, edge, edge))
    else:
        ground = table(random, bend.size)
        shift = (random.randrange(-12, 12), random.randrange(-4, 14))
        small = mask.resize((max(mask.width // 8, 1), max(mask.height // 8, 1)))
        soft = small.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 3))).resize(mask.size)
        ground.paste((0, 0, 0), shift, soft.point(lambda value: value * 0.55))
    ground.paste(bend.apply(sheet), (0, 0), mask)
    return ground


def _seen(random: Random, scene: Image.Image, flat: bool) -> Image.Image:
    """What the camera or the scanner makes of it: blur, light, noise, JPEG."""
    if random.random() < (0.35 if flat else 0.75):
        scene = scene.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 0.8 if flat else 1.2)))
    if not flat and random.random() < 0.06:
        kernel = [0.0] * 25
        for step in range(5):
            kernel[(10 + step) if random.random() < 0.9 else step * 6] = 1.0
        scene = scene.filter(ImageFilter.Kernel((5, 5), kernel, sum(kernel)))
    pixels = np.asarray(scene, dtype=np.float32)
    if not flat and random.random() < 0.25:
        pixels = pixels * shadow(random, pixels.shape[:2])[:, :, None]
    pixels = _exposed(random, pixels, flat)
    sigma = random.choice((0, 1, 2)) if flat else random.uniform(0, 7)
    if sigma:
        noise = np.random.default_rng(random.getrandbits(63))
        grains = noise.standard_normal(pixels.shape[:2], dtype=np.float32)
        pixels = pixels + (np.float32(sigma) * grains)[:, :, None]
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if flat and random.random() < 0.5:
        image = image.convert("L").convert("RGB")
    return _compressed(image, random.choice((35, 50, 60, 70, 75, 80, 85, 90, 92)))


def _exposed(random: Random, pixels: Floats, flat: bool) -> Floats:
    if flat:
        if random.random() < 0.2:  # a scanner's harsh contrast: grey paper to white, thin strokes broken
            low, high = random.uniform(10, 60), random.uniform(190, 245)
            return (pixels - np.float32(low)) * np.float32(255 / (high - low))
        return pixels
    gain = np.float32(random.uniform(0.72, 1.15))
    gamma = random.uniform(0.75, 1.3)
    cast = _tint(random, 0.22)[None, None, :]
    return np.asarray(255 * np.clip(pixels * gain * cast / 255, 0, 1) ** np.float32(gamma), dtype=np.float32)


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    stream.seek(0)
    with Image.open(stream) as again:
        return again.convert("RGB")


def _shrink(random: Random, size: tuple[int, int], lines: tuple[Line, ...]) -> float:
    heights = sorted(line.quad.bottom_left[1] - line.quad.top_left[1] for line in lines)
    text = max(heights[len(heights) // 2], 1.0)
    least = min(_LEAST_TEXT / text, 1.0)
    most = min(_LONGEST / max(size), 1.0)
    return min(random.uniform(least, 1.0), most) if random.random() < 0.45 else most


def _moved(line: Line, bend: Bend) -> Line:
    words = tuple([replace(word, quad=bend.quad(word.quad)) for word in line.words])
    return replace(line, quad=bend.quad(line.quad), words=words)


def _zoomed(line: Line, across: float, down: float) -> Line:
    words = tuple([replace(w, quad=w.quad.map(lambda p: (p[0] * across, p[1] * down))) for w in line.words])
    return replace(line, quad=line.quad.map(lambda p: (p[0] * across, p[1] * down)), words=words)
