"""Draws the pictures of the demonstration's stories: `python setup/drawings.py`. The same bytes each time."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image, ImageDraw

STORIES = Path(__file__).resolve().parent.parent / "undersigned/demonstration/stories"
WIDTH, HEIGHT, FINER = 1280, 720, 2
COLOURS = 48

PAPER, CARD, INK, SLATE, MIST = "#efe8da", "#fbf7ee", "#26231f", "#5b6770", "#a9b4b6"
NIGHT, DUSK, WATER, SNOW, SEAL, LAMP = "#1c2733", "#33485a", "#3f6076", "#e9eef0", "#b3261e", "#f2c14e"
WOOD, MOSS = "#8a6a4a", "#5f6f52"

Point = tuple[float, float]


class Sheet:
    """A drawing in units of the picture's own pixels."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), ground)
        self.pen = ImageDraw.Draw(self.image)

    def box(  # noqa: PLR0913, PLR0917  four numbers are one rectangle
        self, x: float, y: float, width: float, height: float, fill: str, round_by: float = 0
    ) -> None:
        corners = _scaled([(x, y), (x + width, y + height)])
        self.pen.rounded_rectangle(corners, round_by * FINER, fill)

    def shape(self, points: Iterable[Point], fill: str) -> None:
        self.pen.polygon(_scaled(points), fill)

    def line(self, points: Iterable[Point], fill: str, width: float) -> None:
        self.pen.line(_scaled(points), fill, round(width * FINER), joint="curve")

    def dot(self, x: float, y: float, radius: float, fill: str, tall: float = 1.0) -> None:
        self.pen.ellipse(_scaled([(x - radius, y - radius * tall), (x + radius, y + radius * tall)]), fill)

    def ring(self, x: float, y: float, radius: float, fill: str, width: float) -> None:
        self.pen.ellipse(
            _scaled([(x - radius, y - radius), (x + radius, y + radius)]), outline=fill, width=round(width * FINER)
        )

    def save(self, path: Path) -> None:
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.quantize(COLOURS, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * FINER, y * FINER) for x, y in points]


def hills(sheet: Sheet, base: float, height: float, fill: str, phase: float) -> None:
    """A line of hills whose feet stand at `base`."""
    crest = [
        (x, base - height * (0.55 + 0.45 * math.sin(x / 170 + phase) * math.cos(x / 410 + phase)))
        for x in range(0, WIDTH + 20, 20)
    ]
    sheet.shape([(0, HEIGHT), *crest, (WIDTH, HEIGHT)], fill)


def ripples(sheet: Sheet, top: float, fill: str) -> None:
    for row in range(9):
        y = top + 14 + row * row * 3.4
        for x in range(-80 + row * 37, WIDTH, 190):
            sheet.line([(x, y), (x + 60 + row * 9, y)], fill, 2 + row / 3)


def bridge(sheet: Sheet) -> None:
    hills(sheet, 420, 190, DUSK, 0.4)
    sheet.box(0, 430, WIDTH, 290, WATER)
    ripples(sheet, 430, DUSK)
    sheet.box(0, 316, WIDTH, 26, INK)
    for pier in range(5):
        x = 40 + pier * 300
        sheet.box(x - 16, 330, 32, 170, INK)
        arch = [(x + 16 + t * 268 / 20, 430 - 88 * math.sin(math.pi * t / 20)) for t in range(21)]
        sheet.shape([(x + 16, 342), *arch, (x + 284, 342)], INK)
    for x in (230, 640, 1010):
        sheet.line([(x, 318), (x, 262)], INK, 5)
        sheet.dot(x, 256, 11, LAMP)
        for step in range(5):
            sheet.box(x - 12 + step, 452 + step * 30, 24 - 2 * step, 7, LAMP, 3)
    sheet.dot(1040, 120, 46, SNOW)


def cards(sheet: Sheet) -> None:
    sheet.box(0, 560, WIDTH, 160, WOOD)
    for number in range(13):
        x = 300 + number * 52
        tall = 210 + (number * 37) % 60
        sheet.box(x, 460 - tall, 44, tall, CARD if number % 4 else MIST, 3)
        sheet.box(x + 8, 478 - tall, 28, 6, SLATE)
        sheet.box(x + 8, 494 - tall, 18, 6, MIST)
    sheet.box(664, 214, 44, 24, SEAL, 2)
    sheet.shape([(250, 420), (1030, 420), (1000, 600), (280, 600)], "#6e5238")
    sheet.box(250, 404, 780, 30, WOOD, 4)
    sheet.box(590, 490, 100, 44, CARD, 3)


