// TensorFlow.js on its WebAssembly backend. The network is built as a converted graph model runs: batch norm folded into
// the layer before it, bias and ReLU fused. It takes no more threads than half the processors, whatever is asked.
const load = (source) =>
  new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: source, onload: resolve, onerror: reject });
    document.head.append(script);
  });

const isProduct = ({ kind }) => kind === 'conv2d' || kind === 'dense';

// Inputs by index, and what is folded or fused away: those nodes pass their input on.
function prepare(spec) {
  const places = new Map(spec.layers.map(({ name }, i) => [name, i]));
  const nodes = spec.layers.map((layer, i) => ({
    layer,
    inputs: layer.inputs ? layer.inputs.map((name) => places.get(name) ?? -1) : [i - 1],
    activation: 'linear',
    gone: layer.kind === 'dropout',
  }));
  const readers = (index) => nodes.filter(({ inputs }) => inputs.includes(index)).length;
  for (const node of nodes) {
    const { kind } = node.layer;
    if (kind !== 'batch_norm' && kind !== 'relu') continue;
    let source = node.inputs[0];
    let alone = source >= 0 && readers(source) === 1;
    while (alone && nodes[source].gone) {
      source = nodes[source].inputs[0];
      alone = source >= 0 && readers(source) === 1;
    }
    if (!alone || !isProduct(nodes[source].layer) || nodes[source].activation !== 'linear') continue;
    node.gone = true;
    if (kind === 'relu') nodes[source].activation = 'relu';
  }
  return nodes;
}

class Network {
  #weights = new Map(); // made when the sizes are known: in the first run

  constructor(tf, spec) {
    this.tf = tf;
    this.nodes = prepare(spec);
  }

  #make(index, shapes) {
    if (!this.#weights.has(index)) {
      const made = this.tf.tidy(() => shapes.map((shape) => this.tf.keep(this.tf.randomNormal(shape, 0, 0.05))));
      this.#weights.set(index, made);
    }
    return this.#weights.get(index);
  }

  #layer(index, inputs) {
    const { tf } = this;
    const { layer, activation } = this.nodes[index];
    const [x] = inputs;
    const channels = x.shape.at(-1);
    const pooling = () => [x, layer.kernel, layer.stride, layer.padding[0], 'floor'];
    switch (layer.kind) {
      case 'conv2d': {
        const { out_channels: outputs, kernel, stride, padding, groups } = layer;
        if (groups !== 1) throw new Error('grouped convolutions are not built here');
        const [filter, bias] = this.#make(index, [[...kernel, channels, outputs], [outputs]]);
        const options = { x, filter, bias, activation, strides: stride, pad: padding[0], dimRoundingMode: 'floor' };
        return tf.fused.conv2d(options);
      }
      case 'dense': {
        const [b, bias] = this.#make(index, [[channels, layer.units], [layer.units]]);
        return tf.fused.matMul({ a: x, b, bias, activation });
      }
      case 'batch_norm': {
        const [scale, shift] = this.#make(index, [[channels], [channels]]);
        return tf.add(tf.mul(x, scale), shift);
      }
      case 'max_pool':
        return tf.maxPool(...pooling());
      case 'avg_pool':
        return tf.avgPool(...pooling());
      case 'global_avg_pool':
        return tf.mean(x, [1, 2]);
      case 'flatten':
        return tf.reshape(x, [x.shape[0], -1]);
      case 'add':
        return tf.addN(inputs);
      case 'concat':
        return tf.concat(inputs, -1);
      case 'silu':
        return tf.mul(x, tf.sigmoid(x));
      default: // relu, tanh, sigmoid, softmax
        return tf[layer.kind](x);
    }
  }

  run(pictures) {
    const values = this.tf.tidy(() => {
      const outputs = [];
      const valueOf = (index) => (index < 0 ? pictures : outputs[index]);
      this.nodes.forEach(({ inputs, gone }, index) => {
        outputs.push(gone ? valueOf(inputs[0]) : this.#layer(index, inputs.map(valueOf)));
      });
      return outputs.at(-1);
    });
    const read = values.dataSync();
    values.dispose();
    return read;
  }
}

export async function open({ network, batch, threads }) {
  await load('/peers/@tensorflow/tfjs/dist/tf.min.js');
  await load('/peers/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js');
  const { tf } = globalThis;
  tf.wasm.setWasmPaths('/peers/@tensorflow/tfjs-backend-wasm/dist/');
  tf.wasm.setThreadsCount(threads);
  if (!(await tf.setBackend('wasm'))) throw new Error('its WebAssembly backend does not start');
  const built = new Network(tf, network);
  const pictures = tf.randomUniform([batch, ...network.input]);
  built.run(pictures);
  return { version: `TensorFlow.js ${tf.version_core}`, batch, run: () => built.run(pictures) };
}
