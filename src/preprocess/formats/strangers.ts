// Files that are no tables of clicks, by what they are: each with what to do about it.

/** What a file is, to follow "x is", and what to do. */
export interface Stranger {
  what: string;
  remedy: string;
}

const MAGICS: (Stranger & { magic: number[] })[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "packed with xz", remedy: "Unpack it first (xz -d)." },
  { magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], what: "a 7z archive", remedy: "Unpack it first (7z x)." },
  { magic: [0x52, 0x61, 0x72, 0x21, 0x1a, 7], what: "a RAR archive", remedy: "Unpack it first." },
  { magic: [0x04, 0x22, 0x4d, 0x18], what: "packed with LZ4", remedy: "Unpack it first (lz4 -d)." },
  {
    magic: [0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50],
    what: "packed with Snappy",
    remedy: "Unpack it first, or write the table as Parquet.",
  },
  {
    magic: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59],
    what: "a NumPy array",
    remedy: "An array has no names: write the table as CSV or Parquet, with a header.",
  },
  {
    magic: [0x46, 0x45, 0x41, 0x31],
    what: "a Feather file of version 1, which nothing writes any more",
    remedy: "Write the table as Parquet, or with to_feather of pandas 1.1 or later.",
  },
  { magic: [0x4f, 0x62, 0x6a, 1], what: "an Avro file", remedy: "Write the table as Parquet or CSV." },
  { magic: [0x4f, 0x52, 0x43], what: "an ORC file", remedy: "Write the table as Parquet or CSV." },
  {
    magic: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65],
    what: "an SQLite database",
    remedy: "Write its table as CSV or Parquet.",
  },
  {
    magic: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    what: "an old Excel workbook, or another file of Microsoft Office's",
    remedy: "Save its sheet as CSV.",
  },
  { magic: [0xff, 0xfe, 0, 0], what: "text in UTF-32", remedy: "Save it as UTF-8." },
  { magic: [0, 0, 0xfe, 0xff], what: "text in UTF-32", remedy: "Save it as UTF-8." },
  { magic: [0x25, 0x50, 0x44, 0x46], what: "a PDF", remedy: "Choose the table itself." },
  { magic: [0x89, 0x50, 0x4e, 0x47], what: "a picture", remedy: "Choose the table itself." },
  { magic: [0xff, 0xd8, 0xff], what: "a picture", remedy: "Choose the table itself." },
  ...[2, 3, 4, 5].map((protocol) => ({
    magic: [0x80, protocol],
    what: "a pickle, which only Python can read",
    remedy: "Write the table with to_parquet or to_csv.",
  })),
];

/** The stranger that a file's first bytes show; null where they may be a table's. `head` is unpacked. */
export function strangerOf(head: Uint8Array): Stranger | null {
  const magic = MAGICS.find((known) => known.magic.every((byte, i) => head[i] === byte));
  if (magic) return { what: magic.what, remedy: magic.remedy };
  if (head.includes(0))
    return isNearlyText(head)
      ? {
          what: "text with zero bytes in it, as no table has",
          remedy:
            "It was probably changed while it was written or copied: get the file again, or remove them.",
        }
      : { what: "a binary file of an unknown kind", remedy: "Write the table as CSV, Parquet or Arrow." };
  return strangeText(new TextDecoder().decode(head));
}

/** Whether hardly a byte is one that texts do not have; zeros behind a text are the room that a program kept for more of it. */
function isNearlyText(head: Uint8Array): boolean {
  const text = head.subarray(0, head.findLastIndex((byte) => byte !== 0) + 1);
  const strange = text.reduce(
    (sum, byte) => (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 ? sum + 1 : sum),
    0,
  );
  return text.includes(10) && strange < 0.05 * text.length;
}

