// Why a text is not JSON, in our own words: each engine has a sentence of its own, which quotes the text, binary files too.

/** A clause that begins with "it"; `cause` is what `JSON.parse` threw at `text`. */
export function notJson(text: string, cause: unknown): string {
  if (text.trim() === "") return "it is empty";
  if (/[\0\ufffd]/.test(text)) return "it is not text";
  const { message } = cause as Error;
  const position = /position (\d+)/.exec(message);
  if (/end of (JSON|data)|unterminated|EOF/i.test(message) || Number(position?.[1]) >= text.trimEnd().length)
    return "it is JSON that breaks off";
  const place =
    /line (\d+) column (\d+)/.exec(message)?.slice(1) ?? (position && placeOf(text, Number(position[1])));
  return place ? `it is not JSON at line ${place[0]}, column ${place[1]}` : "it is not JSON";
}

function placeOf(text: string, position: number): [line: number, column: number] {
  const lines = text.slice(0, position).split("\n");
  return [lines.length, lines.at(-1)!.length + 1];
}