def chairs(sheet: Sheet) -> None:
    sheet.box(0, 520, WIDTH, 200, WOOD)
    sheet.box(820, 90, 300, 260, SNOW)
    for x in (820, 962, 1106):
        sheet.box(x, 90, 14, 260, SLATE)
    sheet.box(820, 212, 300, 12, SLATE)
    sheet.shape([(380, 400), (900, 400), (960, 440), (320, 440)], INK)
    for x in (370, 880):
        sheet.box(x, 440, 18, 200, INK)
    for x, fill in ((200, SLATE), (610, SEAL), (1010, SLATE)):
        sheet.box(x, 330 if x != 610 else 250, 90, 140, fill, 6)
        sheet.box(x - 8, 470 if x != 610 else 380, 106, 20, fill, 4)
    for x in (200, 1010):
        for leg in (0, 80):
            sheet.box(x + leg, 488, 10, 150, INK)
    sheet.shape([(380, 400), (900, 400), (960, 440), (320, 440)], INK)


def lamps(sheet: Sheet) -> None:
    hills(sheet, 520, 330, SNOW, 2.1)
    hills(sheet, 640, 230, MIST, 0.9)
    for number in range(7):
        x, y = 90 + number * 165, 430 + (number * 61) % 90
        sheet.box(x, y, 112, 100, INK)
        sheet.shape([(x - 14, y), (x + 56, y - 62), (x + 126, y)], SNOW)
        sheet.shape([(x - 14, y + 4), (x + 56, y - 52), (x + 126, y + 4)], DUSK)
        sheet.box(x + 38, y + 30, 36, 44, LAMP, 2)
        sheet.box(x + 55, y + 30, 3, 44, INK)
    for number in range(60):
        sheet.dot((number * 211) % WIDTH, (number * 97) % 380, 2.4, SNOW)


def shelves(sheet: Sheet) -> None:
    tones = (SLATE, CARD, MOSS, MIST, WOOD, DUSK)
    for row in range(3):
        y = 40 + row * 222
        x, number = 90.0, row * 5
        while x < 1150:
            wide, tall = 26 + (number * 13) % 22, 140 + (number * 29) % 36
            sheet.box(x, y + 184 - tall, wide, tall, SEAL if number == 17 else tones[number % 6], 2)
            sheet.box(x + 6, y + 200 - tall, wide - 12, 30, PAPER)
            x, number = x + wide + 5, number + 1
        sheet.box(60, y + 184, 1160, 18, "#6e5238")
    sheet.box(44, 0, 22, HEIGHT, "#6e5238")
    sheet.box(1214, 0, 22, HEIGHT, "#6e5238")


def drafts(sheet: Sheet) -> None:
    for column in range(3):
        for row in range(3):
            x, y = 190 + column * 320, 50 + row * 215
            sheet.box(x + 6, y + 8, 260, 180, MIST)
            sheet.box(x, y, 260, 180, CARD)
            for line in range(6):
                wide = 220 - (line * 53 + row * 31 + column * 17) % 90
                fill = SEAL if row == 1 and line == 2 else SLATE
                sheet.box(x + 20, y + 26 + line * 24, wide, 7, fill, 3)
            sheet.dot(x + 130, y + 6, 8, SEAL)
    for row in range(3):
        y = 140 + row * 215
        sheet.line([(450, y), (510, y)], INK, 3)
        sheet.line([(770, y), (830, y)], INK, 3)


def stadium(sheet: Sheet) -> None:
    hills(sheet, 470, 150, MIST, 1.3)
    sheet.box(0, 560, WIDTH, 160, MOSS)
    sheet.dot(640, 480, 500, SLATE, 0.42)
    sheet.dot(640, 450, 470, PAPER, 0.36)
    sheet.dot(640, 462, 400, SLATE, 0.27)
    sheet.dot(640, 474, 340, MOSS, 0.2)
    sheet.box(575, 560, 130, 130, INK)
    sheet.shape([(575, 562), (640, 508), (705, 562)], INK)
    for number in range(11):
        x = 170 + number * 94
        y = 315 - 110 * math.sin(math.pi * number / 10)
        sheet.line([(x, y + 90), (x, y - 40)], INK, 4)
        sheet.shape([(x, y - 40), (x + 56, y - 30), (x, y - 8)], SEAL if number % 3 == 1 else SNOW)


def radio(sheet: Sheet) -> None:
    sheet.box(0, 580, WIDTH, 140, WOOD)
    sheet.line([(850, 250), (1080, 40)], MIST, 7)
    sheet.dot(1080, 40, 12, SEAL)
    for ring in (90, 150, 210):
        sheet.ring(1080, 40, ring, DUSK, 5)
    sheet.box(310, 240, 640, 350, "#6e5238", 34)
    sheet.box(340, 270, 580, 290, PAPER, 18)
    sheet.dot(500, 415, 118, SLATE)
    for ring in (94, 70, 46, 22):
        sheet.ring(500, 415, ring, MIST, 6)
    sheet.box(660, 310, 230, 96, CARD, 8)
    for mark in range(9):
        sheet.box(684 + mark * 22, 330, 4, 24 if mark % 2 else 40, SLATE)
    sheet.box(766, 322, 5, 72, SEAL)
    for x in (710, 840):
        sheet.dot(x, 480, 34, INK)
        sheet.line([(x, 480), (x + 18, 456)], CARD, 6)


