#!/usr/bin/python3
"""Writes tests/golden/train_*: what PyTorch makes of small networks, losses and optimisers.

Everything is computed in double precision and stored in single, so that the files hold the true values and the test's
tolerance is all ours. Run with Debian's python3-torch: /usr/bin/python3 tools/make_golden_training.py
"""

import json
import pathlib
import struct

import torch
from torch import nn

OUT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden"
SIZES = [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6]
PARENTS = [-1, 1, 4, 4, 4, -1, 0, 13, 3, 7, 7]
STARTS = [sum(SIZES[:i]) for i in range(len(SIZES))]
ORDER = [0, 5, 1, 2, 3, 4, 6, 7, 8, 9, 10]  # parents before children


def conv(name, out, kernel, stride=(1, 1), padding=(0, 0), groups=1, bias=True, inputs=None):
    layer = dict(name=name, kind="conv2d", out_channels=out, kernel=kernel, stride=stride, padding=padding,
                 groups=groups, bias=bias)
    return with_inputs(layer, inputs)


def plain(name, kind, inputs=None, **options):
    return with_inputs(dict(name=name, kind=kind, **options), inputs)


def with_inputs(layer, inputs):
    return layer if inputs is None else dict(layer, inputs=inputs)


def pool(name, kind, kernel, stride, padding):
    return plain(name, kind, kernel=kernel, stride=stride, padding=padding)


def norm(name, inputs=None):
    return plain(name, "batch_norm", inputs, eps=1e-5, momentum=0.1)


