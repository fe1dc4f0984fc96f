import { expect, it } from "vitest";
import { blobInput } from "../../../src/preprocess/formats/input.ts";
import { scoredFiles } from "../../../src/preprocess/formats/scoredFiles.ts";

const names = ["I1", "I2", "C1"];

async function textOf(name: string, text: string, id: string | null = null) {
  const file = blobInput(name, new Blob([text]));
  // Pieces that end anywhere, inside a line and inside a name.
  const cut = {
    ...file,
    async *stream() {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += 5) yield bytes.slice(at, at + 5);
    },
  };
  const [scored] = await scoredFiles([cut], { names, id });
  const pieces: Uint8Array[] = [];
  for await (const piece of scored!.file.stream(() => {})) pieces.push(piece);
  const read = new TextDecoder().decode(Buffer.concat(pieces));
  return { read, labelled: scored!.labelled, ids: scored!.ids, firstNumber: scored!.firstNumber };
}

it("puts a label before rows that lack it, and leaves those that have it", async () => {
  expect(await textOf("test.txt", "5\t\tab\n\t-1\t\n7\t8\tc")).toMatchObject({
    read: "0\t5\t\tab\n0\t\t-1\t\n0\t7\t8\tc",
    labelled: false,
  });
  const labelled = "1\t5\t\tab\n0\t\t-1\t\n";
  expect(await textOf("train.txt", labelled)).toMatchObject({ read: labelled, labelled: true });
});

it("does the same below a header, whatever ends its lines, and keeps empty lines", async () => {
  expect(await textOf("t.csv", "\ufeffI1,I2,C1\r\n5,,ab\r\n\r\n7,8,c\r\n")).toMatchObject({
    read: "label,I1,I2,C1\r\n0,5,,ab\r\n\r\n0,7,8,c\r\n",
    labelled: false,
    firstNumber: 2,
  });
});

it("takes the names of rows out, at any place, and gives them line by line", async () => {
  const first = await textOf("t.csv", 'id,click,I1,I2,C1\n"u 1",1,5,,ab\nu2,0,7,8,c\n', "id");
  expect(first.read).toBe("click,I1,I2,C1\n1,5,,ab\n0,7,8,c\n");
  expect([first.ids!.take(0), first.ids!.take(1)]).toEqual(["u 1", "u2"]);
  const last = await textOf("t.txt", "5\t\tab\tx\n7\t8\tc\ty\n9\t9\td\tz", "4");
  expect(last).toMatchObject({ read: "0\t5\t\tab\n0\t7\t8\tc\n0\t9\t9\td", labelled: false });
  expect([last.ids!.take(0), last.ids!.take(2)]).toEqual(["x", "z"]);
});

it("says which file lacks the column of names", async () => {
  await expect(textOf("t.csv", "I1,I2,C1\n1,2,c\n", "user")).rejects.toMatchObject({
    problem: { code: "id-column-missing", sentence: 't.csv has no column "user" that could name its rows.' },
  });
});

it("leaves what is no log of these columns to whoever says so", async () => {
  for (const text of ["", "a\0b", "hello\nworld\n"])
    expect(await textOf("x", text)).toMatchObject({ read: text, labelled: true });
});
