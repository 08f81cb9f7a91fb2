#!/usr/bin/python3
"""Golden pictures for tests/golden/image_*: small files of many kinds and what Pillow and numpy make of them.

A person runs this (Debian: python3-pil, python3-numpy); the build never does. Everything is drawn here from a fixed seed.
Expected pixels are raw bytes, rows from the top, channels interleaved; manifest.json says what belongs to what.

    python3 tools/make_golden_images.py tests/golden/image
"""

import json
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image


def galaxy(height, width, channels, seed):
    """A bright blob with arms and noise, so that every resampler has edges and slopes to get wrong."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    dy, dx = (y - height * 0.47) / height, (x - width * 0.55) / width
    radius, angle = np.hypot(dy, dx), np.arctan2(dy, dx)
    core = 230 * np.exp(-((radius / 0.12) ** 2))
    arms = 120 * np.exp(-((radius / 0.3) ** 2)) * (1 + np.cos(2 * angle - 18 * radius))
    planes = [core * gain + arms * (2 - gain) for gain in (1.0, 0.9, 0.75)[:channels]]
    picture = np.stack(planes, axis=-1) + rng.normal(0, 9, (height, width, channels)) + 8
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def bilinear_axis(inputs, outputs):
    matrix = np.zeros((outputs, inputs))
    for o in range(outputs):
        position = min(max((o + 0.5) * (inputs / outputs) - 0.5, 0), inputs - 1)
        low = int(np.floor(position))
        high = min(low + 1, inputs - 1)
        matrix[o, low] += 1 - (position - low)
        matrix[o, high] += position - low
    return matrix


def area_axis(inputs, outputs):
    matrix = np.zeros((outputs, inputs))
    for o in range(outputs):
        begin, end = o * inputs / outputs, (o + 1) * inputs / outputs
        for i in range(inputs):
            matrix[o, i] = max(0.0, min(end, i + 1) - max(begin, i)) / (end - begin)
    return matrix


def by_matrices(picture, height, width, axis):
    rows, columns = axis(picture.shape[0], height), axis(picture.shape[1], width)
    values = np.einsum("oy,yxc,px->opc", rows, picture.astype(np.float64), columns)
    # Sums that are a half up to rounding errors count as a half.
    return np.clip(np.floor(np.round(values, 9) + 0.5), 0, 255).astype(np.uint8)


def by_pillow(picture, height, width, method):
    grey = picture.shape[2] == 1
    image = Image.fromarray(picture[:, :, 0] if grey else picture)
    return np.asarray(image.resize((width, height), method)).reshape(height, width, -1)


def resized(picture, height, width, resampler):
    if resampler == "bilinear_antialias":
        return by_pillow(picture, height, width, Image.BILINEAR)
    if resampler == "lanczos":
        return by_pillow(picture, height, width, Image.LANCZOS)
    shrinks = height <= picture.shape[0] and width <= picture.shape[1]
    area = resampler == "area" and shrinks
    return by_matrices(picture, height, width, area_axis if area else bilinear_axis)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, depth, colour, rows, interlace=0):
    """A PNG written by hand, for kinds that Pillow does not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def adam7_rows(picture):
    out = b""
    for y, x, step_y, step_x in ADAM7:
        part = picture[y::step_y, x::step_x]
        if part.size:
            out += b"".join(b"\0" + row.tobytes() for row in part)
    return out


