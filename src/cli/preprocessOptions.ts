// The options of preprocess, and what they mean together.

import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Problem } from "../base/problem.ts";
import { ENCODINGS } from "../preprocess/formats/encodings.ts";
import type { OpenOptions } from "../preprocess/formats/logSource.ts";
import { encodingNamed } from "../preprocess/formats/textEncoding.ts";
import {
  rulesOf as chosenRules,
  DEFAULT_RULES,
  faultOfLayout,
  faultOfRows,
  faultOfRules,
  NAMED_RULES,
  type RulesName,
} from "../preprocess/rules.ts";
import { parseColumns } from "../preprocess/tables/columnsFile.ts";
import type { Rules } from "../shards/manifest.ts";
import { CRITEO, type Layout } from "../shards/rows.ts";
import { SHARD_FORMATS } from "../shards/shardFile.ts";
import { flag, integer, number, text, UsageError, type Values } from "./arguments.ts";
import { readText } from "./readText.ts";

/** Smaller logs are done before other threads have started. What they make is the same. */
const THREADS_PAY_BYTES = 32 << 20;

/** Of preprocess and predict. */
export const ENCODING_HELP = `what text is written in, such as ${ENCODINGS.join(", ")} (default utf-8; UTF-16 is recognised)`;

export const preprocessSpec = {
  command: "preprocess",
  examples: [
    "--input=train.txt.gz --output=data/criteo --threshold=10",
    "--input=tomorrow.txt --output=data/tomorrow --vocabulary=data/criteo",
  ],
  options: [
    text("input", "a log or files of another tool, or their folder; may be given several times", {
      multiple: true,
      group: "Files",
    }),
    text("data_path", "MindSpore's way to name it: DIR/origin_data/train.txt"),
    text("output", "folder for the data set; must not exist", { required: true }),
    integer(
      "threshold",
      `counts up to which values share an id (default ${DEFAULT_RULES.threshold}; 1 where they have ids)`,
      { group: "Ids and splits" },
    ),
    text("rule", "the threshold, for an id of its own (default over)", { choices: ["over", "at-least"] }),
    text(
      "rules",
      "all of threshold, split and fitting by name: studio (the default: 80/10/10 by hash, ids fitted on the training rows), mindspore (all rows counted, test 0.1, no validation: what version 0.1 did), fuxictr (at least 10 times, 80/10/10 at random)",
      { choices: Object.keys(NAMED_RULES) as [RulesName, ...RulesName[]] },
    ),
    number("test_share", "share of rows for the test split (default 0.1)"),
    number("valid_share", "share of rows for validation (default 0.1)"),
    integer("seed", "of the split", { default: DEFAULT_RULES.seed }),
    text("split", "how rows are dealt (default: as files are named train, valid, test; else hash)", {
      choices: ["hash", "random", "time", "mindspore", "none"],
    }),
    text("test_last", "with --split=time: the last days or hours as test rows, 1d or 6h (default 1d)"),
    text("valid_last", "with --split=time: those before them as validation rows (default 1d)"),
    text("fitted_on", "rows that are counted (default train)", { choices: ["all", "train"] }),
    text("id_order", "of ids in a column (default count; as they are where values have ids)", {
      choices: ["count", "first-seen"],
    }),
    text("vocabulary", "data set whose ids are used instead of counting"),
    text("label", "name of the column that says whether a row was clicked"),
    text("click", "the label's value that is a click (default 1, true, yes)"),
    text("columns", "file that says what each column is: JSON or YAML, also FuxiCTR's dataset_config.yaml"),
    text("encoding", ENCODING_HELP),
    text("table", "of a folder or an archive these files alone; may be given several times", {
      multiple: true,
    }),
    integer("train_line_count", "stop after so many lines", { group: "Reading and writing" }),
    integer("dense_dim", `integer columns (default ${CRITEO.integers})`),
    integer("slot_dim", `columns of categories (default ${CRITEO.categories})`),
    flag("skip_id_convert", "categories are numbers already and keep their order", { default: false }),
    text("format", "of the shards", { choices: SHARD_FORMATS, default: "parquet" }),
    integer("threads", "threads that work; left out, all where it pays"),
  ],
} as const;

export type PreprocessArguments = Values<typeof preprocessSpec.options>;

