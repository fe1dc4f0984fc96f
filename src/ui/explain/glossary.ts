// Every term of the page in one plain sentence or two, at the place where it stands and in the glossary.

import { FIGURE_TERMS } from "./figureTerms.ts";
import { MODEL_TERMS } from "./modelTerms.ts";

export interface Entry {
  name: string;
  /** For a reader who has never met it. */
  meaning: string;
  /** Where it comes from. */
  source?: { title: string; href: string };
}

const GLOSSARY = { ...MODEL_TERMS, ...FIGURE_TERMS };

export type TermName = keyof typeof GLOSSARY;

/** One entry, in its general form. */
export function entryOf(name: TermName): Entry {
  return GLOSSARY[name];
}

/** What a term means, in a sentence or two. */
export function meaningOf(name: TermName): string {
  return entryOf(name).meaning;
}

/** All of them, by name. */
export function termNames(): TermName[] {
  return (Object.keys(GLOSSARY) as TermName[]).sort((a, b) => entryOf(a).name.localeCompare(entryOf(b).name));
}
