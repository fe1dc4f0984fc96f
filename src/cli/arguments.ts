// Options of a command as a table; what a person typed becomes typed values, or a sentence and the usage.

import { parseArgs } from "node:util";
import { fromSource } from "./place.ts";

/** A command used wrongly: the message says what is wrong and how it goes. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Not a fault: a person asked how a command goes. The message is the answer; exit code 0. */
export class HelpRequest extends Error {
  constructor(message: string) {
    super(message);
    this.name = "HelpRequest";
  }
}

export interface Option {
  /** As typed after the two dashes, in MindSpore's spelling: `line_per_sample`. */
  name: string;
  type: "string" | "integer" | "number" | "boolean";
  /** What it says in the usage, in a few words. */
  help: string;
  default?: string | number | boolean;
  choices?: readonly string[];
  required?: boolean;
  /** May be given several times; its value is an array. */
  multiple?: boolean;
  /** The heading that it stands under in the help; left out, that of the option before it. */
  group?: string;
}

/** An option with a value of any text, such as a file's name. */
export const text = optionOf("string");
/** An option with a whole number. */
export const integer = optionOf("integer");
/** An option with any number. */
export const number = optionOf("number");
/** An option that is true where it is given. */
export const flag = optionOf("boolean");

function optionOf<T extends Option["type"]>(type: T) {
  return <const N extends string, const More extends Omit<Option, "name" | "type" | "help"> = object>(
    name: N,
    help: string,
    more?: More,
  ) => ({ name, type, help, ...more }) as { name: N; type: T; help: string } & More;
}

export interface CommandSpec<O extends readonly Option[]> {
  /** Its script's name: `preprocess`. */
  command: string;
  options: O;
  /** What may follow without dashes, for example `["DIR"]`; needed but for `[DIR]`; a last `FILE...` may repeat. */
  positionals?: readonly string[];
  /** What one may type after the command's name, shown in its help. */
  examples: readonly string[];
}

interface ValueOf {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
}

type OptionValue<T extends Option> = T extends { multiple: true }
  ? ValueOf[T["type"]][]
  : T extends { choices: readonly (infer C)[] }
    ? C
    : ValueOf[T["type"]];

type MaybeAbsent<T extends Option> = T extends { default: unknown } | { required: true } | { multiple: true }
  ? never
  : undefined;

/** The values by option name; an option without default that was not given is undefined. */
export type Values<O extends readonly Option[]> = {
  [T in O[number] as T["name"]]: OptionValue<T> | MaybeAbsent<T>;
};

/** Parses what came after the command's name. Throws a UsageError, and a HelpRequest for `--help` and `-h`. */
export function parseArguments<const O extends readonly Option[]>(
  args: string[],
  spec: CommandSpec<O>,
): { values: Values<O>; positionals: string[] } {
  const given = tokens(args, spec);
  const values: Record<string, unknown> = {};
  for (const option of spec.options) {
    const texts = given.options.get(option.name) ?? [];
    if (texts.length > 1 && !option.multiple) throw wrong(spec, `--${option.name} is given more than once`);
    if (texts.length === 0 && option.required) throw wrong(spec, `--${option.name} is missing`);
    const parsed = texts.map((text) => parseValue(text, option, spec));
    values[option.name] = option.multiple ? parsed : (parsed[0] ?? option.default);
  }
  return { values: values as Values<O>, positionals: given.positionals };
}

/** How a command is typed: from a clone through npm, from the installed package by its name. */
export function typed(command: string): string {
  return fromSource ? `npm run --silent ${command} --` : `final-studio ${command}`;
}

/** The usage: one line for the command, then its options under their headings. */
export function usage({ command, options, positionals = [] }: CommandSpec<readonly Option[]>): string {
  const required = options.filter((option) => option.required).map((option) => ` --${option.name}=…`);
  const rest = positionals.map((name) => ` ${name}`).join("");
  const others = options.length > required.length ? " [options]" : "";
  const lines = [`usage: ${typed(command)}${required.join("")}${others}${rest}`];
  let heading: string | undefined;
  for (const option of options) {
    if (option.group !== undefined && option.group !== heading) lines.push("", `${option.group}:`);
    heading = option.group ?? heading;
    lines.push(optionLine(option));
  }
  return lines.join("\n");
}

