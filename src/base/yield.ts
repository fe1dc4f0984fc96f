// Lets messages through: work that never leaves the microtask queue would receive neither a pause nor a question whether it
// still lives.

/** Node's: its ports deliver a thousand messages before anything else runs. */
const { setImmediate } = globalThis as { setImmediate?: (settle: () => void) => void };
const channel = setImmediate ? null : new MessageChannel();
const waiting: (() => void)[] = [];
if (channel) channel.port1.onmessage = () => waiting.shift()?.();

/** Settles in a later task. Unlike a timer it is not clamped to 4 ms, nor slowed in a hidden tab. */
export function yieldToMessages(): Promise<void> {
  return new Promise((settle) => {
    if (setImmediate) return setImmediate(settle);
    waiting.push(settle);
    channel!.port2.postMessage(null);
  });
}

const BREATH_MS = 50;

/** The items of `items`; messages are let through between them, about twenty times a second. */
export async function* unhurried<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  let breathed = performance.now();
  for await (const item of items) {
    if (performance.now() - breathed > BREATH_MS) {
      await yieldToMessages();
      breathed = performance.now();
    }
    yield item;
  }
}
