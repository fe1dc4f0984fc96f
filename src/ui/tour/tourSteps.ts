// The tour, step by step: where to look, and what is to be seen there.

import type { TermName } from "../explain/glossary.ts";
import type { ViewName } from "../tab.ts";

export interface TourStep {
  title: string;
  text: string;
  /** Comes to the front with the step. */
  view: ViewName;
  /** Words of the text that the glossary has. */
  terms: TermName[];
  /** The step trains; the next one waits until something has been trained. */
  trains?: true;
}

export const TOUR: TourStep[] = [
  {
    title: "The data",
    view: "data",
    text: "Each row is one showing of an ad: 13 columns of numbers, 26 of categories, and whether it was clicked. These rows are made up, so the best possible result is known.",
    terms: ["clickThroughRate", "heldOut"],
  },
  {
    title: "The model",
    view: "overview",
    text: "Every value becomes a short list of learned numbers. Two branches read them side by side and multiply features with each other; their fusion is the answer.",
    terms: ["embedding", "branch", "order", "fusion"],
  },
  {
    title: "Train it",
    view: "curves",
    text: "Press Train now. The model sees batches of rows, and after each it changes its numbers a little so that it would have been less wrong.",
    terms: ["step", "epoch", "logLoss"],
    trains: true,
  },
  {
    title: "Watch it learn",
    view: "curves",
    text: "Log loss falls and AUC rises. The lines are training rows; the marks are held-out rows, and only these count. Where marks turn upwards while lines still fall, the model learns its rows by heart.",
    terms: ["auc", "progressive", "overfitting"],
  },
  {
    title: "Look inside",
    view: "branches",
    text: "After each evaluation: are the probabilities true (points on the diagonal), and do the branches still differ? Branches that agree everywhere gain nothing by fusion.",
    terms: ["calibration", "fusionGain"],
  },
  {
    title: "The result",
    view: "overview",
    text: "On test rows: AUC and log loss with what they are worth, against saying the click rate to everyone, and whether the fusion beats its best branch.",
    terms: ["test", "interval", "clickRateAlone"],
  },
  {
    title: "Is another model better?",
    view: "arena",
    text: "One run proves little: another seed gives another result. The arena trains several configurations on the same batches, with several seeds, and says which differences are clear. That is where to continue.",
    terms: ["arena", "seed"],
  },
];
