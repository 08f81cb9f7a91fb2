#!/usr/bin/python3
"""Writes files of the published data sets' layouts and sizes, with drawn galaxies in the place of photographs.

For measuring how Pinwheel reads them (docs/data-formats.md): names, shapes, types, compression and counts are those of
the published files; pictures and labels are made up here, from a seed, and nothing is downloaded. A few hundred galaxies
are drawn for each; the rest are these shifted and dimmed, and the challenge's pictures stand under several names.

    tools/make_published_layouts.py OUT                       # all of them, about 8 GB
    tools/make_published_layouts.py OUT --scale 0.01          # small ones
    tools/make_published_layouts.py OUT --only challenge mnist

Needs numpy, h5py and Pillow (Debian: python3-numpy python3-h5py python3-pil).
"""

import argparse
import gzip
import io
import pathlib
import pickle
import shutil
import zipfile

import h5py
import numpy as np
from PIL import Image

DRAWN = 300
SEED = 20260101
QUESTION_STARTS = [0, 3, 5, 7, 9, 13, 15, 18, 25, 28, 31, 37]
QUESTION_PARENTS = [None, 1, 4, 4, 4, None, 0, 13, 3, 7, 7]  # the column whose fraction the question shares out


# -- Galaxies


def draw_galaxy(rng, side):
    """[side,side,3] bytes: an inclined disk of exponential light, sometimes with arms, on a noisy sky."""
    y, x = (np.mgrid[0:side, 0:side] - side / 2) / side
    turn, flat, size = rng.uniform(0, np.pi), rng.uniform(0.25, 1), rng.uniform(0.03, 0.09)
    along, across = x * np.cos(turn) + y * np.sin(turn), (y * np.cos(turn) - x * np.sin(turn)) / flat
    radius = np.hypot(along, across)
    wave = np.cos(rng.integers(1, 5) * (np.arctan2(across, along) - rng.uniform(2, 6) * np.log(radius + 0.02)))
    light = np.exp(-radius / size) * (1 + rng.uniform(0, 0.7) * wave)
    sky = rng.normal(0, 4, (side, side, 3))
    return np.clip(light[..., None] * rng.uniform([190, 150, 110], [250, 210, 190]) + 8 + sky, 0, 255).astype(np.uint8)


class Drawer:
    """Any number of different pictures of one size from a few that were drawn."""

    def __init__(self, rng, side, channels=3):
        self.rng, self.side = rng, side
        self.drawn = np.stack([draw_galaxy(rng, side) for _ in range(DRAWN)])[..., :channels]

    def batch(self, count):
        reach = self.side // 16
        out = np.empty((count, *self.drawn.shape[1:]), np.uint8)
        for i in range(count):
            shift = self.rng.integers(-reach, reach + 1, 2)
            dimmed = self.drawn[self.rng.integers(DRAWN)] * np.float32(self.rng.uniform(0.7, 1))
            out[i] = np.roll(dimmed, shift, (0, 1))
        return out


def scaled(count, scale, least=40):
    return max(least, round(count * scale))


def class_numbers(rng, count, classes):
    """Each class at least once; some are rarer than others, as in the sky."""
    share = np.linspace(1, 3, classes)
    labels = rng.choice(classes, count, p=share / share.sum()).astype(np.uint8)
    labels[:classes] = np.arange(classes)
    return labels


# -- HDF5


def write_hdf5(path, drawer, count, columns):
    """`images` in blocks of h5py's own choice, gzip'd as published, then the columns."""
    with h5py.File(path, "w") as file:
        shape = (count, *drawer.drawn.shape[1:])
        images = file.create_dataset("images", shape, np.uint8, compression="gzip", chunks=True)
        block = images.chunks[0]
        for first in range(0, count, block):
            images[first : first + block] = drawer.batch(min(block, count - first))
        for name, values in columns.items():
            file[name] = values


def make_sdss(out, scale, rng):
    count = scaled(21785, scale)
    write_hdf5(out / "Galaxy10.h5", Drawer(rng, 69), count, {"ans": class_numbers(rng, count, 10)})


def make_decals(out, scale, rng):
    count = scaled(17736, scale)
    columns = {
        "ans": class_numbers(rng, count, 10),
        "ra": rng.uniform(0, 360, count),
        "dec": rng.uniform(-10, 80, count),
        "redshift": rng.uniform(0, 0.2, count),
        "pxscale": np.full(count, 0.262),
    }
    write_hdf5(out / "Galaxy10_DECals.h5", Drawer(rng, 256), count, columns)


def make_mnist(out, scale, rng):
    drawer = Drawer(rng, 64)
    for part, published in (("train", 8000), ("test", 2000)):
        count, plain = scaled(published, scale), out / f"{part}_dataset.hdf5"
        with h5py.File(plain, "w") as file:
            file["images"], file["labels"] = drawer.batch(count), class_numbers(rng, count, 4)
        with open(plain, "rb") as source, gzip.open(out / f"{part}_dataset.hdf5.gz", "wb", 6) as packed:
            shutil.copyfileobj(source, packed, 1 << 20)
        plain.unlink()


