// What only a fault of ours can break.

/** Closes a switch over a union: a case left out does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case ${JSON.stringify(value)}`);
}
