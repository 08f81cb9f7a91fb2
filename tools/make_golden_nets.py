#!/usr/bin/env python3
"""Writes tests/golden/logits_*: what PyTorch says of every published network.

Weights and inputs come from one integer formula (formula_uniform below, and tests/support/formula_weights.h), so that
networks of millions of parameters need no committed file; a few sums per network prove that both sides made the same
ones. The lesson's network, the smallest, is also written whole as a safetensors file, by code that shares nothing with
ours. The networks are PyTorch's or torchvision's own wherever they exist there.

Run by a person, never by the build:  python3 tools/make_golden_nets.py
Needs torch and torchvision (Debian: python3-torch, python3-torchvision).
"""
import json
import pathlib
import struct

import numpy as np
import torch
import torchvision
from torch import nn

OUT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden"


def hash_name(name):
    value = 2166136261
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def formula_uniform(name, count):
    """`count` numbers in [0, 1), float32, exactly as formula_weights.h makes them."""
    x = (np.arange(count, dtype=np.uint64) * 0x9E3779B9 + hash_name(name)) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    x ^= x >> 16
    return (x >> 8).astype(np.float32) * np.float32(2.0**-24)


def spread(name, tensor, kind):
    if kind == "weight":
        fan_in = tensor.numel() // tensor.shape[0]
        return np.float32(0), np.float32(np.sqrt(6.0 / fan_in))
    return {"gamma": (np.float32(1), np.float32(0.25)), "running_var": (np.float32(1), np.float32(0.5))}.get(
        kind, (np.float32(0), np.float32(0.1)))


def fill(net):
    norms = {name for name, module in net.named_modules() if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))}
    sums = {}
    for name, tensor in net.state_dict().items():
        owner, _, kind = name.rpartition(".")
        if kind == "num_batches_tracked":
            continue
        if owner in norms and kind == "weight":
            kind = "gamma"
        centre, half_width = spread(name, tensor, kind)
        u = formula_uniform(name, tensor.numel())
        values = centre + half_width * (np.float32(2) * u - np.float32(1))
        tensor.copy_(torch.from_numpy(values).reshape(tensor.shape))
        sums[name] = float(np.sum(values, dtype=np.float64))
    return sums


def make_input(extent, count):
    values = formula_uniform("input", count * int(np.prod(extent)))
    if len(extent) == 1:
        return torch.from_numpy(values.reshape(count, extent[0]))
    return torch.from_numpy(values.reshape(count, *extent)).permute(0, 3, 1, 2).contiguous()  # the formula counts NHWC


class QuestionHeads(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(inputs, n) for n in [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6])

    def forward(self, x):
        return torch.cat([head(x) for head in self.heads], dim=1)


class TwoLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(4761, 100), nn.Linear(100, 5)

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x)))


class ConvNet(QuestionHeads):
    def __init__(self):
        super().__init__(300)
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(1, 10, 4), nn.Conv2d(10, 20, 4), nn.Conv2d(20, 40, 4)
        self.fc1 = nn.Linear(1000, 300)

    def forward(self, x):
        for conv in (self.conv1, self.conv2, self.conv3):
            x = torch.relu(torch.max_pool2d(conv(x), 2))
        return super().forward(torch.relu(self.fc1(x.flatten(1))))


class LinNet(QuestionHeads):
    def __init__(self):
        super().__init__(300)
        self.fc1 = nn.Linear(4096, 300)

    def forward(self, x):
        return super().forward(torch.relu(self.fc1(x.flatten(1))))


class SmallCnn(nn.Module):
    def __init__(self, outputs=37):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16)
        self.conv2, self.bn2 = nn.Conv2d(16, 32, 3), nn.BatchNorm2d(32)
        self.fc1, self.bn3, self.fc2 = nn.Linear(6272, 32), nn.BatchNorm1d(32), nn.Linear(32, outputs)

    def forward(self, x):
        x = torch.max_pool2d(self.bn1(torch.relu(self.conv1(x))), 2)
        x = nn.functional.avg_pool2d(self.bn2(torch.relu(self.conv2(x))), 2)
        return self.fc2(self.bn3(torch.relu(self.fc1(x.flatten(1)))))


class FourBlock(nn.Module):
    def __init__(self, paddings, hidden):
        super().__init__()
        channels = 3
        for i, (out, kernel, padding) in enumerate(zip([64, 128, 256, 512], [9, 5, 3, 1], paddings), 1):
            setattr(self, f"conv{i}", nn.Conv2d(channels, out, kernel, padding=padding))
            setattr(self, f"bn{i}", nn.BatchNorm2d(out))
            channels = out
        self.fc1, self.fc2, self.fc3 = nn.Linear(8192, 1024), nn.Linear(1024, hidden), nn.Linear(hidden, 37)

    def forward(self, x):
        for i in range(1, 5):
            x = torch.max_pool2d(torch.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x))), 2)
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x.flatten(1))))))


class Lesson(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 8, 3, stride=2), nn.Conv2d(8, 8, 3, stride=2)
        self.fc1, self.fc2 = nn.Linear(392, 16), nn.Linear(16, 4)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = torch.max_pool2d(torch.relu(conv(x)), 2)
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def largest_tensors(sums, net):
    """Three sums are enough to see that both sides made the same weights."""
    sizes = {name: tensor.numel() for name, tensor in net.state_dict().items() if name in sums}
    return {name: sums[name] for name in sorted(sizes, key=sizes.get, reverse=True)[:3]}


def main():
    vision = torchvision.models
    nets = {
        "two_layer": (TwoLayer(), [4761], 2),
        "convnet": (ConvNet(), [64, 64, 1], 2),
        "linnet": (LinNet(), [64, 64, 1], 2),
        "small_cnn": (SmallCnn(), [64, 64, 3], 2),
        "four_block": (FourBlock([4, 2, 1, 0], 256), [64, 64, 3], 1),
        "four_block_readme": (FourBlock([1, 1, 1, 1], 2048), [64, 64, 3], 1),
        "lesson": (Lesson(), [128, 128, 3], 2),
        "resnet18": (vision.resnet18(num_classes=37), [64, 64, 3], 1),
        "resnet50": (vision.resnet50(num_classes=37), [64, 64, 3], 1),
        "densenet121": (vision.densenet121(num_classes=37), [64, 64, 3], 1),
    }
    golden = {}
    with torch.no_grad():
        for name, (net, extent, count) in nets.items():
            sums = fill(net.eval())
            # In double precision, so that the golden numbers carry no rounding of PyTorch's own.
            logits = net.double()(make_input(extent, count).double())
            golden[name] = {"count": count, "logits": [float(f"{v:.9g}") for v in logits.flatten().tolist()],
                            "sums": largest_tensors(sums, net)}
            if name == "lesson":
                write_safetensors(OUT / "logits_lesson.safetensors", net.float().state_dict())
    (OUT / "logits_presets.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
