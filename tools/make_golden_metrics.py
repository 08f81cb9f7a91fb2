#!/usr/bin/env python3
"""Writes tests/golden/metrics.json: what scikit-learn and numpy say of the figures of merit.

Run by a person, never by the build:  python3 tools/make_golden_metrics.py
Needs numpy and scikit-learn (Debian: python3-sklearn). Calibration is worked out in numpy from the equation of Guo et
al. (2017), Keras' AUC from its definition (counts above each threshold, trapezoids), by loops over thresholds.
"""
import json
import pathlib

import numpy as np
from sklearn import metrics

OUT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "metrics.json"
STARTS = [0, 3, 5, 7, 9, 13, 15, 18, 25, 28, 31, 37]
PARENTS = [None, 1, 4, 4, 4, None, 0, 13, 3, 7, 7]


def short(values):
    """Single precision of four decimals, so that the file can hold the decimals."""
    return np.round(values, 4).astype(np.float32)


def decimals(values):
    return [round(float(v), 4) for v in values.ravel()]


def calibration(p, truth, bins=15):
    said, sure = p.argmax(1), p.max(1).astype(np.float64)
    rows, error = [], 0.0
    for b in range(bins):
        inside = (sure > b / bins) & (sure <= (b + 1) / bins)
        if not inside.any():
            rows.append([0, 0.0, 0.0])
            continue
        rows.append([int(inside.sum()), float(sure[inside].mean()), float((said == truth)[inside].mean())])
        error += inside.mean() * abs(rows[-1][1] - rows[-1][2])
    return rows, float(error)


def keras_auc(scores, labels, count=200):
    thresholds = [-1e-7] + [i / (count - 1) for i in range(1, count - 1)] + [1 + 1e-7]
    tpr = [float((scores[labels == 1] > t).mean()) for t in thresholds]
    fpr = [float((scores[labels == 0] > t).mean()) for t in thresholds]
    return sum((fpr[i] - fpr[i + 1]) * (tpr[i] + tpr[i + 1]) / 2 for i in range(count - 1))


def classes(rng):
    truth = rng.integers(0, 4, 120)
    z = rng.normal(size=(120, 4)) + 1.5 * np.eye(4)[truth]
    p = short(np.exp(z) / np.exp(z).sum(1, keepdims=True))
    one_hot, said = np.eye(4)[truth], p.argmax(1)
    bins, error = calibration(p, truth)
    return dict(
        predictions=decimals(p), truth=truth.tolist(),
        accuracy=metrics.accuracy_score(truth, said), confusion=metrics.confusion_matrix(truth, said).tolist(),
        recall=metrics.recall_score(truth, said, average=None).tolist(),
        precision=metrics.precision_score(truth, said, average=None).tolist(),
        log_loss=-float(np.log(p.astype(np.float64)[np.arange(120), truth]).mean()),
        auc=keras_auc(p.ravel().astype(np.float64), one_hot.ravel()),
        auc_per_class=[metrics.roc_auc_score(one_hot[:, c], p[:, c]) for c in range(4)], bins=bins, ece=error)


def question_figures(p, t, applies):
    """Log-loss and calibration error of each question and of all together: cross-entropy by scikit-learn, with every
    answer of a galaxy as a case of its own that weighs what the volunteers' share is; bins by numpy's digitize."""
    edges, kept, out = np.linspace(0, 1, 16), [], dict(asked=[], log_loss=[], calibration_error=[])
    for begin, end in zip(STARTS, STARTS[1:]):
        told = t[:, begin:end].sum(1)
        asked = applies(told)
        f = t[asked, begin:end] / told[asked, None]
        said = p[asked, begin:end]
        said = said / said.sum(1, keepdims=True)
        width, count = end - begin, len(f)
        labels, cases = np.tile(np.arange(width), count), np.repeat(np.clip(said, 1e-12, None), width, axis=0)
        out["asked"].append(count)
        out["log_loss"].append(-float(np.sum(f * np.log(np.clip(said, 1e-12, None))) / count))
        trusted = metrics.log_loss(labels, cases / cases.sum(1, keepdims=True), sample_weight=f.ravel(),
                                   labels=range(width))
        assert abs(trusted - out["log_loss"][-1]) < 1e-6
        best = said.argmax(1)
        kept.append(np.stack([said.max(1), f[np.arange(count), best]]))
        out["calibration_error"].append(gap(*kept[-1], edges))
    out["all_log_loss"] = float(np.average(out["log_loss"], weights=out["asked"]))
    out["all_calibration_error"] = gap(*np.concatenate(kept, axis=1), edges)
    return out


def gap(sure, right, edges):
    place = np.digitize(sure, edges, right=True)
    return float(sum(abs(right[place == b].sum() - sure[place == b].sum()) for b in np.unique(place)) / len(sure))


def fractions(rng):
    def rows():
        out = np.zeros((60, 37))
        for q in range(11):  # every parent is a column before its question's
            begin, end = STARTS[q], STARTS[q + 1]
            reached = 1 if PARENTS[q] is None else out[:, PARENTS[q]][:, None]
            out[:, begin:end] = rng.dirichlet(np.full(end - begin, 0.2), 60) * reached
        return short(out)

    t = rows()
    p = short(0.6 * t + 0.4 * rows())
    tree = question_figures(p.astype(np.float64), t.astype(np.float64), lambda told: told >= 0.5)
    votes = np.floor(40 * t).astype(np.float64)  # some rows have a question without a vote
    by_votes = question_figures(p.astype(np.float64), votes, lambda told: told >= 1)
    squares = (p.astype(np.float64) - t) ** 2
    right, legacy = [], []
    for begin, end in zip(STARTS, STARTS[1:]):
        asked = t[:, begin:end].sum(1, dtype=np.float64) >= 0.5
        hit = t[:, begin:end].argmax(1) == p[:, begin:end].argmax(1)
        right.append(float(hit[asked].mean()))
        legacy.append(float((t[:, begin:end - 1].argmax(1) == p[:, begin:end - 1].argmax(1)).mean()))
    return dict(predictions=decimals(p), targets=decimals(t),
                rmse=float(np.sqrt(metrics.mean_squared_error(t.astype(np.float64), p.astype(np.float64)))),
                rmse_per_answer=np.sqrt(squares.mean(0)).tolist(), question_accuracy=right,
                question_accuracy_legacy=legacy, questions=tree, votes=votes.ravel().astype(int).tolist(),
                questions_by_votes=by_votes)


if __name__ == "__main__":
    rng = np.random.default_rng(5)
    OUT.write_text(json.dumps({"classes": classes(rng), "fractions": fractions(rng)}, separators=(",", ":")) + "\n")
