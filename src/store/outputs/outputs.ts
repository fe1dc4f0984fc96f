// What leaves the studio: exported models and scored logs, as the page knows them.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { ExportFormat, TrainerEvent, TrainerRequests } from "../../train/requests.ts";
import type { Ask } from "../connection/connection.ts";

/** A checkpoint to take a model from. */
export interface ModelSource {
  /** As a person knows it: the run's name, or the file's. */
  name: string;
  /** null after a problem, which then is on show. */
  file(): Promise<Blob | null>;
}

export type ExportedModel = TrainerRequests["exportModel"]["output"];
export type Scored = TrainerRequests["scoreLog"]["output"];
export type ScoreFormat = TrainerRequests["scoreLog"]["input"]["format"];

/** How logs are read and their scores written. */
export type ScoringChoices = Pick<TrainerRequests["scoreLog"]["input"], "idColumn" | "encoding" | "format">;

export interface OutputsState {
  /** The format under way; null when none is. */
  exporting: ExportFormat | null;
  /** What was exported last, and in which format. */
  exported: { format: ExportFormat; source: string; model: ExportedModel } | null;
  /** Where scores come from, while their dialog is open. */
  scoring: ModelSource | null;
  /** How far a log is; null when none is being scored. */
  progress: { rows: number; bytes: number; totalBytes: number } | null;
  scored: Scored | null;
}

export interface Outputs {
  readonly store: StoreApi<OutputsState>;
  onEvent(event: Extract<TrainerEvent, { type: "scoring" }>): void;
  /** The model's files; null after a problem, which then is on show. */
  exportModel(source: ModelSource, format: ExportFormat): Promise<ExportedModel["files"] | null>;
  dismissExported(): void;
  openScoring(source: ModelSource): void;
  closeScoring(): void;
  score(logs: File[], how: ScoringChoices): Promise<void>;
}

export function createOutputs(ask: Ask): Outputs {
  const store = createStore<OutputsState>(() => ({
    exporting: null,
    exported: null,
    scoring: null,
    progress: null,
    scored: null,
  }));
  const { setState: set, getState: get } = store;
  return {
    store,
    onEvent({ rows, bytes, totalBytes }) {
      if (get().progress) set({ progress: { rows, bytes, totalBytes } });
    },
    async exportModel(source, format) {
      set({ exporting: format, exported: null });
      const file = await source.file();
      const model = file && (await ask("exportModel", { file, name: source.name, format }));
      set({ exporting: null, exported: model && { format, source: source.name, model } });
      return model?.files ?? null;
    },
    dismissExported: () => set({ exported: null }),
    openScoring: (source) => set({ scoring: source, scored: null }),
    closeScoring: () => set({ scoring: null, scored: null }),
    async score(logs, choices) {
      const source = get().scoring;
      if (!source) return;
      set({ progress: { rows: 0, bytes: 0, totalBytes: 0 }, scored: null });
      const file = await source.file();
      const named = logs.map((log) => ({ name: log.name, file: log }));
      const scored = file && (await ask("scoreLog", { file, name: source.name, logs: named, ...choices }));
      set({ progress: null, scored });
    },
  };
}
