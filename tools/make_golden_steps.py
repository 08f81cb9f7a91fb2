#!/usr/bin/env python3
"""Writes tests/golden/steps.json: the first ten losses of every preset, trained by PyTorch.

Networks are built here, losses and hyper-parameters written down here as published (not read from our recipes), so a
recipe that strays from them turns the test red. Weights, pictures and labels come from the integer formula of
make_golden_nets.py. Batches are small, dropout is off, all in double precision.

Ten steps of Adam can blow rounding up: with BATCH and STEPS_PER_EPOCH as they are, PyTorch's own single precision stays
well within 1e-4 of its double precision; with half the batch four-block and first-light differ by 1e-3 and more,
resnet50 by 1.1e-4, and small-cnn by whatever order its sums are taken in.

Run by a person, never by the build:  python3 tools/make_golden_steps.py
Needs torch and torchvision (Debian: python3-torch, python3-torchvision).
"""
import json
import math

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.models.resnet import BasicBlock

import make_golden_nets as nets

STEPS = 10
BATCH = {"two-layer": 1} | dict.fromkeys(["first-light", "small-cnn", "small-cnn-augmented", "resnet50"], 8)  # others: 4
STEPS_PER_EPOCH = {"first-light": 5}  # others: 40, as if an epoch were short
QUESTIONS = [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6]


