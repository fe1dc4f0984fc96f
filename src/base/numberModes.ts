// How columns of numbers may enter a model. A run chooses one way for all of them, or one for each.

export const NUMBER_MODES = ["max", "log", "bucket", "standard", "minmax", "quantile"] as const;
export type NumberMode = (typeof NUMBER_MODES)[number];

/** Stands in a map for the columns that it does not name. */
export const OTHER_COLUMNS = "*";
export const DEFAULT_MODE: NumberMode = "bucket";

/** One way for all columns, or a map from column to way. */
export type NumberModes = NumberMode | Readonly<Record<string, NumberMode>>;

/** The way of one column. */
export function modeOf(modes: NumberModes, column: string): NumberMode {
  if (typeof modes === "string") return modes;
  return (Object.hasOwn(modes, column) ? modes[column] : modes[OTHER_COLUMNS]) ?? DEFAULT_MODE;
}

/** Columns that a map names. */
export function namedColumns(modes: NumberModes): string[] {
  return typeof modes === "string" ? [] : Object.keys(modes).filter((name) => name !== OTHER_COLUMNS);
}

/** As people read it: "bucket", or "standard; I2: log". */
export function modesText(modes: NumberModes): string {
  if (typeof modes === "string") return modes;
  const others = modes[OTHER_COLUMNS] ?? DEFAULT_MODE;
  return [others, ...namedColumns(modes).map((name) => `${name}: ${modes[name]}`)].join("; ");
}

/**
 * The modes that a text of the command line writes: "standard", or "bucket,price=standard,age=quantile" where a name
 * alone is that of the columns that are not named. Null for anything else.
 */
export function parseModes(text: string): NumberModes | null {
  const map: Record<string, NumberMode> = {};
  for (const part of text.split(",")) {
    const equals = part.lastIndexOf("=");
    const column = equals < 0 ? OTHER_COLUMNS : part.slice(0, equals);
    const mode = part.slice(equals + 1);
    if (column === "" || Object.hasOwn(map, column) || !isMode(mode)) return null;
    Object.defineProperty(map, column, { value: mode, enumerable: true, configurable: true, writable: true });
  }
  const [only, ...others] = Object.keys(map);
  return only === OTHER_COLUMNS && others.length === 0 ? map[only]! : map;
}

/** Equal text for equal modes, whatever the order of a map. */
export function modesKey(modes: NumberModes): string {
  return typeof modes === "string" ? modes : JSON.stringify(Object.entries(modes).sort());
}

function isMode(text: string): text is NumberMode {
  return (NUMBER_MODES as readonly string[]).includes(text);
}
