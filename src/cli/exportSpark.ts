// export --spark: a PySpark job that makes a data set of a log of any size, with the options of preprocess.

import { criteoJob, type SparkJob, tableJob } from "../export/spark/sparkJob.ts";
import { ownIds } from "../preprocess/fitting.ts";
import { openLogs } from "../preprocess/formats/openLogs.ts";
import { CRITEO } from "../shards/rows.ts";
import { flag, parseArguments, UsageError } from "./arguments.ts";
import { inputFiles } from "./inputs.ts";
import { writeJobFolder } from "./jobFolder.ts";
import { printResult, say } from "./log.ts";
import { type PreprocessArguments, preprocessSpec, rulesOf, wishesOf } from "./preprocessOptions.ts";

const sparkSpec = {
  command: "export",
  examples: [
    "--spark --threshold=100 --output=job",
    "--spark --input=first-lines.csv --columns=columns.yaml --output=job",
  ],
  options: [
    flag("spark", "a PySpark job instead of a data set", { default: false }),
    ...preprocessSpec.options,
  ],
} as const;

export async function exportSpark(args: string[]): Promise<number> {
  const { values } = parseArguments(args, sparkSpec);
  refuseUnsupported(values);
  const job = await jobOf(values);
  const own = [{ name: "job.json", content: `${JSON.stringify(job, null, 2)}\n` }];
  const files = await writeJobFolder(values.output, { job: "spark", own });
  say(`${values.output}/README.md says how to run it`);
  const { rules, numbers, categories } = job;
  printResult({
    output: values.output,
    files,
    rules,
    numbers: numbers.length,
    categories: categories.length,
  });
  return 0;
}

async function jobOf(options: PreprocessArguments): Promise<SparkJob> {
  const wishes = await wishesOf(options);
  if (options.input.length === 0) {
    if (wishes.columns || wishes.label !== undefined || wishes.click !== undefined)
      throw new UsageError(
        "Show the job how the log is written: --input=FILE with its first lines goes with --columns, --label and --click.",
      );
    return criteoJob(wishes.layout ?? CRITEO, rulesOf(options, {}));
  }
  const source = await openLogs(await inputFiles(options.input, options.output), {
    ...wishes,
    ignoreSplits: true,
  });
  if (!source.isText)
    throw new UsageError(
      `--input: the job reads tables of text, one row a line, and this is ${source.format}.`,
    );
  const ids = ownIds(source);
  if (ids.layout.tables?.some(({ fixed }) => fixed))
    throw new UsageError(
      "--input: the job does not take a folder's value, such as day=2014-10-21, as a column.",
    );
  const rules = rulesOf(options, ids.rules);
  if (rules.split === "time" && ids.layout.time === undefined)
    throw new UsageError("--split=time needs a column with the role time, and --input shows none.");
  return tableJob(ids, rules);
}

/** Refuses options of preprocess that the job does not have. */
function refuseUnsupported(options: PreprocessArguments): void {
  const refused: [boolean, string][] = [
    [options.vocabulary !== undefined, "--vocabulary: the job counts its own ids"],
    [options.train_line_count !== undefined, "--train_line_count: the job reads whole files"],
    [options.threads !== undefined, "--threads: spark-submit says how many tasks run"],
    [options.skip_id_convert, "--skip_id_convert: --input shows whether categories are decimal numbers"],
    [options.data_path !== undefined, "--data_path: name the log when the job is run"],
    [options.format !== "parquet", "--format=packed: the job writes Parquet"],
    [options.split === "mindspore", "--split=mindspore: it shuffles the numbers of all lines in one memory"],
    [options.encoding !== undefined, "--encoding: it reads UTF-8; write the log so"],
    [options.table.length > 0, "--table: name the files when the job is run"],
  ];
  const first = refused.find(([given]) => given);
  if (first) throw new UsageError(`export --spark does not take ${first[1]}.`);
}
