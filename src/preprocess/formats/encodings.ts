/** Encodings that a text may be in, those first that not every text can be read in. */
export const ENCODINGS = ["shift_jis", "gb18030", "big5", "euc-kr", "windows-1252", "windows-1251"];
