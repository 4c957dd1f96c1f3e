"""How light and how sharp a photo is: two plain numbers that tell a seller what to mend."""

from io import BytesIO

from PIL import Image, ImageFilter, ImageStat

SIDE = 640
"""Photos are compared at one size, so that a larger one is not called less sharp."""
_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
_BEST_CELLS = 4
_GRID = 4


def measure(jpeg: bytes) -> tuple[int, int]:
    """Return a photo's mean brightness (0 to 255) and the variance of its edges where it is sharpest.

    The sharpest quarter counts, not the mean: a product before a plain ground is what we ask for. Raise OSError for what is no photo.
    """
    with Image.open(BytesIO(jpeg)) as opened:
        opened.draft("L", (SIDE, SIDE))
        gray = opened.convert("L")
    gray.thumbnail((SIDE, SIDE))
    edges = gray.filter(_EDGES)
    across, down = gray.width // _GRID, gray.height // _GRID
    boxes = ((x * across, y * down, (x + 1) * across, (y + 1) * down) for x in range(_GRID) for y in range(_GRID))
    cells = sorted(ImageStat.Stat(edges.crop(box)).var[0] for box in boxes)
    return round(ImageStat.Stat(gray).mean[0]), round(sum(cells[-_BEST_CELLS:]) / _BEST_CELLS)
