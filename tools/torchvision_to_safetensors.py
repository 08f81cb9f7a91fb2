#!/usr/bin/env python3
"""Writes ImageNet's weights of a torchvision network as a safetensors file, for `pinwheel train --backbone FILE`.

    python3 tools/torchvision_to_safetensors.py resnet18 resnet18.safetensors
    python3 tools/torchvision_to_safetensors.py densenet121 densenet121.safetensors --weights densenet121-a639ec97.pth

Without --weights torchvision downloads its default ImageNet weights (or finds them in its cache); with it, any state
dict that torchvision's network takes is used. The layout is 8 bytes of header length, a JSON header, raw little-endian
float32; batch counters are left out.

Run by a person, never by the build. Needs torch and torchvision.
"""
import argparse
import json
import struct
import sys

import torch
import torchvision

NETWORKS = ["resnet18", "densenet121", "resnet50"]


def pretrained(name):
    make = getattr(torchvision.models, name)
    try:
        return make(weights="DEFAULT")
    except TypeError:  # torchvision before 0.13
        return make(pretrained=True)


def from_file(name, path):
    net = getattr(torchvision.models, name)()
    net.load_state_dict(torch.load(path, map_location="cpu"))
    return net


def write_safetensors(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().cpu().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("file", help="where to write")
    parser.add_argument("--weights", help="a state dict (.pth) instead of torchvision's own")
    options = parser.parse_args()
    try:
        net = from_file(options.network, options.weights) if options.weights else pretrained(options.network)
    except (OSError, RuntimeError) as error:
        sys.exit(f"no weights of {options.network}: {error}")
    state = {name: value for name, value in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    write_safetensors(options.file, state)
    print(f"{options.file}: {sum(value.numel() for value in state.values())} values in {len(state)} tensors")


if __name__ == "__main__":
    main()
