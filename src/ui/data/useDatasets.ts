import { useStore } from "zustand";
import type { DatasetsState } from "../../store/dataset/datasetsState.ts";
import { useStudio } from "../StudioContext.tsx";

/** A part of what the page knows of data sets on the device. */
export function useDatasets<T>(select: (state: DatasetsState) => T): T {
  return useStore(useStudio().datasets.store, select);
}
