// Files that are no tables of clicks, by what they are: each with what to do about it.

/** What a file is, to follow "x is", and what to do. */
export interface Stranger {
  what: string;
  remedy: string;
}

const UNPACK = "Unpack it first.";
const AS_TABLE = "Write the table as CSV or Parquet.";
const SHEET = "Save its sheet as CSV.";
const TABLE_ITSELF = "Choose the table itself.";

/** First bytes, from `at` on where they are not the first: `"…"` of their characters. */
const SIGNATURES: { bytes: string; at?: number; what: string; remedy: string }[] = [
  { bytes: "\xfd7zXZ", what: "packed with xz", remedy: "Unpack it first (xz -d)." },
  { bytes: "\x5d\0\0", what: "packed with LZMA", remedy: "Unpack it first (xz -d)." },
  { bytes: "LZIP", what: "packed with lzip", remedy: "Unpack it first (lzip -d)." },
  { bytes: "\x89LZO\0", what: "packed with LZO", remedy: "Unpack it first (lzop -d)." },
  { bytes: "\x1f\x9d", what: "packed with compress", remedy: "Unpack it first (gzip -d)." },
  { bytes: "\x04\x22\x4d\x18", what: "packed with LZ4", remedy: "Unpack it first (lz4 -d)." },
  { bytes: "\x02\x21\x4c\x18", what: "packed with LZ4", remedy: "Unpack it first (lz4 -d)." },
  {
    bytes: "\xff\x06\0\0sNaP",
    what: "packed with Snappy",
    remedy: "Unpack it first, or write the table as Parquet.",
  },
  ...["\x01", "\x5e", "\x9c", "\xda"].map((level) => ({
    bytes: `\x78${level}`,
    what: "packed with zlib, not gzip",
    remedy: "Unpack it first (Python's zlib.decompress, for instance).",
  })),
  { bytes: "7z\xbc\xaf\x27\x1c", what: "a 7z archive", remedy: "Unpack it first (7z x)." },
  { bytes: "Rar!\x1a\x07", what: "a RAR archive", remedy: UNPACK },
  { bytes: "MSCF\0", what: "a cabinet archive", remedy: UNPACK },
  {
    bytes: "PK\x07\x08",
    what: "the first part of a ZIP archive in several files",
    remedy: "Put its parts together (zip -s 0), or unpack it.",
  },
  {
    bytes: "\x93NUMPY",
    what: "a NumPy array",
    remedy: "An array has no names: write the table as CSV or Parquet, with a header.",
  },
  {
    bytes: "FEA1",
    what: "a Feather file of version 1, which nothing writes any more",
    remedy: "Write the table as Parquet, or with to_feather of pandas 1.1 or later.",
  },
  { bytes: "Obj\x01", what: "an Avro file", remedy: "Write the table as Parquet or CSV." },
  { bytes: "ORC", what: "an ORC file", remedy: "Write the table as Parquet or CSV." },
  {
    bytes: "PARE",
    what: "Parquet with an encrypted footer",
    remedy: "Write the table as Parquet without encryption.",
  },
  { bytes: "SEQ\x06", what: "a Hadoop sequence file", remedy: AS_TABLE },
  { bytes: "RCF\x01", what: "an RCFile of Hive's", remedy: AS_TABLE },
  { bytes: "SQLite", what: "an SQLite database", remedy: "Write its table as CSV or Parquet." },
  { bytes: "DUCK", at: 8, what: "a DuckDB database", remedy: "Write its table with COPY … TO 'x.parquet'." },
  { bytes: "Standard Jet DB", at: 4, what: "an Access database", remedy: "Export its table as CSV." },
  { bytes: "Standard ACE DB", at: 4, what: "an Access database", remedy: "Export its table as CSV." },
  {
    bytes: "PGDMP",
    what: "a dump of PostgreSQL's",
    remedy: "Restore it (pg_restore), and write the table with COPY … TO … CSV HEADER.",
  },
  {
    bytes: "PGCOPY\n\xff",
    what: "a binary copy of PostgreSQL's",
    remedy: "Write the table with COPY … TO … CSV HEADER.",
  },
  {
    bytes: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    what: "an old Excel workbook, or another file of Microsoft Office's",
    remedy: SHEET,
  },
  { bytes: "<stata_dta>", what: "a Stata data set", remedy: "Write it as CSV (export delimited)." },
  ...["\x6e", "\x6f", "\x71", "\x72", "\x73"].flatMap((version) =>
    ["\x01\x01\0", "\x02\x01\0"].map((order) => ({
      bytes: version + order,
      what: "a Stata data set",
      remedy: "Write it as CSV (export delimited).",
    })),
  ),
  {
    bytes: "\xc2\xea\x81\x60\xb3\x14\x11\xcf",
    at: 12,
    what: "a SAS data set",
    remedy: "Write it as CSV (proc export).",
  },
  {
    bytes: "HEADER RECORD*******LIB",
    what: "a SAS transport file",
    remedy: "Write it as CSV (proc export).",
  },
  ...["2", "3"].map((version) => ({
    bytes: `$FL${version}`,
    what: "an SPSS data set",
    remedy: "Write it as CSV (SAVE TRANSLATE).",
  })),
  ...["RDX2\n", "RDX3\n", "RDA2\n", "RDA3\n", "X\n\0\0\0", "A\n2\n", "A\n3\n"].map((bytes) => ({
    bytes,
    what: "a file of R's own",
    remedy: "Write the table with write.csv or data.table's fwrite.",
  })),
  { bytes: "MATLAB 5.0 MAT", what: "a MATLAB file", remedy: "Write the table as CSV (writetable)." },
  { bytes: "CDF\x01", what: "a NetCDF file", remedy: AS_TABLE },
  { bytes: "CDF\x02", what: "a NetCDF file", remedy: AS_TABLE },
  { bytes: "\xff\xfe\0\0", what: "text in UTF-32", remedy: "Save it as UTF-8." },
  { bytes: "\0\0\xfe\xff", what: "text in UTF-32", remedy: "Save it as UTF-8." },
  { bytes: "%PDF", what: "a PDF", remedy: TABLE_ITSELF },
  ...["\x89PNG", "\xff\xd8\xff", "GIF8"].map((bytes) => ({ bytes, what: "a picture", remedy: TABLE_ITSELF })),
  ...["\x7fELF", "MZ\x90\0"].map((bytes) => ({ bytes, what: "a program", remedy: TABLE_ITSELF })),
  {
    bytes: '{"',
    at: 8,
    what: "a file of safetensors: the weights of a model",
    remedy: "Choose the table that it was made for.",
  },
  ...["\x02", "\x03", "\x04", "\x05"].map((protocol) => ({
    bytes: `\x80${protocol}`,
    what: "a pickle, which only Python can read",
    remedy: "Write the table with to_parquet or to_csv.",
  })),
];