class Net(nn.Module):
    """Our description of a network, run by PyTorch."""

    def __init__(self, spec):
        super().__init__()
        self.spec = spec
        self.layers = nn.ModuleDict()
        shape = {"input": spec["input"]}
        before = "input"
        for layer in spec["layers"]:
            inputs = layer.get("inputs", [before])
            module = self.build(layer, shape[inputs[0]])
            if module is not None:
                self.layers[layer["name"]] = module
            shape[layer["name"]] = self.shape_after(layer, module, [shape[i] for i in inputs])
            before = layer["name"]

    @staticmethod
    def build(layer, shape):
        kind, channels = layer["kind"], shape[-1]
        if kind == "conv2d":
            return nn.Conv2d(channels, layer["out_channels"], layer["kernel"], layer["stride"], layer["padding"],
                             groups=layer["groups"], bias=layer["bias"])
        if kind == "dense":
            return nn.Linear(channels, layer["units"], bias=layer["bias"])
        if kind == "batch_norm":
            make = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
            return make(channels, eps=layer["eps"], momentum=layer["momentum"])
        return None

    def shape_after(self, layer, module, shapes):
        kind, shape = layer["kind"], shapes[0]
        if kind == "dense":
            return [layer["units"]]
        if kind in ("global_avg_pool",):
            return [shape[-1]]
        if kind == "flatten":
            return [shape[0] * shape[1] * shape[2]]
        if kind == "concat":
            return shape[:-1] + [sum(s[-1] for s in shapes)]
        if kind in ("conv2d", "max_pool", "avg_pool"):
            (kh, kw), (sh, sw), (ph, pw) = layer["kernel"], layer["stride"], layer["padding"]
            channels = layer.get("out_channels", shape[-1])
            return [(shape[0] + 2 * ph - kh) // sh + 1, (shape[1] + 2 * pw - kw) // sw + 1, channels]
        return shape

    def forward(self, x):
        values, before = {"input": x}, "input"
        for layer in self.spec["layers"]:
            inputs = [values[i] for i in layer.get("inputs", [before])]
            values[layer["name"]] = self.run(layer, inputs)
            before = layer["name"]
        return values[before]

    def run(self, layer, inputs):
        kind, x = layer["kind"], inputs[0]
        if layer["name"] in self.layers:
            return self.layers[layer["name"]](x)
        if kind == "max_pool":
            return nn.functional.max_pool2d(x, layer["kernel"], layer["stride"], layer["padding"])
        if kind == "avg_pool":
            return nn.functional.avg_pool2d(x, layer["kernel"], layer["stride"], layer["padding"])
        one_input = {"relu": torch.relu, "silu": nn.functional.silu, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
                     "softmax": lambda v: torch.softmax(v, 1), "flatten": lambda v: v.flatten(1),
                     "global_avg_pool": lambda v: v.mean((2, 3))}
        if kind in one_input:
            return one_input[kind](x)
        return sum(inputs[1:], x) if kind == "add" else torch.cat(inputs, 1)


def apply_head(head, z):
    if head == "none":
        return z
    if head == "sigmoid":
        return torch.sigmoid(z)
    if head == "softmax":
        return torch.softmax(z, 1)
    score = torch.relu(z) + 1e-12 if head == "tree" else 1 + 100 * torch.sigmoid(z)
    columns = [None] * 37
    for q in ORDER:
        answers = score[:, STARTS[q]:STARTS[q] + SIZES[q]]
        share = answers / answers.sum(1, keepdim=True)
        reached = 1 if PARENTS[q] < 0 else columns[PARENTS[q]][:, None]
        for j, column in enumerate((share * reached).unbind(1)):
            columns[STARTS[q] + j] = column
    return torch.stack(columns, 1)


def loss_of(kind, head, z, t, weights):
    bce = nn.functional.binary_cross_entropy_with_logits
    if kind == "bce_sum":
        return bce(z, t, reduction="sum") / len(z)
    if kind == "cross_entropy":
        return -(t * torch.log_softmax(z, 1)).sum(1).mean()
    if kind == "question_bce":
        parts = [bce(z[:, s:s + n], t[:, s:s + n]) for s, n in zip(STARTS, SIZES)]
        return sum(parts)
    if kind == "dirichlet_multinomial":
        alpha = 1 + 100 * torch.sigmoid(z)
        total = 0
        for s, n in zip(STARTS, SIZES):
            a, k = alpha[:, s:s + n], t[:, s:s + n]
            big_a, big_n = a.sum(1), k.sum(1)
            log_p = torch.lgamma(big_n + 1) - torch.lgamma(k + 1).sum(1) + torch.lgamma(big_a)
            log_p = log_p - torch.lgamma(big_a + big_n) + (torch.lgamma(a + k) - torch.lgamma(a)).sum(1)
            total = total - log_p
        return total.mean()
    squares = (apply_head(head, z) - t) ** 2
    if kind == "weighted_mse":
        return (squares * weights).mean()
    return squares.mean() if kind == "mse" else torch.sqrt(squares.mean() + 1e-12)


def targets_for(kind, n, outputs, generator):
    t = torch.rand(n, outputs, generator=generator, dtype=torch.float64).float().double()
    if kind == "cross_entropy":
        return nn.functional.one_hot(t.argmax(1), outputs).double()
    if kind == "dirichlet_multinomial":
        t = torch.floor(t * 25)
        t[0, 3:5] = 0
    return t


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().float().contiguous().numpy().tobytes()
        header[name] = dict(dtype="F32", shape=list(tensor.shape), data_offsets=[len(data), len(data) + len(raw)])
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def prepare(spec, generator):
    """A double-precision net whose parameters are exact in single precision and far from the easy defaults."""
    net = Net(spec).double()
    with torch.no_grad():
        for p in net.parameters():
            scale = 0.5 if p.dim() == 1 else 1.5 / p[0].numel() ** 0.5
            p.copy_((torch.randn(p.shape, generator=generator, dtype=torch.float64) * scale).float())
        for module in net.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.weight.add_(1.0)
                module.weight.copy_(module.weight.float())
    return net


def named(net):
    state = {name[len("layers."):]: value.detach().clone() for name, value in net.state_dict().items()}
    return {name: value for name, value in state.items() if "num_batches" not in name}


def to_nhwc(x):
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def random_input(spec, n, generator):
    shape = spec["input"]
    x = torch.randn([n] + shape, generator=generator, dtype=torch.float64).float().double()
    return x.permute(0, 3, 1, 2).contiguous() if len(shape) == 3 else x


def write_net(name, spec, loss, head, batch, seed):
    generator = torch.Generator().manual_seed(seed)
    net = prepare(spec, generator)
    tensors = {"param." + key: value for key, value in named(net).items()}
    x = random_input(spec, batch, generator).requires_grad_()
    net.eval()
    tensors["logits_eval"] = net(x)
    net.train()
    logits = net(x)
    t = targets_for(loss, batch, logits.shape[1], generator)
    value = loss_of(loss, head, logits, t, None)
    value.backward()
    tensors.update(input=to_nhwc(x), targets=t, logits=logits, dinput=to_nhwc(x.grad))
    for key, p in net.named_parameters():
        tensors["grad." + key[len("layers."):]] = p.grad
    for key, v in named(net).items():
        if "running" in key:
            tensors["after." + key] = v
    metadata = dict(spec=json.dumps(spec), loss=loss, head=head, value=repr(float(value)))
    write_safetensors(OUT / f"train_{name}.safetensors", tensors, metadata)


def write_nets():
    write_net("plain", {"input": [9, 8, 3], "layers": [
        conv("conv1", 4, [3, 3], padding=[1, 1]), plain("relu1", "relu"),
        pool("pool1", "max_pool", [3, 3], [2, 2], [1, 1]),
        conv("conv2", 6, [3, 2], [1, 2], [0, 1], groups=2), plain("silu2", "silu"),
        pool("pool2", "avg_pool", [2, 2], [1, 1], [1, 0]), plain("flatten", "flatten"),
        plain("fc1", "dense", units=7, bias=False), plain("tanh", "tanh"), plain("fc2", "dense", units=5, bias=True)]},
        "cross_entropy", "softmax", 3, 1)
    write_net("norms", {"input": [7, 6, 4], "layers": [
        norm("norm0"), conv("conv1", 8, [3, 3], [2, 1], [1, 1], bias=False), norm("norm1"), plain("relu1", "relu"),
        conv("depthwise", 8, [3, 3], padding=[1, 1], groups=8), norm("norm2"), plain("sigmoid", "sigmoid"),
        plain("flatten", "flatten"), plain("fc1", "dense", units=6, bias=False), norm("norm3"),
        plain("soft", "softmax"), plain("fc2", "dense", units=4, bias=True)]},
        "bce_sum", "sigmoid", 6, 2)
    write_net("branches", {"input": [6, 6, 3], "layers": [
        conv("stem", 4, [3, 3], padding=[1, 1], bias=False), norm("stem_norm"), plain("stem_relu", "relu"),
        conv("a1", 4, [3, 3], padding=[1, 1], bias=False), norm("a1_norm"), plain("a1_relu", "relu"),
        conv("a2", 4, [3, 3], padding=[1, 1], bias=False), norm("a2_norm"),
        plain("sum", "add", ["a2_norm", "stem_relu"]), plain("sum_relu", "relu"),
        conv("b", 3, [1, 1], bias=False), plain("join", "concat", ["b", "sum_relu", "input"]), norm("join_norm"),
        plain("join_silu", "silu"),
        plain("gap", "global_avg_pool"), plain("fc", "dense", units=37, bias=True)]},
        "dirichlet_multinomial", "votes", 4, 3)


STEPS_SPEC = {"input": [6, 6, 2], "layers": [
    conv("conv", 4, [3, 3], padding=[1, 1]), plain("tanh", "tanh"), pool("pool", "avg_pool", [2, 2], [2, 2], [0, 0]),
    plain("flatten", "flatten"), plain("fc", "dense", units=37, bias=True)]}

OPTIMISERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.01, weight_decay=0.05),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.05),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.05),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.05),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.05),
}
PAIRS = [("bce_sum", "sigmoid"), ("question_bce", "sigmoid"), ("cross_entropy", "softmax"),
         ("dirichlet_multinomial", "votes")] + [(loss, head) for loss in ("mse", "weighted_mse", "rmse")
                                                for head in ("none", "softmax", "sigmoid", "tree", "votes")]


