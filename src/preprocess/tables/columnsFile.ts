// A file that says what the columns of a table are: this studio's own list, or the feature_cols of FuxiCTR's
// dataset_config.yaml.

import { firstFault } from "../../base/problems/schemaIssues.ts";
import { type ProblemError, problemError } from "../../base/result.ts";
import { z } from "../../base/zod.ts";
import { COLUMN_ROLES, type ColumnChoice, type ColumnRole } from "../roles.ts";

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const choiceSchema = z.strictObject({
  name: z.string().min(1),
  role: z.enum(COLUMN_ROLES),
  click: text.optional(),
  missing: z.array(text).optional(),
  fill: text.optional(),
});
const ownSchema = z.array(choiceSchema).min(1);

const featureSchema = z.looseObject({
  name: z.union([z.string(), z.array(z.string())]),
  active: z.boolean().default(true),
  dtype: z.string().optional(),
  type: z.string(),
  na_value: text.optional(),
  preprocess: z.string().nullish(),
});
const labelSchema = z.looseObject({ name: z.string() });
const configSchema = z.looseObject({
  feature_cols: z.array(featureSchema).min(1),
  label_col: z.union([
    labelSchema,
    z
      .array(labelSchema)
      .length(1)
      .transform(([only]) => only!),
  ]),
});

/** The choices in a file's text, JSON or YAML; throws a ProblemError where it holds none. `name` is the file's. */
export async function parseColumns(content: string, name: string): Promise<ColumnChoice[]> {
  const { default: yaml } = await import("yaml");
  const fault = (reason: string) => problemError("columns-file-invalid", { name, reason });
  let value: unknown;
  try {
    // JSON is YAML.
    value = yaml.parse(content);
  } catch (cause) {
    throw fault(
      `it is neither JSON nor YAML (${(cause as Error).message.split("\n")[0]!.replace(/[.:]$/, "")})`,
    );
  }
  const list = Array.isArray(value) ? value : (value as { columns?: unknown } | null)?.columns;
  if (list !== undefined) return withoutTwice(checked(ownSchema, list, fault), fault);
  const configs = findConfigs(value);
  if (configs.length === 0) throw fault("it has neither a list of columns nor FuxiCTR's feature_cols");
  if (configs.length > 1)
    throw fault(
      `it describes ${configs.length} data sets (${configs.map(([id]) => id).join(", ")}) instead of one`,
    );
  const { feature_cols: features, label_col: label } = checked(configSchema, configs[0]![1], fault);
  const choices = features
    .filter(({ active }) => active)
    .flatMap((feature) => [feature.name].flat().map((column) => choiceOf(column, feature, fault)));
  return withoutTwice(
    [{ name: label.name, role: "label" }, ...choices.filter((choice) => choice !== null)],
    fault,
  );
}

function withoutTwice(choices: ColumnChoice[], fault: (reason: string) => ProblemError): ColumnChoice[] {
  const names = choices.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw fault(`it names ${JSON.stringify(twice)} twice`);
  return choices;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, fault: (reason: string) => ProblemError): T {
  const found = schema.safeParse(value, { reportInput: true });
  if (found.success) return found.data;
  const { where, reason } = firstFault(found.error);
  throw fault(`at ${where || "its top"}: ${reason}`);
}

/** The configurations in a dataset_config.yaml, which has one for each data set. */
function findConfigs(value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [];
  if ("feature_cols" in value) return [["", value]];
  return Object.entries(value).filter(
    ([, config]) => typeof config === "object" && config !== null && "feature_cols" in config,
  );
}

/** What FuxiCTR's feature is here; null where no row has it: a copy that no model sees. */
function choiceOf(
  name: string,
  { type, dtype, preprocess, na_value }: z.infer<typeof featureSchema>,
  fault: (reason: string) => ProblemError,
): ColumnChoice | null {
  if (type === "meta") return preprocess ? null : { name, role: "ignore" };
  if (preprocess && preprocess !== "convert_to_bucket")
    throw fault(`its column ${name} is made by ${preprocess}, which the studio does not do`);
  const role: ColumnRole | undefined = {
    numeric: dtype?.startsWith("int") ? ("integer" as const) : ("number" as const),
    categorical: preprocess ? ("integer" as const) : ("category" as const),
    sequence: "several" as const,
  }[type];
  if (role === undefined)
    throw fault(`its column ${name} is of the type ${type}, which FINAL has no place for`);
  return { name, role, ...(na_value !== undefined && na_value !== "" && { fill: na_value }) };
}
