import { Table } from "@mantine/core";
import { type BackendOutcome, type DeviceReport, productPeak, shareOfCopy } from "../../check/report.ts";

const NAMES = { webgpu: "WebGPU", wasm: "WASM", cpu: "CPU" };

/** What a check measured: a column a backend. Shares are of the copy's speed, and of the fastest product's. */
export function CheckTable({ report: { backends } }: { report: DeviceReport }) {
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table fz="sm" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Measured</Table.Th>
            {backends.map(({ engine: { backend, threads, simd } }) => (
              <Table.Th key={backend} ta="end">
                {NAMES[backend]}
                {threads > 1 && `, ${threads} threads`}
                {simd === "relaxed" && ", relaxed SIMD"}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows(backends).map(([name, cells]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              {cells.map((cell, i) => (
                <Table.Td key={backends[i]!.engine.backend} ta="end">
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function rows(backends: BackendOutcome[]): [name: string, cells: string[]][] {
  const row = (name: string, cell: (backend: BackendOutcome) => string): [string, string[]] => [
    name,
    backends.map(cell),
  ];
  return [
    row("Golden files passed", ({ golden }) => `${golden.passed} of ${golden.files}`),
    row("Largest error in them", ({ golden }) => golden.worstError.toExponential(1)),
    row("Copy", ({ kernels }) => `${giga(kernels.copyBytes)} GB/s`),
    row("Gather", ({ kernels }) => ofCopy(kernels.gatherBytes, kernels.copyBytes)),
    row("Segment sum", ({ kernels }) => ofCopy(kernels.segmentSumBytes, kernels.copyBytes)),
    row("Fastest product", ({ kernels }) => `${giga(productPeak(kernels))} GFLOP/s`),
    ...(backends[0]?.steps ?? []).map(({ config, batchSize }, i) =>
      row(`Training ${config}, ${batchSize.toLocaleString("en")} rows a step`, ({ steps }) => {
        const step = steps[i];
        if (!step) return "–";
        if (step.rowsPerSecond === null)
          return `left out: about ${Math.round(step.leftOutSeconds!)} s a step`;
        const share = Math.round(100 * step.shareOfPeak!);
        return `${Math.round(step.rowsPerSecond).toLocaleString("en")} rows/s (${share} % of the product's)`;
      }),
    ),
  ];
}

function giga(value: number): string {
  return (value / 1e9).toPrecision(3);
}

function ofCopy(value: number, copy: number): string {
  return `${giga(value)} GB/s (${shareOfCopy(value, copy)})`;
}