function strangeText(text: string): Stranger | null {
  if (text.startsWith("version https://git-lfs.github.com/spec/"))
    return {
      what: "a Git LFS pointer, not the file itself",
      remedy: "Fetch the file with `git lfs pull`, or download it from the repository's page.",
    };
  if (/^\S*\/?annex\/objects\//.test(text))
    return {
      what: "a git-annex pointer, not the file itself",
      remedy: "Fetch the file with `git annex get`.",
    };
  if (/^\s*<table\b/i.test(text))
    return { what: "a table of HTML", remedy: "Write it as CSV (pandas' read_html, then to_csv)." };
  if (/^\s*(<!doctype html|<!--|<(html|head|body|div|script|meta|title)\b)/i.test(text))
    return {
      what: "an HTML page, not the file itself",
      remedy:
        "It is what a server showed instead of the file, often a page to sign in: download the file again, signed in.",
    };
  if (/^\s*<(\?xml|Error>)/i.test(text))
    return { what: "an XML document", remedy: "If it is a server's answer, download the file again." };
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  // The last line may be cut off.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  const all = (pattern: RegExp) => whole.length > 0 && whole.every((line) => pattern.test(line));
  if (all(/^[-+]?\d+(\.\d+)?(\s+\w+:\w+:[-+\d.eE]+)+\s*$/))
    return {
      what: "in libffm's form (label field:feature:value), which has no columns",
      remedy: "Choose the table that it was made of, as CSV, with a column for each field.",
    };
  if (all(/^[-+]?\d+(\.\d+)?(\s+qid:\d+)?(\s+\d+:[-+\d.eE]+)+\s*(#.*)?$/))
    return {
      what: "in libsvm's form (label index:value), which has no columns",
      remedy: "Choose the table that it was made of, as CSV, with a column for each field.",
    };
  if (whole.some((line) => /^\s*\|?(\s*:?-{3,}:?\s*\|)+(\s*:?-{3,}:?)?\s*$/.test(line)))
    return { what: "a table of Markdown", remedy: "Write it as CSV." };
  if (
    /^\s*(insert\s+into|create\s+(table|database)|drop\s+table|begin\s+transaction|pragma\s)/im.test(text) &&
    /;\s*$/m.test(text)
  )
    return { what: "an SQL script", remedy: "Run it, and write the table as CSV or Parquet." };
  if (
    all(/^[-+\d.]*(\s+[\d.]+)?(\s+'\S+)?\s*\|/) &&
    whole.some((line) => /\|\w* /.test(line) && !/\|.*\|.*\|.*\|.*\|/.test(line))
  )
    return {
      what: "in Vowpal Wabbit's form, which has no columns",
      remedy: "Choose the table that it was made of, as CSV.",
    };
  if (/^\s*@relation\b/i.test(text)) return { what: "an ARFF file", remedy: "Write the table as CSV." };
  if (lines.length > 1 && all(/^\s*\[.*\],?\s*$/))
    return {
      what: "lines of JSON arrays, whose columns have no names",
      remedy: 'Write an object a line (df.to_json(orient="records", lines=True)).',
    };
  if (lines.length > 1 && all(/^\s*\{.*\},\s*$/))
    return {
      what: "lines of JSON records with a comma behind each",
      remedy: "Leave these commas out (sed 's/,$//', for instance, does so).",
    };
  if (lines.length > 1 && all(/^\s*\{\s*'.*\}\s*$/))
    return { what: "lines of Python's dicts", remedy: "Write them with json.dumps, a record a line." };
  if (isJson(text)) {
    const records = /^\s*\[\s*\{/.test(text);
    return records
      ? {
          what: "one JSON array",
          remedy: 'Write a record a line (df.to_json(orient="records", lines=True)).',
        }
      : {
          what: "JSON, and no record a line",
          remedy: "Write a record a line (jq -c, for instance, does so).",
        };
  }
  return null;
}

function isJson(text: string): boolean {
  return /^\s*(\{\s*("|\}|$)|\[\s*([{["\d\]]|$))/.test(text);
}
