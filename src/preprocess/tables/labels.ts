// Which column is the label, and which of its values is a click.

/** Names that say so, written without blanks and signs. */
const LABEL_NAMES = new Set([
  "label",
  "labels",
  "click",
  "clicks",
  "clk",
  "clicked",
  "isclick",
  "isclicked",
  "isclk",
  "hasclick",
  "clickedonad",
  "clicklabel",
  "labelclick",
  "ctrlabel",
  "target",
  "y",
]);

/** Names of what comes after a click, or instead of one: of use as a label where a person says so. */
const OTHER_ANSWERS = new Set([
  "noclk",
  "nonclk",
  "nonclick",
  "conversion",
  "isconversion",
  "converted",
  "conversionlabel",
  "cvrlabel",
  "purchase",
  "ispurchase",
  "purchased",
  "buy",
  "isbuy",
  "like",
  "islike",
  "follow",
  "isfollow",
  "share",
  "isshare",
  "comment",
  "iscomment",
  "forward",
  "isforward",
  "islongview",
  "longview",
]);

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

export function isLabelName(name: string): boolean {
  return LABEL_NAMES.has(plain(name));
}

/** Whether a column says what became of the row, so that no model may see it. */
export function isAnswerName(name: string): boolean {
  return isLabelName(name) || OTHER_ANSWERS.has(plain(name));
}

/** What two values of a label mean: known words. */
const CLICKS = ["1", "true", "t", "yes", "y", "click", "clicked", "clk", "positive", "pos"];
const OTHERS = [
  "0",
  "-1",
  "false",
  "f",
  "no",
  "n",
  "noclick",
  "noclk",
  "impression",
  "view",
  "show",
  "notclicked",
  "nonclick",
  "unclicked",
  "negative",
  "neg",
];

/** 1 where the value is a click; 0 where it is none; null where it is no label. */
export interface LabelValues {
  click: string[];
  other: string[];
}

/** A label's value as it is compared: 1.0 is 1, and so is 1.000e+00, as NumPy writes it. */
export function labelText(value: string): string {
  const text = value.trim();
  if (/^[+-]?\d+(\.0*)?$/.test(text)) return String(Number.parseInt(text, 10));
  return /^[+-]?\d\.?\d*e[+-]?\d+$/i.test(text) && Number.isInteger(Number(text))
    ? String(Number(text))
    : text;
}

const MOST_STRAYS = 0.01;

export type LabelReading =
  | { ok: true; values: LabelValues }
  /** Why these values cannot be read as a label, to follow "its column x". */
  | { ok: false; reason: string; values: string[] };

/** How a column that holds `values` is read as the label; `click` where a person says which value is a click. */
export function readLabel(values: Iterable<string>, click?: string): LabelReading {
  const found = [...withoutStrays([...values].map(labelText), click)];
  const shown = found.slice(0, 5).join(", ");
  if (found.length > 2) {
    const families = click === undefined ? mixedWords(found) : null;
    if (families) return { ok: true, values: families };
    return {
      ok: false,
      values: found,
      reason: `holds ${found.length} values (${shown}${found.length > 5 ? ", …" : ""}), not two`,
    };
  }
  if (click !== undefined) {
    const wanted = labelText(click);
    const others = found.filter((value) => value !== wanted);
    if (found.length === 2 && others.length === 2)
      return { ok: false, values: found, reason: `does not hold "${click}", but ${shown}` };
    return { ok: true, values: { click: [wanted], other: others } };
  }
  const of = (words: string[]) => found.filter((value) => words.includes(plainWord(value)));
  const [clicks, others] = [of(CLICKS), of(OTHERS)];
  if (clicks.length + others.length < found.length || clicks.length > 1 || others.length > 1)
    return { ok: false, values: found, reason: `holds ${shown}, and nothing says which of them is a click` };
  return { ok: true, values: completed(clicks, others) };
}

/**
 * Lines that are no rows: totals, headers repeated. In a column of numbers their words are few, and such rows are bad. So
 * are few rows whose label is neither of two values: behind the first rows they are bad lines too.
 */
function withoutStrays(texts: string[], click: string | undefined): Set<string> {
  const isNumber = (text: string) => !Number.isNaN(Number(text));
  const without = (few: string[]) => (few.length <= MOST_STRAYS * texts.length ? few : []);
  const words = new Set(without(texts.filter((text) => !isNumber(text))));
  const rest = texts.filter((text) => !words.has(text));
  if (click !== undefined || new Set(rest).size < 3) return new Set(rest);
  const isKnown = (text: string) => CLICKS.includes(plainWord(text)) || OTHERS.includes(plainWord(text));
  const others = new Set(without(rest.filter((text) => !isKnown(text))));
  const known = new Set(rest.filter((text) => !others.has(text)));
  return known.size === 2 ? known : new Set(rest);
}

/** Files put together may write a label in several ways that mean the same: 1 and True, TRUE and True. */
function mixedWords(found: string[]): LabelValues | null {
  const words = found.map((value) => value.toLowerCase());
  const of = (those: string[]) => found.filter((_, i) => those.includes(words[i]!));
  const [click, other] = [of(["1", "true", "t", "yes", "y"]), of(["0", "false", "f", "no", "n"])];
  return click.length > 0 && other.length > 0 && click.length + other.length === found.length
    ? { click, other }
    : null;
}

function plainWord(value: string): string {
  return value.toLowerCase().replace(/[\s_-]+(?=[a-z])/g, "");
}

/** A first block may hold one of the two values only: the other one is known. */
function completed(click: string[], other: string[]): LabelValues {
  if (click.length > 0 && other.length > 0) return { click, other };
  const [known] = [...click, ...other];
  const pairs: [string, string[]][] = [
    ["1", ["0", "-1"]],
    ["true", ["false"]],
    ["t", ["f"]],
    ["yes", ["no"]],
    ["y", ["n"]],
  ];
  const word = known?.toLowerCase() ?? "";
  const like = (text: string) =>
    known === known?.toUpperCase()
      ? text.toUpperCase()
      : /^[A-Z]/.test(known!)
        ? text[0]!.toUpperCase() + text.slice(1)
        : text;
  if (known === undefined) return { click: ["1"], other: ["0"] };
  for (const [yes, nos] of pairs) {
    if (word === yes) return { click, other: nos.map(like) };
    if (nos.includes(word)) return { click: [like(yes)], other };
  }
  return { click, other };
}
