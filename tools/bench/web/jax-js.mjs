// jax-js on its WebAssembly backend: the one other library that trains convolutions in a browser without a GPU. A step
// (forward, gradient, Adam) is compiled as a whole. Its arrays are handed on when they are used; `.ref` keeps one.
import { defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from '/peers/@jax-js/jax/dist/index.js';

const random = (shape, scale) => {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * (2 * Math.random() - 1));
  return np.array(values).reshape(shape);
};
const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
const kept = (object) => mapped(object, (array) => array.ref);
const reach = (size, layer, i) => Math.floor((size + 2 * layer.padding[i] - layer.kernel[i]) / layer.stride[i]) + 1;

// Channels first. Dense weights lie [inputs, outputs]: its product is many times slower through a transposition.
const builders = {
  conv2d: ([c, h, w], layer) => ({
    shape: [layer.out_channels, reach(h, layer, 0), reach(w, layer, 1)],
    parameters: { weight: [layer.out_channels, c, ...layer.kernel], bias: [1, layer.out_channels, 1, 1] },
    run: (x, { weight, bias }) =>
      lax
        .convGeneralDilated(
          x,
          weight,
          layer.stride,
          layer.padding.map((p) => [p, p]),
        )
        .add(bias),
  }),
  dense: ([inputs], { units }) => ({
    shape: [units],
    parameters: { weight: [inputs, units], bias: [1, units] },
    run: (x, { weight, bias }) => np.matmul(x, weight).add(bias),
  }),
  batch_norm: (shape, { eps }) => {
    const line = [1, ...shape.map((size, i) => (i === 0 ? size : 1))];
    const axes = shape.length === 1 ? [0] : [0, 2, 3];
    return {
      shape,
      parameters: { scale: line, shift: line },
      run: (x, { scale, shift }) => {
        const centred = x.ref.sub(np.mean(x, axes, { keepdims: true }));
        const variance = np.mean(np.square(centred.ref), axes, { keepdims: true });
        return centred
          .div(np.sqrt(variance.add(eps)))
          .mul(scale)
          .add(shift);
      },
    };
  },
  max_pool: (shape, layer) => pool(shape, layer, (x) => np.max(x)),
  avg_pool: (shape, layer) => pool(shape, layer, (x) => np.mean(x)),
  relu: (shape) => ({ shape, run: (x) => nn.relu(x) }),
  sigmoid: (shape) => ({ shape, run: (x) => nn.sigmoid(x) }),
  dropout: (shape) => ({ shape, run: (x) => x }), // costs it nothing here
  flatten: (shape) => ({ shape: [shape.reduce((a, b) => a * b)], run: (x) => x.reshape([x.shape[0], -1]) }),
};

const pool = ([c, h, w], layer, reduce) => ({
  shape: [c, reach(h, layer, 0), reach(w, layer, 1)],
  run: (x) => lax.reduceWindow(x, reduce, layer.kernel, layer.stride),
});

/** {parameters, forward(parameters, pictures)} of a network as `pinwheel bench --describe` writes it. */
function build({ input, layers }) {
  const places = new Map(layers.map(({ name }, i) => [name, i]));
  const inputs = layers.map((layer, i) => layer.inputs?.map((name) => places.get(name) ?? -1) ?? [i - 1]);
  const first = input.length === 1 ? input : [input[2], input[0], input[1]];
  const nodes = [];
  const shapeOf = (index) => (index < 0 ? first : nodes[index].shape);
  layers.forEach((layer, i) => {
    const shapes = inputs[i].map(shapeOf);
    if (layer.kind === 'concat') nodes.push({ shape: [shapes.reduce((sum, [size]) => sum + size, 0)] });
    else nodes.push(builders[layer.kind](shapes[0], layer));
  });
  const parameters = {};
  nodes.forEach((node, i) => {
    for (const [key, shape] of Object.entries(node.parameters ?? {})) {
      const fan =
        shape.length > 1
          ? Math.max(
              1,
              shape.slice(1).reduce((a, b) => a * b),
            )
          : 1;
      parameters[`${i}.${key}`] = random(shape, 1 / Math.sqrt(fan));
    }
  });
  const forward = (given, pictures) => {
    const uses = new Map();
    for (const index of inputs.flat()) uses.set(index, (uses.get(index) ?? 0) + 1);
    const values = [];
    const take = (index) => {
      const value = index < 0 ? pictures : values[index];
      uses.set(index, uses.get(index) - 1);
      return uses.get(index) > 0 ? value.ref : value;
    };
    nodes.forEach((node, i) => {
      const from = inputs[i].map(take);
      const own = mapped(node.parameters ?? {}, (_, key) => given[`${i}.${key}`]);
      values.push(node.run ? node.run(from[0], own) : np.concatenate(from, 1));
    });
    return values.at(-1);
  };
  return { parameters, forward, outputs: nodes.at(-1).shape[0] };
}

const losses = {
  classes: (logits, truth) => np.mean(np.sum(truth.mul(nn.logSoftmax(logits, -1)), -1)).neg(),
  fractions: (logits, truth) => np.mean(np.square(nn.sigmoid(logits).sub(truth))),
};

// Adam, its decays as usual; the corrections of the first steps change no figure here and are left out.
function updated(parameters, first, second, gradient) {
  const next = [{}, {}, {}];
  for (const key of Object.keys(parameters)) {
    const g = gradient[key];
    const m = first[key].mul(0.9).add(g.ref.mul(0.1));
    const v = second[key].mul(0.999).add(np.square(g).mul(0.001));
    next[1][key] = m.ref;
    next[2][key] = v.ref;
    next[0][key] = parameters[key].sub(m.mul(1e-3).div(np.sqrt(v).add(1e-8)));
  }
  return next;
}

export async function open({ network, target, batch }) {
  if (!(await init('wasm')).includes('wasm')) throw new Error('its WebAssembly backend does not start');
  defaultDevice('wasm');
  const { parameters, forward, outputs } = build(network);
  const loss = losses[target] ?? losses.fractions;
  const [height, width, channels] = network.input;
  const pictures = random(network.input.length === 1 ? [batch, height] : [batch, channels, height, width], 1);
  const truth = np.array(Float32Array.from({ length: batch * outputs }, (_, i) => Number(i % outputs === 0)));
  const answers = truth.reshape([batch, outputs]);
  const step = jit((p, m, v, x, y) => {
    const [value, gradient] = valueAndGrad((q, a, b) => loss(forward(q, a), b))(kept(p), x, y);
    return [...updated(p, m, v, gradient), value];
  });
  const zeros = () => mapped(parameters, (array) => np.zeros(array.shape));
  let state = [parameters, zeros(), zeros()];
  return {
    version: 'jax-js',
    batch,
    async run() {
      const [p, m, v, value] = step(...state, pictures.ref, answers.ref);
      state = [p, m, v];
      await value.data(); // it is computed when somebody asks
    },
  };
}
