// Every term of the page in one plain sentence or two, at the place where it stands and in the glossary.

interface Entry {
  name: string;
  /** For a reader who has never met it. */
  meaning: string;
  /** Where it comes from. */
  source?: { title: string; href: string };
}

const FINAL_PAPER = {
  title: "FINAL: Factorized Interaction Layer for CTR Prediction (SIGIR 2023)",
  href: "https://dl.acm.org/doi/10.1145/3539618.3591988",
};

export const GLOSSARY = {
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
  fusionGain: {
    name: "Fusion gain",
    meaning:
      "The weighted mean of the branches’ log losses minus that of the fusion. It is never negative, and does not say that the fusion beats the best branch.",
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
  logLoss: {
    name: "Log loss",
    meaning:
      "How far the predicted probabilities are from what happened; lower is better. A sure and wrong prediction costs most. Its unit is nats a row.",
  },
  auc: {
    name: "AUC",
    meaning:
      "How often a clicked row gets a higher probability than one that was not clicked. 0.5 is guessing, 1 is perfect order.",
  },
  progressive: {
    name: "Progressive",
    meaning:
      "Measured on each training row before it is trained on. In the first epoch these rows are new to the model; later ones it has seen, so then the figure flatters it.",
  },
  heldOut: {
    name: "Held-out rows",
    meaning:
      "Rows that are never trained on. Only they show how the model does on rows that it does not know.",
  },
  validation: {
    name: "Validation split",
    meaning: "Held-out rows for choosing: settings, when to stop, which weights to keep.",
  },
  test: {
    name: "Test split",
    meaning: "Held-out rows for the final judgement. What was chosen on them flatters the model.",
  },
  overfitting: {
    name: "Overfitting",
    meaning:
      "The model learns its training rows by heart: training figures keep improving while those on held-out rows get worse.",
  },
  clickRateAlone: {
    name: "Click rate alone",
    meaning:
      "What a model scores that gives every row the same probability, the share of clicks. A useful model is better.",
  },
  bestReachable: {
    name: "Best reachable AUC",
    meaning:
      "The AUC of the true click probabilities, known for synthetic data alone. No model can be expected above it.",
  },
  interval: {
    name: "95 % interval",
    meaning:
      "Where the figure would lie on other rows like these, in 95 of 100 cases. It is wider the fewer rows there are.",
  },
  calibration: {
    name: "Calibration",
    meaning:
      "Whether predicted probabilities are right on average: of rows given 20 %, one in five should be clicked.",
  },
  ece: {
    name: "ECE",
    meaning:
      "Expected calibration error: the mean distance between predicted and observed click rate over groups of rows.",
    source: {
      title: "On Calibration of Modern Neural Networks (2017)",
      href: "https://arxiv.org/abs/1706.04599",
    },
  },
  copc: {
    name: "COPC",
    meaning: "Clicks over predicted clicks. 1 is right on average, above 1 the model predicts too few.",
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
  permutationImportance: {
    name: "Permutation importance",
    meaning:
      "How much worse the model becomes on held-out rows when one column’s values are dealt to the rows anew: what it loses without that column. Columns that say the same share their importance.",
    source: { title: "Random Forests (Breiman 2001)", href: "https://doi.org/10.1023/A:1010933404324" },
  },
  columnInteraction: {
    name: "Interaction of columns",
    meaning:
      "What columns do together beyond the sum of what each does. Here: the share of the logit’s variance in terms that hold all of them, measured by changing the columns one at a time and together (superset importance, akin to the H-statistic).",
    source: {
      title: "Predictive learning via rule ensembles (Friedman and Popescu 2008)",
      href: "https://doi.org/10.1214/07-AOAS148",
    },
  },
  principalComponents: {
    name: "Principal components",
    meaning:
      "The directions in which points of many numbers differ most. The first two make a flat picture of them that keeps as much of their differences as a flat picture can; how much that is stands at its axes.",
    source: {
      title: "Principal component analysis: a review (Jolliffe and Cadima 2016)",
      href: "https://doi.org/10.1098/rsta.2015.0202",
    },
  },
  gradientBySource: {
    name: "Gradient by source",
    meaning:
      "The gradient says how each weight should move to lower the loss. It is the sum of two parts here: one from the clicks, through the fused output, and one from distillation, by which each branch follows the fused output.",
  },
  slice: {
    name: "Slice",
    meaning: "The held-out rows that share a value of a column, or a range of predictions.",
  },
  holm: {
    name: "p after Holm",
    meaning:
      "How likely so large a deviation is by chance alone, corrected for looking at many slices at once. Below 0.05 it is hardly chance.",
    source: {
      title: "A Simple Sequentially Rejective Multiple Test Procedure (Holm 1979)",
      href: "https://www.jstor.org/stable/4615733",
    },
  },
  manyComparisons: {
    name: "Corrected for several pairs (Holm)",
    meaning:
      "Of many comparisons one looks clear by chance. The intervals are made wider, so that all of them together are right in 95 % of studies.",
    source: {
      title: "A Simple Sequentially Rejective Multiple Test Procedure (Holm 1979)",
      href: "https://www.jstor.org/stable/4615733",
    },
  },
  newSeedsAndRows: {
    name: "New seeds and new rows",
    meaning:
      "What would come out with other starting values and with other rows of the same kind: both vary, and the interval counts both.",
  },
  firstPass: {
    name: "First pass",
    meaning:
      "The first epoch: each row is predicted before the model is trained on it. A low loss there means that the model learns fast, not that it ends better.",
  },
  confidenceSequence: {
    name: "Interval that stays valid",
    meaning:
      "Looking again and again at an ordinary interval finds a difference by chance sooner or later. This one is made wider, so that one may look at any time and stop when one likes.",
    source: {
      title: "Time-uniform, nonparametric, nonasymptotic confidence sequences (Howard et al. 2021)",
      href: "https://arxiv.org/abs/1810.08240",
    },
  },
  power: {
    name: "Found in 80 % of studies",
    meaning:
      "Of many such studies so many would show the difference clearly, if it is really there. With fewer seeds or rows more of them would miss it.",
  },
  arena: {
    name: "Arena",
    meaning:
      "Several configurations trained on the same batches in the same order, so that their difference can be judged.",
  },
} as const satisfies Record<string, Entry>;

export type TermName = keyof typeof GLOSSARY;

/** One entry, in its general form. */
export function entryOf(name: TermName): Entry {
  return GLOSSARY[name];
}

/** The terms of the configuration's fields, by the last part of their paths. */
const FIELD_TERMS: Record<string, TermName> = {
  batchSize: "batchSize",
  epochs: "epoch",
  seed: "seed",
  learningRate: "learningRate",
  beta1: "adam",
  beta2: "adam",
  epsilon: "adam",
  epsilonHat: "adam",
  weightDecay: "weightDecay",
  distillationWeight: "distillation",
  l2Embedding: "l2",
  embeddingDim: "embeddingDim",
  embeddingDropout: "dropout",
  initialization: "initialization",
  size: "unitSize",
  order: "order",
  interaction: "interaction",
  dropout: "dropout",
  batchNorm: "batchNorm",
  warmupSteps: "warmup",
  clipNorm: "clipping",
};

/** What a field of the configuration means; null where its label says all. */
export function meaningOfField(path: string): string | null {
  const term = FIELD_TERMS[path.split(".").at(-1)!];
  return term ? entryOf(term).meaning : null;
}
