// A client of the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/), by which WebKitGTK is driven.

/** The key under which the protocol names an element. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export interface WebDriver {
  browserVersion: string;
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** The first element that an XPath finds; null where there is none. */
  find(path: string): Promise<string | null>;
  textOf(element: string): Promise<string>;
  /** Rejects where the element is covered or gone. */
  click(element: string): Promise<void>;
  /** Types; into an input of files, their path. */
  type(element: string, text: string): Promise<void>;
  /** A PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

/** Opens a session at the driver that listens at `address`. Rejects with the driver's words. */
export async function openSession(address: string, capabilities: object): Promise<WebDriver> {
  async function ask<T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T> {
    const answer = await fetch(`${address}/session${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } };
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  const session = await ask<{ sessionId: string; capabilities: Record<string, string> }>("POST", "", {
    capabilities: { alwaysMatch: capabilities },
  });
  const at = `/${session.sessionId}`;

  return {
    browserVersion: session.capabilities.browserVersion!,
    open: (url) => ask("POST", `${at}/url`, { url }),
    reload: () => ask("POST", `${at}/refresh`, {}),
    resize: (width, height) => ask("POST", `${at}/window/rect`, { width, height }),
    async find(value) {
      const found = await ask<Record<string, string>[]>("POST", `${at}/elements`, { using: "xpath", value });
      return found[0]?.[ELEMENT] ?? null;
    },
    textOf: (element) => ask("GET", `${at}/element/${element}/property/textContent`),
    click: (element) => ask("POST", `${at}/element/${element}/click`, {}),
    type: (element, text) => ask("POST", `${at}/element/${element}/value`, { text }),
    screenshot: async () => Buffer.from(await ask<string>("GET", `${at}/screenshot`), "base64"),
    close: () => ask("DELETE", at),
  };
}