def over_black(rgb, alpha):
    return ((rgb.astype(np.int32) * alpha[..., None].astype(np.int32) + 127) // 255).astype(np.uint8)


class Collection:
    def __init__(self, folder):
        self.folder = folder
        self.manifest = {"decode": [], "resize": [], "grey": []}

    def write(self, name, data):
        (self.folder / name).write_bytes(data)
        return name

    def decode(self, name, picture, tolerance):
        """`picture`: the expected [H,W,C]; tolerance in grey levels, 0 for lossless files."""
        expected = self.write(pathlib.Path(name).stem + "_" + name.split(".")[-1] + ".raw", picture.tobytes())
        entry = {"file": name, "expected": expected, "shape": list(picture.shape), "tolerance": tolerance}
        self.manifest["decode"].append(entry)

    def saved(self, name, image, expected=None, tolerance=0, **options):
        image.save(self.folder / name, **options)
        if expected is None:
            expected = np.asarray(Image.open(self.folder / name).convert("L" if image.mode == "L" else "RGB"))
        self.decode(name, expected.reshape(image.height, image.width, -1), tolerance)

    def by_hand(self, name, data, expected):
        self.write(name, data)
        self.decode(name, expected, 0)


def decoding(out):
    colour, grey = galaxy(37, 45, 3, 1), galaxy(37, 45, 1, 2)
    ramp = np.linspace(0, 255, 45).astype(np.uint8)[None, :].repeat(37, 0)
    rgb, flat = Image.fromarray(colour), Image.fromarray(grey[:, :, 0])

    out.saved("rgb.png", rgb)
    out.saved("grey.png", flat)
    out.saved("rgba.png", Image.fromarray(np.dstack([colour, ramp])), over_black(colour, ramp))
    out.saved("grey_alpha.png", Image.fromarray(np.dstack([grey[:, :, 0], ramp]), "LA"), over_black(grey, ramp))
    palette = rgb.quantize(32)
    out.saved("palette.png", palette, np.asarray(palette.convert("RGB")))
    out.saved("one.png", Image.fromarray(colour[20:21, 20:21]))
    deep = (colour.astype(np.uint16) * 257 - 3).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in deep)
    out.by_hand("rgb16.png", png(45, 37, 16, 2, rows), (deep // 256).astype(np.uint8))
    deep_grey = (grey.astype(np.uint16) * 250).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in deep_grey)
    out.by_hand("grey16.png", png(45, 37, 16, 0, rows), (deep_grey // 256).astype(np.uint8))
    bits = (grey[:, :, 0] > 60).astype(np.uint8)
    rows = b"".join(b"\0" + np.packbits(row).tobytes() for row in bits)
    out.by_hand("bits.png", png(45, 37, 1, 0, rows), (bits * 255)[:, :, None])
    out.by_hand("adam7.png", png(45, 37, 8, 2, adam7_rows(colour), 1), colour)

    # Inverse cosine transforms and chroma upsampling differ between decoders by a level or two.
    out.saved("rgb.jpg", rgb, None, 2, quality=92, subsampling=0)
    out.saved("subsampled.jpg", rgb, None, 6, quality=92, subsampling=2)
    out.saved("grey.jpg", flat, None, 2, quality=92)
    out.saved("progressive.jpg", rgb, None, 2, quality=92, subsampling=0, progressive=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    out.saved("exif.jpg", rgb, None, 2, quality=92, subsampling=0, exif=exif)
    out.saved("cmyk.jpg", rgb.convert("CMYK"), None, 3, quality=92)
    out.saved("one.jpg", Image.fromarray(colour[20:21, 20:21]), None, 2, quality=92)


def resizing(out):
    sources = {"wide": galaxy(48, 70, 3, 3), "grey": galaxy(53, 41, 1, 4), "square": galaxy(64, 64, 3, 5)}
    for name, picture in sources.items():
        out.write(f"source_{name}.raw", picture.tobytes())
    cases = [("wide", 16, 16), ("wide", 48, 20), ("wide", 17, 70), ("wide", 100, 90), ("wide", 20, 90), ("wide", 1, 1)]
    cases += [("grey", 13, 11), ("grey", 60, 64), ("square", 32, 32), ("square", 23, 23), ("square", 64, 64)]
    for name, height, width in cases:
        for resampler in ("bilinear_antialias", "lanczos", "bilinear", "area"):
            picture = sources[name]
            expected = resized(picture, height, width, resampler)
            file = out.write(f"{name}_{height}x{width}_{resampler}.raw", expected.tobytes())
            entry = {"source": f"source_{name}.raw", "source_shape": list(picture.shape), "expected": file}
            out.manifest["resize"].append(entry | {"shape": list(expected.shape), "resampler": resampler})


def grey(out):
    picture = galaxy(64, 64, 3, 5)
    expected = np.asarray(Image.fromarray(picture).convert("L"))
    file = out.write("square_grey.raw", expected.tobytes())
    out.manifest["grey"].append({"source": "source_square.raw", "source_shape": [64, 64, 3], "expected": file})


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    out = Collection(folder)
    decoding(out)
    resizing(out)
    grey(out)
    (folder / "manifest.json").write_text(json.dumps(out.manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
