// Terms of the model and of how it is trained.

import type { Entry } from "./glossary.ts";

const FINAL_PAPER = {
  title: "FINAL: Factorized Interaction Layer for CTR Prediction (SIGIR 2023)",
  href: "https://dl.acm.org/doi/10.1145/3539618.3591988",
};

export const MODEL_TERMS = {
  final: {
    name: "FINAL",
    meaning:
      "A model that estimates the probability of a click. It multiplies features with each other quickly, in layers, and has several branches that learn from their common answer.",
    source: FINAL_PAPER,
  },
  clickThroughRate: {
    name: "Click-through rate (CTR)",
    meaning:
      "The share of shown ads or items that are clicked. A model of it gives each showing a probability.",
  },
  embedding: {
    name: "Embedding",
    meaning:
      "A short list of learned numbers for each value of a column, such as an advertiser. The model computes with these.",
  },
  branch: {
    name: "Branch",
    meaning:
      "One of the networks that read the same embeddings side by side, each with its own layers and its own answer.",
    source: FINAL_PAPER,
  },
  fusion: {
    name: "Fusion",
    meaning: "The branches’ answers put together, by their mean or a learned gate. It is the model’s answer.",
    source: FINAL_PAPER,
  },
  distillation: {
    name: "Self-distillation",
    meaning: "Each branch learns from the fused answer as a pupil from a teacher, in addition to the clicks.",
    source: {
      title: "Distilling the Knowledge in a Neural Network (2015)",
      href: "https://arxiv.org/abs/1503.02531",
    },
  },
  order: {
    name: "Order",
    meaning:
      "How many features a unit multiplies with each other: 1 is an ordinary dense layer, 2 adds products of two.",
    source: FINAL_PAPER,
  },
  batchSize: {
    name: "Batch size",
    meaning:
      "Rows that one update learns from. Larger batches give steadier updates, and fewer of them an epoch.",
  },
  learningRate: {
    name: "Learning rate",
    meaning:
      "How far each update goes. Too high and the loss jumps or grows; too low and learning takes many epochs.",
  },
  adam: {
    name: "Adam",
    meaning:
      "The rule of the updates: each number gets a step size of its own from the recent gradients (β₁ their mean, β₂ their square; ε keeps the division finite).",
    source: {
      title: "Adam: A Method for Stochastic Optimization (2015)",
      href: "https://arxiv.org/abs/1412.6980",
    },
  },
  weightDecay: {
    name: "Weight decay (AdamW)",
    meaning:
      "Shrinks all weights a little with each update, apart from the gradient. It works against overfitting.",
    source: {
      title: "Decoupled Weight Decay Regularization (2019)",
      href: "https://arxiv.org/abs/1711.05101",
    },
  },
  l2: {
    name: "L2 of embeddings",
    meaning:
      "A cost for large numbers in embeddings, added to the loss. More of it overfits less and learns less.",
  },
  dropout: {
    name: "Dropout",
    meaning:
      "The share of a layer’s numbers that are set to 0 at random while training, against overfitting.",
    source: { title: "Dropout (2014)", href: "https://jmlr.org/papers/v15/srivastava14a.html" },
  },
  batchNorm: {
    name: "Batch norm",
    meaning: "Brings a layer’s numbers to mean 0 and deviation 1 over each batch, which often trains faster.",
    source: { title: "Batch Normalization (2015)", href: "https://arxiv.org/abs/1502.03167" },
  },
  embeddingDim: {
    name: "Embedding size D",
    meaning:
      "How many learned numbers stand for each value of a column. Larger ones can hold more, and overfit sooner.",
  },
  unitSize: {
    name: "Size of a unit",
    meaning: "How many numbers a unit gives to the next one. More can express more, and cost more.",
  },
  interaction: {
    name: "Interaction",
    meaning:
      "How a unit puts its products together: cascade as MindSpore’s code, sum as the paper, concat as FuxiCTR.",
    source: FINAL_PAPER,
  },
  initialization: {
    name: "Initial values",
    meaning:
      "The distribution that the weights are drawn from before training, as FuxiCTR’s or MindSpore’s code.",
  },
  warmup: {
    name: "Warm-up",
    meaning: "The learning rate rises from 0 in a line over so many steps at the beginning.",
    source: { title: "Accurate, Large Minibatch SGD (2017)", href: "https://arxiv.org/abs/1706.02677" },
  },
  clipping: {
    name: "Gradient clipping",
    meaning:
      "A gradient longer than this is shortened to it, so that one odd batch cannot throw the model off.",
  },
  step: { name: "Step", meaning: "One update of the weights, from one batch of rows." },
  epoch: { name: "Epoch", meaning: "One pass over all training rows." },
  seed: {
    name: "Seed",
    meaning: "The number that all chance of a run comes from. Runs with other seeds differ by chance alone.",
  },
  preset: {
    name: "Preset",
    meaning:
      "A configuration that was published or tried, as a place to start from. What you change from it is marked with a dot.",
  },
  branchKind: {
    name: "Kind of branch",
    meaning:
      "What a branch computes: units of FINAL; a linear part, one weight for each value; a factorisation machine, the products of each two embeddings; or cross layers of DCN-v2.",
    source: { title: "DCN V2 (2021)", href: "https://arxiv.org/abs/2008.13535" },
  },
  featureGating: {
    name: "Feature gating",
    meaning:
      "Multiplies each column’s embedding by a learned mix of all columns’ embeddings, as FuxiCTR’s code, before the first unit: products of two from the beginning.",
  },
  gate: {
    name: "Gate σ",
    meaning:
      "The function on each factor of a product but the first. tanh and sigmoid keep products small, linear leaves them as they are.",
  },
  activation: {
    name: "Activation",
    meaning:
      "The function on a unit’s output. Linear leaves the products as they are; ReLU sets what is negative to 0.",
  },
  crossLayers: {
    name: "Cross layers",
    meaning: "How often the input is multiplied in again: each layer raises the degree by one.",
    source: { title: "DCN V2 (2021)", href: "https://arxiv.org/abs/2008.13535" },
  },
  numberModes: {
    name: "How numbers enter",
    meaning:
      "A number becomes an id of its range (bucket, quantile), with an embedding of its own, or stays a number that multiplies the column’s one embedding (max, log, standard, minmax).",
  },
  epsilonHat: {
    name: "ε-hat",
    meaning:
      "Where ε stands in Adam’s formula: beside the uncorrected mean of squares, as in TensorFlow and MindSpore, or beside the corrected one, as in the paper and PyTorch.",
    source: { title: "Adam (2015)", href: "https://arxiv.org/abs/1412.6980" },
  },
  lazyUpdates: {
    name: "Embedding updates",
    meaning:
      "Dense moves every embedding at each step, as Adam says. Lazy moves those of the batch’s values alone: faster, and another algorithm.",
  },
  schedule: {
    name: "Learning rate schedule",
    meaning:
      "How the learning rate changes: constant; plateau lowers it when the evaluation gets no better; cosine lets it fall along a cosine; step multiplies it every so many epochs.",
  },
  earlyStopping: {
    name: "Early stopping",
    meaning:
      "Ends the training when evaluations have not improved for so many epochs (the patience), and keeps the best weights.",
  },
  evaluateEvery: {
    name: "Evaluations while training",
    meaning: "How often held-out rows are predicted during training. More of them show more, and take time.",
  },
  totalLoss: {
    name: "Total loss",
    meaning:
      "What training makes small: log loss of the clicks, plus distillation times its weight, plus L2 of the embeddings.",
  },
  checkpoint: {
    name: "Checkpoint",
    meaning:
      "A file with all that a run needs to continue: weights, the optimiser’s moments, and its place in the data.",
  },
} as const satisfies Record<string, Entry>;