class GalaxyResnet(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        before = 16
        for stage, channels in enumerate([32, 64, 128], 1):
            around = nn.Sequential(nn.Conv2d(before, channels, 1, 2, bias=False), nn.BatchNorm2d(channels))
            blocks = [BasicBlock(before, channels, 2, around), BasicBlock(channels, channels)]
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
            before = channels
        self.fc = nn.Linear(128, outputs)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


class LastLayer(nn.Module):
    """All that learns where the body is frozen; it reads the body's features."""

    def __init__(self, name, features, outputs):
        super().__init__()
        self.name = name
        setattr(self, name, nn.Linear(features, outputs))

    def forward(self, x):
        return getattr(self, self.name)(x)


def bce_sum(z, t, _):
    return nn.functional.binary_cross_entropy_with_logits(z, t, reduction="sum") / len(z)


def cross_entropy(z, t, _):
    return nn.functional.cross_entropy(z, t)


def mse(z, t, _):
    return nn.functional.mse_loss(torch.sigmoid(z), t)


def rmse(z, t, _):
    return torch.sqrt(((torch.sigmoid(z) - t) ** 2).mean() + 1e-12)


def weighted_mse(z, t, weights):
    return (weights * (torch.sigmoid(z) - t) ** 2).mean()


def dirichlet_multinomial(z, t, _):
    """Minus log likelihood, by torch.lgamma; the concentrations of Walmsley et al. (2022)."""
    loss, begin = 0, 0
    for size in QUESTIONS:
        a, k = 1 + 100 * torch.sigmoid(z[:, begin:begin + size]), t[:, begin:begin + size]
        loss = loss - torch.lgamma(a.sum(1)) - torch.lgamma(k.sum(1) + 1) + torch.lgamma((a + k).sum(1))
        loss = loss - (torch.lgamma(a + k) - torch.lgamma(a) - torch.lgamma(k + 1)).sum(1)
        begin += size
    return loss.mean()


def adam(lr, eps=1e-8):
    return lambda p: torch.optim.Adam(p, lr=lr, betas=(0.9, 0.999), eps=eps)


def constant(_):
    return 1.0


def cosine(epochs, warmup=0):
    def factor(epoch):
        if epoch < warmup:
            return epoch / warmup
        return (1 + math.cos(math.pi * (epoch - warmup) / (epochs - warmup))) / 2

    return factor


def labels(kind, n, outputs):
    u = nets.formula_uniform("targets", n * outputs).reshape(n, outputs)
    if kind == "classes":
        t = np.eye(outputs)[u.argmax(1)]
    elif kind == "votes":
        t = np.floor(u * np.float32(25)).astype(np.float64)
    else:
        t = u.astype(np.float64)
    return torch.from_numpy(t)


def presets():
    """name: network, input, targets, outputs, loss, optimiser, schedule, published batch size and epochs."""
    grey, colour = [64, 64, 1], [64, 64, 3]
    sgd = lambda p: torch.optim.SGD(p, lr=0.001)
    adamw = lambda p: torch.optim.AdamW(p, lr=2e-3, weight_decay=0.03)
    two_layer = (nets.TwoLayer, [4761], "classes", 5, bce_sum, sgd, constant)
    small = (nets.SmallCnn, colour, "fractions", 37, mse, adam(1e-3), constant, 1024, 200)
    code, readme = (lambda: nets.FourBlock([4, 2, 1, 0], 256)), (lambda: nets.FourBlock([1, 1, 1, 1], 2048))
    four = (colour, "fractions", 37, weighted_mse, adam(1e-3), constant, 128, 10)

    def system_b(net, lr):
        return (net, grey, "fractions", 37, rmse, adam(lr), constant, 64, 10)

    def frozen(layer, features):
        return (lambda: LastLayer(layer, features, 37), [features], *system_b(None, 1e-3)[2:])

    return {
        "first-light": (lambda: nets.SmallCnn(9), colour, "classes", 9, cross_entropy, adam(1e-3), cosine(12), 16, 12),
        "two-layer": (*two_layer, 1, None),
        "two-layer-batched": (*two_layer, 10, None),
        "convnet": system_b(nets.ConvNet, 1e-5),
        "convnet-tuned": system_b(nets.ConvNet, 1e-3),
        "linnet": system_b(nets.LinNet, 1e-5),
        "linnet-tuned": system_b(nets.LinNet, 1e-3),
        "resnet18-frozen": frozen("fc", 512),
        "densenet121-frozen": frozen("classifier", 1024),
        "small-cnn": small,
        "small-cnn-augmented": small,
        "resnet50": (lambda: torchvision.models.resnet50(num_classes=37), colour, "fractions", 37, mse, adam(1e-6),
                     constant, 256, 200),
        "four-block": (code, *four),
        "four-block-readme": (readme, *four),
        "lesson": (nets.Lesson, [128, 128, 3], "classes", 4, cross_entropy, adam(1e-3, 1e-7), constant, 5, 12),
        "galaxy-resnet": (lambda: GalaxyResnet(37), colour, "votes", 37, dirichlet_multinomial, adamw, cosine(30, 1),
                          64, 30),
        "galaxy-resnet-classes": (lambda: GalaxyResnet(9), colour, "classes", 9, cross_entropy, adamw, cosine(30, 1),
                                  64, 30),
    }


def settings(make_optimiser):
    """What PyTorch was told; ten steps would not show Adam's eps."""
    optimiser = make_optimiser([torch.zeros(1, requires_grad=True)])
    group = optimiser.param_groups[0]
    return dict(kind=type(optimiser).__name__.lower(), learning_rate=group["lr"], weight_decay=group["weight_decay"],
                eps=group.get("eps"))


def train(make_net, extent, kind, outputs, loss_of, make_optimiser, schedule, batch, steps_per_epoch):
    net = make_net()
    with torch.no_grad():
        nets.fill(net)
    net = net.double().train()
    x = nets.make_input(extent, STEPS * batch).double()
    t = labels(kind, STEPS * batch, outputs)
    optimiser = make_optimiser(net.parameters())
    rate = optimiser.param_groups[0]["lr"]
    losses = []
    for step in range(STEPS):
        optimiser.param_groups[0]["lr"] = rate * schedule((step + 0.5) / steps_per_epoch)
        part = slice(step * batch, (step + 1) * batch)
        optimiser.zero_grad()
        value = loss_of(net(x[part]), t[part], t.sum(0) / t.sum())
        value.backward()
        optimiser.step()
        losses.append(float(f"{float(value):.9g}"))
    return losses


def main():
    golden = {}
    for name, preset in presets().items():
        *how, published_batch, epochs = preset
        batch, per_epoch = BATCH.get(name, 4), STEPS_PER_EPOCH.get(name, 40)
        schedule = how[6]
        golden[name] = dict(batch=batch, outputs=how[3], targets=how[2], published_batch_size=published_batch,
                            steps_per_epoch=per_epoch, optimiser=settings(how[5]),
                            losses=train(*how, batch, per_epoch))
        if epochs is not None:
            golden[name].update(epochs=epochs, schedule=[schedule(epochs * quarter / 4) for quarter in range(1, 4)])
        print(name, golden[name]["losses"])
    (nets.OUT / "steps.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
