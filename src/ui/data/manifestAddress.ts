import { problem } from "../../base/problem.ts";
import { err, ok, type Result } from "../../base/result.ts";

/**
 * The address of a manifest that a person typed on the page at `base`: that of its folder will do, and on the page's own
 * server the host may be left out.
 */
export function manifestAddress(typed: string, base: string): Result<string> {
  const address = typed.trim();
  // What begins otherwise would pass for a path on this page's server, or "localhost:" for a scheme.
  if (!/^(https?:\/\/|\.{0,2}\/)/i.test(address) || !URL.canParse(address, base))
    return err(problem("address-incomplete", { address }));
  const url = new URL(address, base);
  if (url.pathname.endsWith("/")) url.pathname += "manifest.json";
  return ok(url.href);
}
