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
      "The model learns its training rows by heart: training figures go on improving while those on held-out rows get worse.",
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
  step: { name: "Step", meaning: "One update of the weights, from one batch of rows." },
  epoch: { name: "Epoch", meaning: "One pass over all training rows." },
  seed: {
    name: "Seed",
    meaning: "The number that all chance of a run comes from. Runs with other seeds differ by chance alone.",
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
