"""From paper to picture: a sheet bent, turned and seen in perspective, and the way of its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image

from edgekit.types import Point, Quad

_CELLS = (24, 12)  # of the mesh, down and across: bent lines come out within half a pixel


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """How points of a sheet come to lie in a picture.

    size: of the picture (width, height). A point of the sheet is first shifted down by ``wave`` of where it lies
    across, and across by ``sway`` of where it lies down (amplitude in pixels, half waves, phase), then put through
    ``homography``, 3 x 3.
    """

    sheet: tuple[int, int]
    size: tuple[int, int]
    homography: npt.NDArray[np.float64]
    wave: tuple[float, float, float]
    sway: tuple[float, float, float]

    def place(self, point: Point) -> Point:
        """Where a point of the sheet lies in the picture."""
        x, y = point
        bent = np.array([x - _bump(self.sway, y / self.sheet[1]), 0.0, 1.0])
        bent[1] = y - _bump(self.wave, bent[0] / self.sheet[0])
        u, v, w = self.homography @ bent
        return float(u / w), float(v / w)

    def lift(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Where points of the picture, (n, 2), lie on the sheet: ``place`` the other way round."""
        homogeneous = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ np.linalg.inv(self.homography).T
        x, y = homogeneous[:, 0] / homogeneous[:, 2], homogeneous[:, 1] / homogeneous[:, 2]
        y = y + _bumps(self.wave, x / self.sheet[0])
        x = x + _bumps(self.sway, y / self.sheet[1])
        return np.stack([x, y], axis=1)

    def apply(self, image: Image.Image, fill: int | tuple[int, int, int] = 0) -> Image.Image:
        """The sheet's picture as it lies in the picture; ``fill`` around it."""
        return image.transform(self.size, Image.Transform.MESH, self._mesh(), Image.Resampling.BILINEAR, fillcolor=fill)

    def _mesh(self) -> list[tuple[tuple[int, int, int, int], Sequence[float]]]:
        xs = np.linspace(0, self.size[0], _CELLS[1] + 1).round().astype(int)
        ys = np.linspace(0, self.size[1], _CELLS[0] + 1).round().astype(int)
        grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2).astype(np.float64)
        source = self.lift(grid).reshape(len(ys), len(xs), 2)
        mesh: list[tuple[tuple[int, int, int, int], Sequence[float]]] = []
        for i in range(_CELLS[0]):
            for j in range(_CELLS[1]):
                corners = (source[i, j], source[i + 1, j], source[i + 1, j + 1], source[i, j + 1])
                area = (int(xs[j]), int(ys[i]), int(xs[j + 1]), int(ys[i + 1]))
                mesh.append((area, [float(c) for corner in corners for c in corner]))
        return mesh

    def quad(self, quad: Quad) -> Quad:
        """A quad of the sheet in the picture."""
        return quad.map(self.place)


def _bump(shape: tuple[float, float, float], at: float) -> float:
    height, waves, phase = shape
    return float(height * np.sin(np.pi * waves * at + phase))


def _bumps(shape: tuple[float, float, float], at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    height, waves, phase = shape
    return np.asarray(height * np.sin(np.pi * waves * at + phase))


def homography(corners: Sequence[Point], targets: Sequence[Point]) -> npt.NDArray[np.float64]:
    """The 3 x 3 matrix that takes four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, targets, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(np.array(rows, dtype=np.float64), np.array(values)), 1.0).reshape(3, 3)


def choose_bend(random: Random, sheet: tuple[int, int], flat: bool) -> Bend:
    """A way for a sheet to lie. flat: on a scanner, a little askew; otherwise on a table before a camera."""
    width, height = sheet
    turn = random.gauss(0, 0.5) if flat else random.gauss(0, 4) if random.random() < 0.85 else random.uniform(-18, 18)
    lean = 0.0 if flat else 0.07
    edge = (
        (random.uniform(0, 0.06), random.uniform(0, 0.06))
        if flat
        else (random.uniform(0, 0.5), random.uniform(0, 0.25))
    )
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    angle = np.deg2rad(turn)
    placed = []
    for x, y in corners:
        dx, dy = x - width / 2, y - height / 2
        away_x, away_y = random.uniform(-lean, lean) * width, random.uniform(-lean, lean) * height * 0.6
        placed.append(
            (dx * np.cos(angle) - dy * np.sin(angle) + away_x, dx * np.sin(angle) + dy * np.cos(angle) + away_y)
        )
    left, top = min(x for x, _ in placed), min(y for _, y in placed)
    inner = (max(x for x, _ in placed) - left, max(y for _, y in placed) - top)
    size = (round(inner[0] + width * edge[0]), round(inner[1] + height * edge[1]))
    shift = (random.uniform(0, 1) * width * edge[0] - left, random.uniform(0, 1) * height * edge[1] - top)
    targets = [(float(x + shift[0]), float(y + shift[1])) for x, y in placed]
    bent = not flat and random.random() < 0.5
    wave = (random.uniform(-0.02, 0.02) * width * bent, random.uniform(0.7, 1.6), random.uniform(-0.4, 0.4))
    sway = (random.uniform(-0.012, 0.012) * width * bent, random.uniform(0.8, 2.5), random.uniform(0, 3))
    return Bend(sheet, size, homography(corners, targets), wave, sway)