function optionLine({ name, type, choices, help, required, default: fallback }: Option): string {
  const value = type === "boolean" ? "[=true|false]" : `=${choices ? choices.join("|") : type.toUpperCase()}`;
  const always = required ? " (required)" : "";
  const otherwise = fallback === undefined ? "" : ` (default ${fallback})`;
  return `  ${`--${name}${value}`.padEnd(30)}  ${help}${always}${otherwise}`;
}

/** The usage, and what may be typed. */
function help(spec: CommandSpec<readonly Option[]>): string {
  const examples = spec.examples.map((example) => `  ${typed(spec.command)} ${example}`.trimEnd());
  const heading = examples.length === 1 ? "Example:" : "Examples:";
  return [usage(spec), "", heading, ...examples].join("\n");
}

function tokens(
  args: string[],
  spec: CommandSpec<readonly Option[]>,
): { options: Map<string, string[]>; positionals: string[] } {
  const options = new Map<string, string[]>();
  const positionals: string[] = [];
  // Every option is a string for parseArgs: `--flag=False` is MindSpore's way, which its own booleans refuse.
  const known = Object.fromEntries(spec.options.map(({ name }) => [name, { type: "string" as const }]));
  const parsed = parseArgs({ args: bareFlags(args, spec), options: known, strict: false, tokens: true });
  const isHelp = (token: (typeof parsed.tokens)[number]) =>
    token.kind === "option" && (token.rawName === "--help" || token.rawName === "-h");
  // First, so that it helps the person whose other options are wrong.
  if (parsed.tokens.some(isHelp)) throw new HelpRequest(help(spec));
  for (const token of parsed.tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(known, token.name)) throw wrong(spec, `there is no option ${token.rawName}`);
    if (token.value === undefined) throw wrong(spec, `${token.rawName} needs a value`);
    options.set(token.name, [...(options.get(token.name) ?? []), token.value]);
  }
  const expected = spec.positionals ?? [];
  const repeats = expected.at(-1)?.endsWith("...") ?? false;
  if (positionals.length > expected.length && !repeats)
    throw wrong(spec, `"${positionals[expected.length]}" is not expected here`);
  const missing = expected[positionals.length];
  if (missing !== undefined && !missing.startsWith("[")) throw wrong(spec, `${missing} is missing`);
  return { options, positionals };
}

/** `--flag` alone means true. */
function bareFlags(args: string[], spec: CommandSpec<readonly Option[]>): string[] {
  const flags = spec.options.filter((option) => option.type === "boolean").map(({ name }) => `--${name}`);
  return args.map((arg, i) => {
    const next = args[i + 1];
    if (!flags.includes(arg)) return arg;
    return next !== undefined && /^(true|false|0|1)$/i.test(next) ? arg : `${arg}=true`;
  });
}

function parseValue(
  text: string,
  option: Option,
  spec: CommandSpec<readonly Option[]>,
): ValueOf[Option["type"]] {
  const { name, type, choices } = option;
  if (choices && !choices.includes(text))
    throw wrong(spec, `--${name} is "${text}"; it must be one of ${choices.join(", ")}`);
  switch (type) {
    case "string":
      if (text === "") throw wrong(spec, `--${name} is empty`);
      return text;
    case "boolean":
      if (/^(true|false|0|1)$/i.test(text)) return /^(true|1)$/i.test(text);
      throw wrong(spec, `--${name} is "${text}"; it must be True or False`);
    case "integer":
      if (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
      throw wrong(spec, `--${name} is "${text}"; it must be a whole number`);
    case "number":
      if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
      throw wrong(spec, `--${name} is "${text}"; it must be a number`);
  }
}

function wrong(spec: CommandSpec<readonly Option[]>, reason: string): UsageError {
  return new UsageError(`${reason}.\n${usage(spec)}`);
}
