"""PyTorch on the networks of `pinwheel bench`, one measurement a process. A conversation of JSON lines:
{"subject": {...}, "mode": "train", "batch": 32, "threads": 1} -> {"ready": "PyTorch 2.1"}
{"seconds": 1} -> {"images_per_second": 812.3, "peak_memory_bytes": 412876800}, as often as asked.
OMP_NUM_THREADS and the like are set by whoever starts it: they are read before the first line is."""
import json
import re
import resource
import sys
import time
import warnings

import torch

from spec_torch import LOSSES, OPTIMISERS, Network, random_targets

warnings.filterwarnings('ignore')


def training_step(subject, batch):
    network = Network(subject['learner']).train()
    pictures = torch.rand(batch, *network.shape)
    loss_of = LOSSES[subject['loss']]
    outputs = network(pictures).shape[1]
    truth = random_targets(subject['target'], batch, outputs)
    optimiser = OPTIMISERS[subject['optimiser']](network.parameters(), lr=subject['learning_rate'])

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(network(pictures), truth)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step, 'eager'


def judge(network, pictures, context):
    def step():
        with context():
            return network(pictures)

    return step


def inference_step(subject, batch):
    """As it is written, or frozen and folded: whichever is faster here, as somebody who cares would choose."""
    network = Network(subject['network']).eval()
    pictures = torch.rand(batch, *network.shape)
    frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(network, pictures)))
    ways = {'eager': judge(network, pictures, torch.inference_mode), 'frozen': judge(frozen, pictures, torch.no_grad)}
    for step in ways.values():  # the first runs of a frozen network compile it
        warm_up(step)
    best = max(ways, key=lambda way: repeat(ways[way], batch, 0.1))
    return ways[best], best


def warm_up(step):
    """Three runs, more of what is short, as ours warms up (core/cli/bench.cpp), and fewer of what takes long."""
    start = time.perf_counter()
    runs = 0
    while runs == 0 or (elapsed := time.perf_counter() - start) < 0.1 or (runs < 3 and elapsed < 2):
        step()
        runs += 1


def repeat(step, batch, seconds):
    start = time.perf_counter()
    batches = 0
    while True:
        step()
        batches += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return batches * batch / elapsed


def refuse_reference_blas():
    """Debian's PyTorch takes whatever BLAS the system has; a race with the one that nobody uses would prove nothing."""
    with open('/proc/self/maps', encoding='utf-8') as maps:
        if re.search(r'/blas/libblas\.so', maps.read()):
            sys.exit('PyTorch multiplies by the reference BLAS here, many times slower: install libopenblas0-pthread')


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    refuse_reference_blas()
    task = json.loads(sys.stdin.readline())
    torch.set_num_threads(task['threads'])
    make = training_step if task['mode'] == 'train' else inference_step
    step, way = make(task['subject'], task['batch'])
    warm_up(step)
    answer({'ready': f'PyTorch {torch.__version__}', 'way': way})
    for line in sys.stdin:
        rate = repeat(step, task['batch'], json.loads(line)['seconds'])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        answer({'images_per_second': rate, 'peak_memory_bytes': peak})


main()
