// Data sets on the device as the page knows them: what there is, and what is being made.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Problem } from "../../base/problem.ts";
import type { ChosenFile, DataProgress, FilesSaid, KeptDataset, LogLook } from "../../datasets/requests.ts";
import type { Finding } from "../../preprocess/findings/findings.ts";
import type { Inspection } from "../../preprocess/inspection.ts";

export interface ChosenLog {
  /** Of this look. */
  id: number;
  files: ChosenFile[];
  /** What the person said of them. */
  said: FilesSaid;
  look: LogLook;
  /** It is meant to be evaluated: the open data set's ids are offered first. */
  forEvaluation: boolean;
  /** It is being imported: the dialog waits, in case that is refused. */
  importing: boolean;
  /** Why it was not taken as the person wanted; null until then. */
  refusal: Problem | null;
}

interface Work {
  title: string;
  progress: DataProgress | null;
  canCancel: boolean;
  /** It writes something, of which nothing stays where the page is left. */
  writes: boolean;
}

export interface DatasetsState {
  /** null until they have been asked for. */
  kept: KeptDataset[] | null;
  /** A log that was dropped or picked, until the person has chosen what to do with it. */
  log: ChosenLog | null;
  /** Files are being looked at. */
  looking: boolean;
  /** What is being done, and how far it is. */
  work: Work | null;
  /** Made while a run was training, so not opened; until the person opens it or says that he has seen it. */
  ready: KeptDataset | null;
  /** What was odd in the data set that was imported last: its id on this device. */
  imported: { id: string; findings: Finding[] } | null;
  /** What the open data set holds, once somebody asked. */
  inspection: { identity: string; inspection: Inspection } | null;
}

export type DatasetsStore = StoreApi<DatasetsState>;

export function createDatasetsStore(): DatasetsStore {
  return createStore<DatasetsState>(() => ({
    kept: null,
    log: null,
    looking: false,
    work: null,
    ready: null,
    imported: null,
    inspection: null,
  }));
}
