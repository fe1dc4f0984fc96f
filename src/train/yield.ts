// Lets messages through: a step on WASM never leaves the microtask queue, so a pause would not be heard.

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
