"""Writes a network of `pinwheel bench --describe`, which comes on standard input, as an ONNX file with random weights and
any number of pictures at once. BatchNorm is folded by whoever runs it.
    python3 export_onnx.py OUT.onnx <subject.json"""
import json
import os
import sys
import warnings

import torch

from spec_torch import Network

warnings.filterwarnings('ignore')


def main(path):
    network = Network(json.load(sys.stdin)['network']).eval()
    picture = torch.rand(2, *network.shape)
    torch.onnx.export(network, picture, path + '.new', input_names=['pictures'], output_names=['logits'],
                      dynamic_axes={'pictures': {0: 'batch'}, 'logits': {0: 'batch'}}, opset_version=13)
    os.replace(path + '.new', path)


main(sys.argv[1])
