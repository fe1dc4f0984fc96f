// Lets messages through: work that never leaves the microtask queue would hear neither a pause nor a question whether it
// still lives.

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
// In Node an open port would keep the process alive.
(channel.port1 as unknown as { unref?: () => void }).unref?.();

/** Settles in a later task. Unlike a timer it is not clamped to 4 ms, nor slowed in a hidden tab. */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    (channel.port1 as unknown as { ref?: () => void }).ref?.();
    waiting.push(() => {
      if (waiting.length === 0) (channel.port1 as unknown as { unref?: () => void }).unref?.();
      resolve();
    });
    channel.port2.postMessage(null);
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