/** The files and folders to read. Throws a UsageError, as all below do. */
export function pathsOf({ input, data_path }: PreprocessArguments): string[] {
  if (data_path !== undefined && statSync(data_path, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(
      `--data_path is a folder with origin_data/train.txt in it; ${data_path} is a file. Name it with --input.`,
    );
  if ((input.length === 0) === (data_path === undefined))
    throw new UsageError("Name the input with either --input or --data_path.");
  return data_path === undefined ? input : [join(data_path, "origin_data", "train.txt")];
}

/** Throws a UsageError for numbers that cannot be. */
export function checkNumbers({ train_line_count }: PreprocessArguments): void {
  if (train_line_count !== undefined) refuse(faultOfRows(train_line_count));
}

/** What a person chose, else what the files imply, else the defaults. */
export function rulesOf(options: PreprocessArguments, implied: Partial<Rules>): Rules {
  const { threshold, rule, seed, split, fitted_on, id_order, valid_share, test_share, vocabulary } = options;
  const { test_last: testLast, valid_last: validLast } = options;
  const rules = chosenRules(
    { ...NAMED_RULES[options.rules ?? "studio"], ...implied },
    {
      threshold,
      rule,
      seed,
      split,
      fittedOn: fitted_on,
      idOrder: id_order,
      validShare: valid_share,
      testShare: test_share,
      testLast,
      validLast,
    },
  );
  if (vocabulary !== undefined && [threshold, rule, id_order].some((choice) => choice !== undefined))
    throw new UsageError("--vocabulary has its ids already: leave --threshold, --rule and --id_order out.");
  if (vocabulary !== undefined && (valid_share ?? 0) > 0 && test_share === undefined)
    throw new UsageError("With --vocabulary all rows are test rows: give --test_share beside --valid_share.");
  if (rules.split === "none" && ((valid_share ?? 0) > 0 || (test_share ?? 0) > 0))
    throw new UsageError(
      "--split=none leaves all rows in the training split: leave --test_share and --valid_share out.",
    );
  if (rules.split !== "time" && (testLast !== undefined || validLast !== undefined))
    throw new UsageError("--test_last and --valid_last go with --split=time.");
  if (rules.split === "time" && (test_share !== undefined || valid_share !== undefined))
    throw new UsageError(
      "--split=time takes the last days or hours: give --test_last and --valid_last instead of shares.",
    );
  refuse(faultOfRules(rules));
  return rules;
}

/** What a person said of the columns, and which files of the input. */
export async function wishesOf(options: PreprocessArguments): Promise<OpenOptions> {
  const { label, click, columns, table, encoding } = options;
  const layout = givenLayout(options);
  if (columns !== undefined && (layout || label !== undefined))
    throw new UsageError(
      "--columns says what every column is: leave --label, --dense_dim and --slot_dim out.",
    );
  return {
    ...(layout && { layout }),
    ...(label !== undefined && { label }),
    ...(click !== undefined && { click }),
    ...(columns !== undefined && { columns: await parseColumns(await readText(columns), columns) }),
    ...(table.length > 0 && { only: table }),
    ...encodingOf(encoding),
  };
}

/** What `--encoding` names. Throws a UsageError for an unknown one. */
export function encodingOf(label: string | undefined): Pick<OpenOptions, "encoding"> {
  if (label === undefined) return {};
  const encoding = encodingNamed(label);
  if (encoding === null)
    throw new UsageError(
      `--encoding=${label} names no encoding that is known. Some are ${ENCODINGS.join(", ")}.`,
    );
  return { encoding };
}

/** The layout where a person gave one. */
function givenLayout({ dense_dim, slot_dim }: PreprocessArguments): Layout | undefined {
  if (dense_dim === undefined && slot_dim === undefined) return undefined;
  const layout: Layout = {
    integers: dense_dim ?? CRITEO.integers,
    categories: slot_dim ?? CRITEO.categories,
  };
  refuse(faultOfLayout(layout));
  return layout;
}

/** The threads that a person chose, else as many as pay for so many bytes of input. Throws a UsageError. */
export function threadsOf(threads: number | undefined, bytes: number): number {
  if (threads === undefined) return bytes > THREADS_PAY_BYTES ? availableParallelism() : 1;
  if (threads < 1 || threads > 64) throw new UsageError("--threads must be between 1 and 64.");
  return threads;
}

/** The options by the choice that a problem is about. */
const OPTION_OF: Record<string, (typeof preprocessSpec.options)[number]["name"]> = {
  "import.rows": "train_line_count",
  "import.integers": "dense_dim",
  "import.categories": "slot_dim",
  "import.threshold": "threshold",
  "import.seed": "seed",
  "import.fittedOn": "fitted_on",
  "import.testShare": "test_share",
  "import.testLast": "test_last",
  "import.split": "split",
  "import.validShare": "valid_share",
};

function refuse(fault: Problem | null): void {
  if (fault) throw new UsageError(`--${OPTION_OF[fault.control!]}: ${fault.sentence} ${fault.remedy}`);
}