# -- numpy and pickle


def make_lesson(out, scale, rng):
    count = scaled(1400, scale)
    labels = np.eye(4)[class_numbers(rng, count, 4)]
    np.savez_compressed(out / "galaxydata.npz", data=Drawer(rng, 128).batch(count), labels=labels)


def make_pickle(out, scale, rng):
    drawer, arrays = Drawer(rng, 69, 1), []
    for count in (scaled(17457, scale), scaled(1940, scale)):
        arrays += [drawer.batch(count), np.eye(5)[class_numbers(rng, count, 5)]]
    with gzip.open(out / "galaxy10_g.pickle.gz", "wb", 6) as file:
        pickle.dump(tuple(arrays), file, protocol=4)


# -- The challenge


def jpegs(rng):
    for _ in range(DRAWN):
        file = io.BytesIO()
        Image.fromarray(draw_galaxy(rng, 424)).save(file, "JPEG", quality=87)
        yield file.getvalue()


def vote_fractions(rng, count):
    """[count,37]: each question's shares add up to the answer that leads to it."""
    rows = np.zeros((count, 37))
    for begin, end, parent in zip(QUESTION_STARTS, QUESTION_STARTS[1:], QUESTION_PARENTS):
        reached = 1 if parent is None else rows[:, parent, None]
        rows[:, begin:end] = rng.dirichlet(np.full(end - begin, 0.5), count) * reached
    return rows


def answers_csv(ids, rows):
    questions = zip(range(1, 12), np.diff(QUESTION_STARTS))
    header = ["GalaxyID", *(f"Class{q}.{a + 1}" for q, answers in questions for a in range(answers))]
    return "\n".join([",".join(header), *(f"{i}," + ",".join(f"{v:.6f}" for v in row) for i, row in zip(ids, rows))])


def write_pictures(path, ids, pictures):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for place, galaxy in enumerate(ids):
            archive.writestr(f"{path.stem}/{galaxy}.jpg", pictures[place % len(pictures)])


def write_table(path, ids, rows):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{path.stem}.csv", answers_csv(ids, rows) + "\n")


def write_challenge(path, parts, add_parts):
    """The outer zip packs its inner zips once more, as the challenge's download does."""
    folder = path.with_suffix(".parts")
    folder.mkdir()
    add_parts(folder)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in parts:
            archive.write(folder / f"{name}.zip", f"{name}.zip")
    shutil.rmtree(folder)


def challenge_ids(rng, scale):
    training, test = scaled(61578, scale), scaled(79975, scale)
    ids = rng.permutation(np.sort(rng.choice(np.arange(100008, 1000000), training + test, replace=False)))
    return np.sort(ids[:training]), np.sort(ids[training:])


def make_challenge(out, scale, rng):
    """What one trains on: the training pictures and their table."""
    ids, _ = challenge_ids(rng, scale)

    def add_parts(folder):
        write_pictures(folder / "images_training_rev1.zip", ids, list(jpegs(rng)))
        write_table(folder / "training_solutions_rev1.zip", ids, vote_fractions(rng, len(ids)))

    parts = ["images_training_rev1", "training_solutions_rev1"]
    write_challenge(out / "galaxy-zoo-training.zip", parts, add_parts)


def make_download(out, scale, rng):
    """The whole download, with the pictures of the test and the benchmarks' tables."""
    ids, test_ids = challenge_ids(rng, scale)
    tables = ["all_ones_benchmark", "all_zeros_benchmark", "central_pixel_benchmark"]

    def add_parts(folder):
        pictures = list(jpegs(rng))
        write_pictures(folder / "images_training_rev1.zip", ids, pictures)
        write_pictures(folder / "images_test_rev1.zip", test_ids, pictures)
        write_table(folder / "training_solutions_rev1.zip", ids, vote_fractions(rng, len(ids)))
        for name in tables:
            write_table(folder / f"{name}.zip", test_ids, vote_fractions(rng, len(test_ids)))

    parts = [*tables, "images_test_rev1", "images_training_rev1", "training_solutions_rev1"]
    write_challenge(out / "galaxy-zoo-the-galaxy-challenge.zip", parts, add_parts)


LAYOUTS = {
    "sdss": make_sdss,
    "pickle": make_pickle,
    "lesson": make_lesson,
    "mnist": make_mnist,
    "decals": make_decals,
    "challenge": make_challenge,
    "download": make_download,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--scale", type=float, default=1, help="part of the published number of galaxies (default: 1)")
    parser.add_argument("--only", nargs="+", choices=LAYOUTS, default=list(LAYOUTS), help="these layouts")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for place, (name, make) in enumerate(LAYOUTS.items()):
        if name in options.only:
            make(options.out, options.scale, np.random.default_rng([SEED, place]))
            print(f"{name}: written", flush=True)


if __name__ == "__main__":
    main()
