"""A network as `pinwheel bench --describe` writes it, built in PyTorch: the same layers in the same order."""
import torch
from torch import nn
from torch.nn import functional as F

# Layers whose output nothing else needs again: a ReLU may overwrite it, as torchvision's do.
OVERWRITABLE = {'conv2d', 'dense', 'batch_norm', 'add'}


def conv2d(layer, flat):
    return nn.LazyConv2d(layer['out_channels'], tuple(layer['kernel']), tuple(layer['stride']),
                         tuple(layer['padding']), groups=layer['groups'], bias=layer['bias'])


def batch_norm(layer, flat):
    kind = nn.LazyBatchNorm1d if flat else nn.LazyBatchNorm2d
    return kind(eps=layer['eps'], momentum=layer['momentum'])


class GlobalAvgPool(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


class Sum(nn.Module):
    def forward(self, *inputs):
        return sum(inputs[1:], inputs[0])


class Join(nn.Module):
    def forward(self, *inputs):
        return torch.cat(inputs, 1)


def pool(kind):
    return lambda layer, flat: kind(tuple(layer['kernel']), tuple(layer['stride']), tuple(layer['padding']))


BUILDERS = {
    'conv2d': conv2d,
    'dense': lambda layer, flat: nn.LazyLinear(layer['units'], bias=layer['bias']),
    'batch_norm': batch_norm,
    'max_pool': pool(nn.MaxPool2d),
    'avg_pool': pool(nn.AvgPool2d),
    'global_avg_pool': lambda layer, flat: GlobalAvgPool(),
    'relu': lambda layer, flat: nn.ReLU(),
    'silu': lambda layer, flat: nn.SiLU(),
    'tanh': lambda layer, flat: nn.Tanh(),
    'sigmoid': lambda layer, flat: nn.Sigmoid(),
    'softmax': lambda layer, flat: nn.Softmax(1),
    'dropout': lambda layer, flat: nn.Dropout(layer['p']),
    'add': lambda layer, flat: Sum(),
    'concat': lambda layer, flat: Join(),
    'flatten': lambda layer, flat: nn.Flatten(),
}
FLATTENING = {'dense', 'flatten', 'global_avg_pool'}


class Network(nn.Module):
    def __init__(self, spec):
        super().__init__()
        self.shape = input_shape(spec)
        layers = spec['layers']
        places = {layer['name']: i for i, layer in enumerate(layers)}
        self.inputs = [self._inputs(layer, i, places) for i, layer in enumerate(layers)]
        self.modules_in_order = nn.ModuleList()
        flat = []
        for layer, inputs in zip(layers, self.inputs):
            reads_flat = len(self.shape) == 1 if inputs[0] < 0 else flat[inputs[0]]
            self.modules_in_order.append(BUILDERS[layer['kind']](layer, reads_flat))
            flat.append(reads_flat or layer['kind'] in FLATTENING)
        self._let_relus_overwrite(layers)
        self.last_reader = {i: reader for reader, inputs in enumerate(self.inputs) for i in inputs}
        with torch.no_grad():
            self(torch.zeros(2, *self.shape))  # lazy layers learn their sizes

    @staticmethod
    def _inputs(layer, index, places):
        names = layer.get('inputs')
        return [index - 1] if names is None else [places.get(name, -1) for name in names]

    def _let_relus_overwrite(self, layers):
        for i, layer in enumerate(layers):
            source = self.inputs[i][0]
            readers = sum(source in inputs for inputs in self.inputs)
            if layer['kind'] == 'relu' and source >= 0 and readers == 1 and layers[source]['kind'] in OVERWRITABLE:
                self.modules_in_order[i].inplace = True

    def forward(self, x):
        values = {-1: x}
        for i, module in enumerate(self.modules_in_order):
            values[i] = module(*[values[j] for j in self.inputs[i]])
            for j in set(self.inputs[i]):
                if self.last_reader[j] == i:
                    del values[j]
        return values[len(self.modules_in_order) - 1]


def input_shape(spec):
    """Channels first, as PyTorch keeps pictures."""
    return tuple(spec['input']) if len(spec['input']) == 1 else (spec['input'][2], *spec['input'][:2])


ANSWERS = (3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6)  # of each question of Galaxy Zoo 2


def by_question(values):
    return torch.stack([part.sum(1) for part in values.split(ANSWERS, 1)], 1)


def dirichlet_multinomial(logits, votes):
    alpha = 1 + 100 * torch.sigmoid(logits)
    answers = torch.lgamma(alpha + votes) - torch.lgamma(alpha) - torch.lgamma(votes + 1)
    total, asked = by_question(alpha), by_question(votes)
    questions = torch.lgamma(total) - torch.lgamma(total + asked) + torch.lgamma(asked + 1)
    return -(answers.sum() + questions.sum()) / len(logits)


def weighted_mse(logits, truth):
    return ((torch.sigmoid(logits) - truth) ** 2 / truth.shape[1]).mean()


LOSSES = {
    'bce_sum': lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction='sum') / len(z),
    'mse': lambda z, t: F.mse_loss(torch.sigmoid(z), t),
    'weighted_mse': weighted_mse,
    'rmse': lambda z, t: torch.sqrt(F.mse_loss(torch.sigmoid(z), t) + 1e-12),
    'cross_entropy': lambda z, t: F.cross_entropy(z, t),
    'dirichlet_multinomial': dirichlet_multinomial,
}
OPTIMISERS = {
    'sgd': torch.optim.SGD,
    'adam': torch.optim.Adam,
    'adamw': torch.optim.AdamW,
}


def random_targets(kind, batch, outputs):
    if kind == 'classes':
        return F.one_hot(torch.randint(outputs, (batch,)), outputs).float()
    if kind == 'votes':
        return torch.randint(40, (batch, outputs)).float()
    return torch.rand(batch, outputs)