def write_steps():
    generator = torch.Generator().manual_seed(7)
    start = named(prepare(STEPS_SPEC, generator))
    x = random_input(STEPS_SPEC, 6, generator)
    weights = torch.rand(37, generator=generator, dtype=torch.float64).float().double()
    targets = {kind: targets_for(kind, 6, 37, generator) for kind in ("mse", "cross_entropy", "dirichlet_multinomial")}
    runs = []
    for optimiser, loss, head in [(o, "mse", "sigmoid") for o in OPTIMISERS] + [("adam", *pair) for pair in PAIRS]:
        net = Net(STEPS_SPEC).double()
        net.load_state_dict({"layers." + key: value for key, value in start.items()})
        update = OPTIMISERS[optimiser](net.parameters())
        t, losses = targets.get(loss, targets["mse"]), []
        for _ in range(10):
            update.zero_grad()
            value = loss_of(loss, head, net(x), t, weights)
            value.backward()
            update.step()
            losses.append(float(value))
        runs.append(dict(optimiser=optimiser, loss=loss, head=head, losses=losses))
    tensors = {"param." + key: value for key, value in start.items()}
    tensors.update(input=to_nhwc(x), column_weights=weights)
    tensors.update({"targets." + key: value for key, value in targets.items()})
    write_safetensors(OUT / "train_steps.safetensors", tensors,
                      dict(spec=json.dumps(STEPS_SPEC), runs=json.dumps(runs)))


if __name__ == "__main__":
    write_nets()
    write_steps()
