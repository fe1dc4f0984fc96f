// What the page notes for the next visit, as JSON in the browser's local storage.

/** Private windows and full storages refuse: it then lasts as long as the page. */
export function note(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing is lost but this.
  }
}

/** What `read` makes of what was noted; `otherwise` where nothing was, and where `read` throws, as it is another version's. */
export function noted<T, O>(key: string, read: (value: unknown) => T, otherwise: O): T | O {
  try {
    const text = localStorage.getItem(key);
    return text === null ? otherwise : read(JSON.parse(text));
  } catch {
    return otherwise;
  }
}
