import { expect, it } from "vitest";
import { parseArguments, UsageError } from "../../src/cli/arguments.ts";

const spec = {
  command: "train",
  examples: ["--output=a"],
  options: [
    { name: "epoch_size", type: "integer", default: 2, help: "passes over the training rows" },
    { name: "rate", type: "number", help: "learning rate" },
    { name: "do_eval", type: "boolean", default: true, help: "evaluate after each epoch" },
    { name: "backend", type: "string", choices: ["wasm", "cpu"], default: "wasm", help: "what computes" },
    { name: "input", type: "string", multiple: true, help: "a file" },
    { name: "output", type: "string", required: true, help: "a folder" },
  ],
} as const;

it("takes MindSpore's spellings and fills in defaults", () => {
  const { values } = parseArguments(["--output=a", "--do_eval=False", "--input=x", "--input", "y"], spec);
  expect(values).toEqual({
    epoch_size: 2,
    rate: undefined,
    do_eval: false,
    backend: "wasm",
    input: ["x", "y"],
    output: "a",
  });
});

it("reads a bare flag as true and leaves positionals alone", () => {
  const { values, positionals } = parseArguments(["--do_eval", "DIR", "--output", "-1"], {
    ...spec,
    positionals: ["DIR"],
  });
  expect(values.do_eval).toBe(true);
  expect(positionals).toEqual(["DIR"]);
});

it.each([
  ["--nothing=1", "there is no option --nothing"],
  ["--epoch_size=two", "must be a whole number"],
  ["--rate=", "must be a number"],
  ["--do_eval=perhaps", "must be True or False"],
  ["--backend=tpu", "must be one of wasm, cpu"],
  ["stray", '"stray" is not expected here'],
  ["--epoch_size=1 --epoch_size=2", "given more than once"],
])("refuses %s with the reason and the usage", (typed, reason) => {
  const attempt = () => parseArguments([...typed.split(" "), "--output=a"], spec);
  expect(attempt).toThrow(UsageError);
  expect(attempt).toThrow(reason);
  expect(attempt).toThrow("usage: npm run --silent train -- --output=…");
});

it("asks for what is missing", () => {
  expect(() => parseArguments([], spec)).toThrow("--output is missing");
  expect(() => parseArguments(["--output"], spec)).toThrow("--output needs a value");
});
