#!/usr/bin/python3
"""Golden arrays for tests/unit/data/array_source_test.cpp: small files as numpy, h5py, pickle and gzip write them.

A person runs this (Debian: python3-numpy, python3-h5py); the build never does. Pixels follow one formula, which the test
knows too, so that no expected values need to be kept. The second folder gets what the fuzzer starts from.

    python3 tools/make_golden_arrays.py tests/golden/arrays tests/fuzz/corpus/arrays
"""

import gzip
import os
import pathlib
import pickle
import shutil
import sys

import h5py
import numpy as np

COUNT, HEIGHT, WIDTH = 6, 8, 7


def pictures(count=COUNT, channels=3, first=0):
    """[count,HEIGHT,WIDTH,channels], 0 … 250."""
    n, y, x, c = np.mgrid[first : first + count, 0:HEIGHT, 0:WIDTH, 0:channels]
    return ((7 * n + 31 * y + 13 * x + 101 * c) % 251).astype(np.uint8)


def labels(count=COUNT, classes=3, first=0):
    return ((np.arange(count) + first) % classes).astype(np.uint8)


def one_hot(count=COUNT, classes=3, first=0, kind=np.float64):
    return np.eye(classes, dtype=kind)[labels(count, classes, first)]


def four_arrays():
    """The layout of the five-class pickle: training pictures and labels, then those of the test."""
    return (pictures(5, 1), one_hot(5, 5), pictures(2, 1, 5), one_hot(2, 5, 5))


def write_npz(folder):
    ten = {"images": pictures(10, 3), "ans": labels(10, 10)}
    files = {
        "plain": {"data": pictures(), "labels": labels()},
        "float": {"data": (pictures() / 255).astype(np.float32), "labels": labels().astype(np.int64)},
        "float255": {"data": pictures().astype(">f8"), "labels": labels().astype(">i4")},
        "grey": {"data": pictures(channels=1)[..., 0].astype(np.uint16), "labels": labels()},
        "one_hot": {"data": pictures(), "labels": one_hot()},
        "split": {
            "x_test": pictures(3, 3, 3), "x_train": pictures(3), "y_test": labels(3, 3, 1), "y_train": labels(3)
        },
        "ten": ten,
        "fortran": {"data": np.asfortranarray(pictures()), "labels": labels()},
        "four_channels": {"data": pictures(channels=4), "labels": labels()},
        "fewer_labels": {"data": pictures(), "labels": labels(5)},
        "half_labels": {"data": pictures(), "labels": labels() + 0.5},
        "negative_labels": {"data": pictures(), "labels": labels().astype(np.int8) - 1},
        "two_hot": {"data": pictures(), "labels": np.ones((COUNT, 3))},
        "words": {"data": pictures(), "labels": np.array(["spiral"] * COUNT)},
        "complex": {"data": pictures().astype(np.complex64), "labels": labels()},
        "no_pictures": {"data": pictures()[:0], "labels": labels()[:0]},
    }
    for name, arrays in files.items():
        np.savez(folder / f"{name}.npz", **arrays)
    np.savez_compressed(folder / "packed.npz", **files["plain"])
    np.savez(folder / "object.npz", data=np.array([None, "a"], dtype=object), labels=labels(2))


def write_pickles(folder):
    for protocol in range(2, 6):
        (folder / f"protocol{protocol}.pickle").write_bytes(pickle.dumps(four_arrays(), protocol))
    for protocol in (4, 5):
        fortran = (np.asfortranarray(pictures()), labels())
        (folder / f"fortran{protocol}.pickle").write_bytes(pickle.dumps(fortran, protocol))
    (folder / "object.pickle").write_bytes(pickle.dumps((np.array([None, {}], dtype=object), labels(2)), 4))
    (folder / "dictionary.pickle").write_bytes(pickle.dumps({"images": pictures()}, 4))


class Call:
    """Pickles as a call of something with something: what a pickle can do to whoever loads it."""

    def __init__(self, function, *arguments):
        self.state = function, arguments

    def __reduce__(self):
        return self.state


def write_hostile(folder):
    (folder / "system.pickle").write_bytes(pickle.dumps((pictures(), Call(os.system, "echo galaxy")), 2))
    (folder / "eval.pickle").write_bytes(pickle.dumps(Call(eval, "1 + 1"), 4))
    # Lists that hold themselves: once, and many times over.
    (folder / "holds_itself.pickle").write_bytes(b"\x80\x02]q\x00h\x00a.")
    (folder / "doubling.pickle").write_bytes(b"\x80\x02]q\x00(" + b"h\x00" * 500 + b"e.")
    (folder / "nothing_but_headers.pickle").write_bytes(b"\x80\x02" * 10000)


def write_hdf5(folder):
    plain = {"images": pictures(), "ans": labels()}
    with h5py.File(folder / "plain.h5", "w") as file:
        for name, values in plain.items():
            file[name] = values
    with h5py.File(folder / "packed.h5", "w") as file:
        for name, values in plain.items():
            file.create_dataset(name, data=values, chunks=(2, *values.shape[1:]), compression="gzip")
    # Blocks that hold a part of several pictures, as h5py chooses them for large files; the last are not full.
    for name, values in {"blocks": pictures(), "blocks_float": (pictures() / 255).astype(np.float32)}.items():
        with h5py.File(folder / f"{name}.h5", "w") as file:
            file.create_dataset("images", data=values, chunks=(4, 3, 4, 1), compression="gzip")
            file["ans"] = labels()
    with h5py.File(folder / "later.h5", "w") as file:
        file["images"], file["ans"] = pictures(first=COUNT), labels()
    with h5py.File(folder / "link_outside.h5", "w") as file:
        file["images"], file["ans"] = h5py.ExternalLink("plain.h5", "/images"), labels()
    with h5py.File(folder / "numbers_outside.h5", "w") as file:
        outside = [("plain.npz", 0, pictures().size)]
        file.create_dataset("images", pictures().shape, np.uint8, external=outside)
        file["ans"] = labels()


def write_gzip(folder):
    for name in ("plain.npz", "plain.h5", "protocol4.pickle"):
        packed = gzip.compress((folder / name).read_bytes(), mtime=0)
        (folder / f"{name}.gz").write_bytes(packed)


def main():
    golden, corpus = (pathlib.Path(argument) for argument in sys.argv[1:3])
    for folder in (golden, corpus):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    write_npz(golden)
    write_pickles(golden)
    write_hostile(golden)
    write_hdf5(golden)
    write_gzip(golden)
    for file in golden.iterdir():
        if ".h5" not in file.name:
            shutil.copy(file, corpus)


if __name__ == "__main__":
    main()
