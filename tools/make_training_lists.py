#!/usr/bin/env python3
"""The two label lists that models/galaxy-zoo-64 was trained with, from the shared labels.csv and a rendered sky.

    make_training_lists.py labels.csv sky/ confident.csv confident_and_sky.csv

`sky/` is what `pinwheel render --out sky --count 1080 --size 256 --seed 77` wrote: a folder for each kind of galaxy.
confident.csv keeps the labels of galaxies that have all 37 fractions or one of the five confident classes and blanks all
others; the second list adds a row for each rendered galaxy, with its kind as a label of the schemes that labels.csv uses.
"""
import csv
import os
import sys

KEPT = {"set", "file", "id", "frame", "same_galaxy_in", "votes_n", "votes_source"}
SAID_OF_KIND = {
    "round_smooth": {"cls5": "completely_round_smooth"},
    "in_between_smooth": {"cls5": "in_between_smooth"},
    "cigar_smooth": {"cls5": "cigar_shaped_smooth"},
    "edge_on": {"cls5": "edge_on", "like4": "normal"},
    "spiral": {"cls5": "spiral", "like4": "normal"},
    "barred_spiral": {"cls5": "spiral", "family": "SB", "like4": "normal"},
    "ring": {"like4": "ringed"},
    "merger": {"cls6": "merger"},
    "star": {"cls6": "dont_know"},
}


def confident(rows):
    for row in rows:
        sure = row["cls5"] or row["Class1.1"]
        yield {name: value if sure or name in KEPT else "" for name, value in row.items()}


def rendered(sky, header):
    for kind, says in SAID_OF_KIND.items():
        for file in sorted(os.listdir(os.path.join(sky, kind))):
            row = dict.fromkeys(header, "")
            row.update(set="sky", file=f"sky/{kind}/{file}", id=kind + file.removesuffix(".png"), frame="c256of424", **says)
            yield row


def main():
    labels, sky, confident_out, both_out = sys.argv[1:]
    with open(labels, newline="") as file:
        reader = csv.DictReader(file)
        rows = list(confident(reader))
        header = reader.fieldnames
    for out, content in ((confident_out, rows), (both_out, rows + list(rendered(sky, header)))):
        with open(out, "w", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(content)


if __name__ == "__main__":
    main()
