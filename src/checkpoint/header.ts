// The JSON header of a safetensors file, read by a grammar of its own: JSON.parse keeps the last of two equal names and
// builds whatever a hostile file nests, while this knows exactly what may stand there and nothing more.

/** One tensor as the header lists it; offsets count from the end of the header. */
export interface HeaderEntry {
  dtype: string;
  shape: number[];
  start: number;
  end: number;
}

export interface Header {
  metadata: Map<string, string>;
  entries: Map<string, HeaderEntry>;
}

/** Parses `{"__metadata__": {name: text}, name: {"dtype", "shape", "data_offsets"}}`. Throws a SyntaxError. */
export function parseHeader(text: string): Header {
  const scanner = createScanner(text);
  let metadata: Header["metadata"] | null = null;
  const entries: Header["entries"] = new Map();
  scanner.object((name) => {
    if (name === "__metadata__") {
      if (metadata) throw new SyntaxError("it has two sections of metadata");
      metadata = parseMetadata(scanner);
    } else {
      if (entries.has(name)) throw new SyntaxError(`it has two tensors named "${name}"`);
      entries.set(name, parseEntry(scanner, name));
    }
  });
  scanner.end();
  return { metadata: metadata ?? new Map(), entries };
}

function parseMetadata(scanner: Scanner): Map<string, string> {
  const metadata = new Map<string, string>();
  scanner.object((key) => {
    if (metadata.has(key)) throw new SyntaxError(`its metadata has two values of "${key}"`);
    metadata.set(key, scanner.string());
  });
  return metadata;
}

function parseEntry(scanner: Scanner, name: string): HeaderEntry {
  let dtype: string | null = null;
  let shape: number[] | null = null;
  let offsets: number[] | null = null;
  scanner.object((key) => {
    if (key === "dtype" && dtype === null) dtype = scanner.string();
    else if (key === "shape" && shape === null) shape = scanner.integers();
    else if (key === "data_offsets" && offsets === null) offsets = scanner.integers();
    else throw new SyntaxError(`tensor "${name}" has an unknown or repeated field "${key}"`);
  });
  const [start, end, ...rest] = offsets ?? [];
  if (dtype === null || shape === null || start === undefined || end === undefined || rest.length > 0)
    throw new SyntaxError(`tensor "${name}" lacks its dtype, shape or two offsets`);
  return { dtype, shape, start, end };
}

interface Scanner {
  /** Reads an object; `member` is called at each value, and must read it. */
  object(member: (key: string) => void): void;
  string(): string;
  /** An array of whole numbers ≥ 0. */
  integers(): number[];
  /** Only blanks may follow. */
  end(): void;
}

function createScanner(text: string): Scanner {
  let at = 0;

  function skipBlanks(): void {
    while (at < text.length && " \n\r\t".includes(text[at]!)) at++;
  }
  function accept(character: string): boolean {
    skipBlanks();
    if (text[at] !== character) return false;
    at++;
    return true;
  }
  function expect(character: string): void {
    if (!accept(character)) throw new SyntaxError(`its header has no "${character}" at character ${at}`);
  }
  function string(): string {
    expect('"');
    const start = at - 1;
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    expect('"');
    return JSON.parse(text.slice(start, at)) as string;
  }
  function integer(): number {
    skipBlanks();
    const start = at;
    while (at < text.length && text[at]! >= "0" && text[at]! <= "9") at++;
    const digits = text.slice(start, at);
    const value = Number(digits);
    if (!/^(0|[1-9]\d{0,15})$/.test(digits) || !Number.isSafeInteger(value))
      throw new SyntaxError(`its header has no whole number at character ${start}`);
    return value;
  }
  /** What `item` reads, between brackets and commas. */
  function list(open: string, close: string, item: () => void): void {
    expect(open);
    if (accept(close)) return;
    do item();
    while (accept(","));
    expect(close);
  }

  return {
    object(member) {
      list("{", "}", () => {
        const key = string();
        expect(":");
        member(key);
      });
    },
    string,
    integers() {
      const values: number[] = [];
      list("[", "]", () => values.push(integer()));
      return values;
    },
    end() {
      skipBlanks();
      if (at < text.length) throw new SyntaxError(`its header continues after its end, at character ${at}`);
    },
  };
}