def blackboard(sheet: Sheet) -> None:
    sheet.box(0, 560, WIDTH, 160, WOOD)
    sheet.box(170, 60, 940, 420, "#6e5238", 6)
    sheet.box(190, 80, 900, 380, "#2e3f3a")
    sheet.ring(930, 180, 54, LAMP, 7)
    for ray in range(8):
        angle = ray * math.pi / 4
        ends = [(930 + r * math.cos(angle), 180 + r * math.sin(angle)) for r in (70, 94)]
        sheet.line(ends, LAMP, 6)
    for bank in (0, 70):
        sheet.line([(230 + x, 350 + bank + 34 * math.sin(x / 95)) for x in range(0, 820, 10)], SNOW, 6)
    sheet.line([(330, 300), (330, 240), (380, 200), (430, 240), (430, 300), (330, 300)], SNOW, 6)
    for x in (190, 550, 910):
        sheet.box(x, 540, 190, 26, INK, 4)
        for leg in (14, 160):
            sheet.box(x + leg, 560, 14, 130, INK)
        sheet.box(x + 66, 516, 60, 24, SEAL if x == 550 else CARD, 3)


def microphone(sheet: Sheet) -> None:
    sheet.shape([(0, 0), (520, 0), (900, 720), (0, 720)], DUSK)
    sheet.shape([(360, 560), (920, 560), (980, 720), (300, 720)], "#6e5238")
    sheet.box(330, 524, 620, 44, WOOD, 6)
    sheet.line([(640, 530), (640, 330), (600, 250)], MIST, 12)
    sheet.dot(586, 222, 44, SLATE, 1.25)
    for row in range(5):
        sheet.line([(552, 190 + row * 18), (620, 190 + row * 18)], MIST, 3)
    sheet.dot(640, 470, 9, SEAL)
    sheet.shape([(790, 420), (870, 420), (858, 524), (802, 524)], SNOW)
    sheet.shape([(795, 462), (865, 462), (858, 524), (802, 524)], MIST)


def envelope(sheet: Sheet) -> None:
    sheet.shape([(300, 210), (1010, 170), (1036, 560), (326, 600)], MIST)
    sheet.shape([(280, 190), (990, 150), (1016, 540), (306, 580)], CARD)
    sheet.line([(280, 190), (652, 402), (990, 150)], SLATE, 5)
    sheet.line([(306, 580), (560, 350)], MIST, 4)
    sheet.line([(1016, 540), (740, 338)], MIST, 4)
    sheet.shape([(590, 338), (706, 331), (713, 447), (597, 454)], SEAL)
    for x, y, wide, tall in ((612, 358, 76, 8), (645, 352, 8, 84), (612, 388, 76, 8), (612, 420, 80, 8)):
        sheet.box(x, y, wide, tall, CARD, 2)


def door(sheet: Sheet) -> None:
    for row in range(9):
        for column in range(14):
            x = column * 110 - (row % 2) * 55
            sheet.box(x + 3, row * 68 + 3, 104, 62, "#d9cfbd", 3)
    sheet.box(0, 610, WIDTH, 110, SLATE)
    for step in range(3):
        sheet.box(420 - step * 50, 560 + step * 34, 440 + step * 100, 36, MIST if step % 2 else SNOW)
    sheet.box(470, 110, 340, 452, INK)
    sheet.box(490, 130, 300, 432, LAMP)
    sheet.shape([(490, 130), (716, 154), (716, 584), (490, 562)], MOSS)
    sheet.shape([(520, 184), (690, 200), (690, 330), (520, 320)], DUSK)
    sheet.shape([(520, 356), (690, 366), (690, 530), (520, 516)], DUSK)
    sheet.dot(702, 350, 11, LAMP)
    sheet.box(930, 290, 170, 110, DUSK, 8)
    sheet.box(950, 316, 130, 12, INK, 4)
    sheet.shape([(968, 250), (1062, 250), (1062, 322), (968, 322)], CARD)
    sheet.box(1030, 262, 20, 20, SEAL)


DRAWINGS: dict[str, tuple[Callable[[Sheet], None], str]] = {
    "01": (bridge, NIGHT),
    "02": (cards, PAPER),
    "03": (chairs, PAPER),
    "04": (lamps, NIGHT),
    "05": (shelves, PAPER),
    "06": (drafts, "#d9cfbd"),
    "07": (stadium, SNOW),
    "08": (radio, NIGHT),
    "09": (blackboard, PAPER),
    "10": (microphone, NIGHT),
    "11": (envelope, DUSK),
    "12": (door, "#c6baa5"),
}

if __name__ == "__main__":
    for number, (draw, ground) in DRAWINGS.items():
        [folder] = STORIES.glob(f"{number}-*")
        sheet = Sheet(ground)
        draw(sheet)
        sheet.save(folder / "picture.png")
