// Parquet files whose description contradicts their pages.

import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { expect, it } from "vitest";
import { importFiles } from "./opened.ts";

/** A table of clicks of 200 rows, of which the file's description says that there are fewer. */
function withRowsSaid(rows: number): Uint8Array<ArrayBuffer> {
  const numbers = Array.from({ length: 200 }, (_, i) => i);
  const columnData = [
    { name: "click", data: numbers.map((i) => (i % 3 === 0 ? 1 : 0)) },
    { name: "price", data: numbers.map((i) => i % 17) },
  ];
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData }) });
  file.write({ columnData, pageSize: 64 });
  file.row_groups[0]!.num_rows = BigInt(rows);
  file.finish();
  return new Uint8Array(writer.getBuffer()).slice();
}

// An error in the reader's callback would end the process: nobody awaits it.
it("refuses a row group that holds more rows than the file says", async () => {
  expect((await importFiles({ "x.parquet": withRowsSaid(200) })).manifest.source.lines).toBe(200);
  for (const rows of [1, 50, 63, 64, 199])
    await expect(importFiles({ "x.parquet": withRowsSaid(rows) }), `${rows} rows said`).rejects.toThrow(
      /x\.parquet is damaged Parquet/,
    );
});
