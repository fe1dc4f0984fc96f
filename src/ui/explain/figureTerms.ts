// Terms of what is measured: figures, splits, verdicts, columns.

import type { Entry } from "./glossary.ts";

export const FIGURE_TERMS = {
  fusionGain: {
    name: "Fusion gain",
    meaning:
      "The weighted mean of the branches’ log losses minus that of the fusion. It is never negative, and does not say that the fusion beats the best branch.",
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
  gradientNorm: {
    name: "Norm of a gradient",
    meaning: "Its length: how strongly it pulls at the weights of a part of the model.",
  },
  gradientCosine: {
    name: "Cosine of two gradients",
    meaning:
      "Whether two sources pull the same way: 1 where they do, 0 at right angles, below 0 where one undoes a part of what the other does.",
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
  logit: {
    name: "Logit",
    meaning:
      "The answer of a branch before it becomes a probability: ln(p / (1 − p)). 0 is 50 %, and one more multiplies the odds by 2.7.",
  },
  correlation: {
    name: "Correlation",
    meaning: "From −1 to 1: how much two branches’ answers rise and fall together. At 1 they say the same.",
  },
  disagreement: {
    name: "Disagreement",
    meaning:
      "How far the branches’ logits lie apart on the same row. The more they do, the more their mean gains over them.",
    source: {
      title: "Neural Network Ensembles, Cross Validation, and Active Learning (1994)",
      href: "https://papers.nips.cc/paper/1994/hash/b8c37e33defde51cf91e1e03e51657da-Abstract.html",
    },
  },
  teacherDivergence: {
    name: "KL from the teacher",
    meaning:
      "How far a branch’s probabilities are from the fused ones, its teacher’s, in nats a row. 0 where both say the same.",
  },
  reliability: {
    name: "Reliability",
    meaning:
      "Rows in groups of like predictions: how many the model expects to be clicked, and how many were. On the diagonal both are the same.",
  },
  smoothing: {
    name: "Smoothing",
    meaning:
      "A moving average that takes the noise of single batches out of a line: 0 draws the points as they are. The pale line behind has the extremes.",
  },
  best: {
    name: "Best evaluation",
    meaning:
      "The lowest log loss of a run’s evaluations. Chosen on validation rows it is fair; the best of several on test rows flatters the model.",
  },
  overSeeds: {
    name: "Mean over seeds",
    meaning:
      "The mean of runs that differ by chance alone. ± is half of its 95 % interval (Student’s t): where the mean of other seeds would lie, on these same rows.",
  },
  baseline: {
    name: "Baseline",
    meaning: "The run that the others are described against: what their configurations have otherwise.",
  },
  distinct: {
    name: "Distinct values",
    meaning: "How many different values a column has. Each needs an id, and with it an embedding.",
  },
  oov: {
    name: "OOV (out of vocabulary)",
    meaning: "Values that are too rare for an id of their own. They share one, and so one embedding.",
  },
  unseen: {
    name: "Unseen ids",
    meaning:
      "Ids of held-out rows that no training row has: the model knows nothing of them but their initial values.",
  },
  missing: {
    name: "Missing",
    meaning: "The log says nothing here: an empty cell, or what stands for none. It has an id of its own.",
  },
  trials: {
    name: "Trials",
    meaning:
      "The variants that a race tries: every combination (a grid), at random, or by a Sobol’ sequence, which fills the ranges more evenly than chance.",
  },
  finalists: {
    name: "Finalists",
    meaning:
      "The trials that are best on validation rows at the end. They alone are trained anew and judged on the test rows.",
  },
  freshSeeds: {
    name: "Fresh seeds",
    meaning:
      "Seeds that chose nothing. The best of many trials owes something to luck; trained with new seeds it shows what it is worth without it.",
  },
  halving: {
    name: "Successive halving",
    meaning:
      "All variants train for a short time, the worst are dropped, and the rest train longer: so most of the time goes to the good ones.",
    source: {
      title: "Non-stochastic Best Arm Identification and Hyperparameter Optimization (2016)",
      href: "https://arxiv.org/abs/1502.07943",
    },
  },
} as const satisfies Record<string, Entry>;