/** Whether a file begins so. A text may begin with a word that is another file's signature, as ORCID does. */
function hasSignature(head: Uint8Array, { bytes, at = 0 }: { bytes: string; at?: number }): boolean {
  for (let i = 0; i < bytes.length; i++) if (head[at + i] !== bytes.charCodeAt(i)) return false;
  return (bytes.length > 3 && /\W/.test(bytes)) || head.includes(0) || strangeShare(head) > STRANGE_SHARE;
}

/** The stranger that a file's first bytes show; null where they may be a table's. `head` is unpacked. */
export function strangerOf(head: Uint8Array): Stranger | null {
  const known = SIGNATURES.find((signature) => hasSignature(head, signature));
  if (known) return { what: known.what, remedy: known.remedy };
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
  return text.includes(10) && strangeShare(text) < STRANGE_SHARE;
}

const STRANGE_SHARE = 0.05;

/** The share of bytes that texts do not have. */
function strangeShare(bytes: Uint8Array): number {
  const strange = bytes.reduce(
    (sum, byte) => (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 ? sum + 1 : sum),
    0,
  );
  return strange / bytes.length;
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
  /** Rows without a feature have a label alone. */
  const most = (pattern: RegExp) =>
    all(pattern) && whole.filter((line) => line.includes(":")).length >= 0.5 * whole.length;
  if (most(/^[-+]?\d+(\.\d+)?(\s+\w+:\w+:[-+\d.eE]+)*\s*$/))
    return {
      what: "in libffm's form (label field:feature:value), which has no columns",
      remedy: "Choose the table that it was made of, as CSV, with a column for each field.",
    };
  if (most(/^[-+]?\d+(\.\d+)?(,\d+)*(\s+qid:\d+)?(\s+\d+:[-+\d.eE]+)*\s*(#.*)?$/))
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
    (whole.some((line) => /\|\w* /.test(line) && !/\|.*\|.*\|.*\|.*\|/.test(line)) ||
      all(/^[^|]*(\s*\|[^\s|]+(\s+[^\s|]+)+)+\s*$/))
  )
    return {
      what: "in Vowpal Wabbit's form, which has no columns",
      remedy: "Choose the table that it was made of, as CSV.",
    };
  const namesIn = (line: string) => line.match(/[A-Za-z_][\w.]*(?=[=:][^=:\s])/g) ?? [];
  const names: string[] = whole.length > 1 ? namesIn(whole[1]!) : [];
  if (
    names.length > 1 &&
    all(/^\s*\S*(([\s,;&|]+|^)"?[A-Za-z_][\w.]*"?[=:]("[^"]*"|[^\s,;&|=]*))+\s*$/) &&
    whole.every((line) => namesIn(line).some((name) => names.includes(name)))
  )
    return {
      what: "lines of names with their values (name=value), and no table",
      remedy: "Write the values alone, with the names above them (CSV), or a JSON object a line.",
    };
  if (/^(begin \d{3} \S+|([A-Za-z\d+/]{60,76}\r?\n){3})/.test(text))
    return { what: "a file encoded as text (Base64 or uuencode)", remedy: "Decode it first." };
  if (/^(\(lp\d|\(dp\d|c\w+(\.\w+)*\n\w+\n(p\d|\())/.test(text))
    return {
      what: "a pickle, which only Python can read",
      remedy: "Write the table with to_parquet or to_csv.",
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
  return /^\s*(\{\s*("|\}|$)|\[\s*([{"\d\]]|$|\[\s*[{["\d\]-]))/.test(text);
}
