// Why a browser did not do something, in our own words: its sentences are for programmers, and each browser has others.

const REASONS: Record<string, string> = {
  NotFoundError: "it is not there any more",
  NotReadableError: "it changed or was moved since it was chosen, or may not be read",
  NotAllowedError: "the browser was not allowed to",
  SecurityError: "the browser does not allow it here",
  NoModificationAllowedError: "another tab is using it",
  InvalidStateError: "it is being changed by something else",
  TypeMismatchError: "a file and a folder have the same name there",
  QuotaExceededError: "there is no space for it",
  AbortError: "it was stopped",
  EncodingError: "its name is too long, or is none that the browser takes",
};

/** Completes "x could not be read: …", whatever was thrown. */
export function browserReason(cause: unknown): string {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  return (
    REASONS[name] ?? `the browser does not say why${name === "" || name === "Error" ? "" : ` (${name})`}`
  );
}

/** The same of an address: a page learns next to nothing of a server that does not answer. */
export function networkReason(cause: unknown): string {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  return name === "TypeError"
    ? "its server did not answer, or does not let this page read it"
    : browserReason(cause);
}
