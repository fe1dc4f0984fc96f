// Whether text is UTF-8, held as one character a byte as the parsers hold it.

const NOT_ASCII = /[\x80-\xff]/;

/** RFC 3629, section 4: the sequences of more than one byte. */
const SEQUENCES =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}/g;

/** What a decoder writes for bytes that are no text of its encoding: U+FFFD. */
const REPLACED = "\xef\xbf\xbd";

/** Whether a value cannot be shown as it is: it is no UTF-8, or, decoded before, had bytes that its encoding has not. */
export function isBroken(value: string, decoded: boolean): boolean {
  if (!NOT_ASCII.test(value)) return false;
  return (decoded && value.includes(REPLACED)) || NOT_ASCII.test(value.replace(SEQUENCES, ""));
}

/** How many sequences of UTF-8 a text has, and how many bytes outside ASCII are in none; where the first and last of these are. */
export function utf8In(text: string): { sequences: number; strays: number; first: number; last: number } {
  let sequences = 0;
  const rest = text.replace(SEQUENCES, (sequence) => {
    sequences++;
    return " ".repeat(sequence.length);
  });
  const strays = [...rest.matchAll(/[\x80-\xff]/g)].map(({ index }) => index);
  return { sequences, strays: strays.length, first: strays[0] ?? -1, last: strays.at(-1) ?? -1 };
}

/** The text whose bytes are a string's characters; U+FFFD stands for what is no UTF-8. */
export function utf8(bytes: string): string {
  if (!NOT_ASCII.test(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
