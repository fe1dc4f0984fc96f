// Parquet's pages as hyparquet reads them.

import { parquetRead } from "hyparquet";

type ReadOptions = Omit<Parameters<typeof parquetRead>[0], "onChunk" | "onComplete">;

/** Values of a column from row `rowStart` on. */
export interface Page {
  columnName: string;
  columnData: ArrayLike<unknown>;
  rowStart: number;
}

/**
 * Reads columns; their pages, each column's in order. Rejects with hyparquet's error where they cannot be decoded. What
 * is wrong with a page is for the caller to find afterwards: nobody could catch what hyparquet's callback throws.
 */
export async function parquetPages(options: ReadOptions): Promise<Page[]> {
  const pages: Page[] = [];
  await parquetRead({
    ...options,
    onChunk({ columnName, columnData, rowStart }) {
      pages.push({ columnName, columnData, rowStart });
    },
  });
  return pages;
}
