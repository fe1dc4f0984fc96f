import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runCommand } from "./command.ts";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const commands = Object.keys(scripts).filter((name) => scripts[name]!.endsWith(`src/cli/main.ts ${name}`));

it("lists every command, each a script of its name", async () => {
  const { code, stdout } = await runCommand("--help", []);
  expect(code).toBe(0);
  const listed = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map((match) => match[1]);
  expect(listed.toSorted()).toEqual(commands.toSorted());
});

it.each(commands)(
  "%s --help says what it does, its options and an example, and exits with 0",
  async (name) => {
    for (const typed of [["--help"], ["-h"], ["--nothing=1", "--help"]]) {
      const { code, stdout, stderr } = await runCommand(name, typed);
      expect(code, stderr).toBe(0);
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^[A-Z][^\n]+[.?]\n\nusage: npm run --silent /);
      expect(stdout).toMatch(new RegExp(`\nExamples?:\n  npm run --silent ${name} --`));
    }
  },
);

it("puts options under their headings, with what is required and what they are without a word", async () => {
  const { stdout } = await runCommand("train", ["--help"]);
  expect(stdout).toMatch(
    /Data and results:\n {2}--dataset_path=STRING +folder that preprocess wrote \(required\)/,
  );
  expect(stdout).toMatch(/Device:\n {2}--device_target=WASM\|CPU\|GPU +what computes \(default WASM\)/);
});

it("says which commands there are where one is unknown", async () => {
  const { code, stderr } = await runCommand("serve", []);
  expect(code).toBe(2);
  expect(stderr).toContain('There is no command "serve"');
  expect(stderr).toContain("preprocess");
});
