// loss.log and auc.log in the line formats of the README of MindSpore's FINAL, so that people's scripts keep working.

import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { EvaluationPoint, ProgressPoint } from "../runs/events.ts";

/** `2022-06-27 15:26:29 epoch: 1 step: 41257, loss is 0.4989`; the step counts within its epoch, as MindSpore's does. */
export function lossLine(point: ProgressPoint, stepsPerEpoch: number): string {
  const step = ((point.step - 1) % stepsPerEpoch) + 1;
  return `${timestamp(point.time)} epoch: ${point.epoch} step: ${step}, loss is ${point.total}`;
}

/** `{'result': {'AUC': 0.75, 'eval_time': 1.5}}`: a Python literal, AUC of the fused output, seconds. */
export function aucLine({ auc, seconds }: Pick<EvaluationPoint, "auc" | "seconds">): string {
  return `{'result': {'AUC': ${auc ? auc.fused : "float('nan')"}, 'eval_time': ${seconds}}}`;
}

/** Appends a line to a log, making its folder when it is not there. */
export function appendLine(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${line}\n`);
}

function timestamp(time: number): string {
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
