// Reaches the GPU devices that a worker asks for, so that a test can take them away as a driver that is reset does.

import type { Worker } from "playwright-core";

/** Keeps the devices that the worker will ask for. */
export function keepDevices(worker: Worker): Promise<void> {
  return worker.evaluate(() => {
    const kept = self as unknown as { devices?: GPUDevice[] };
    if (kept.devices) return;
    kept.devices = [];
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...given) {
      const device = await request.apply(this, given);
      kept.devices!.push(device);
      return device;
    };
  });
}

/** Destroys the GPU devices that a worker still has; returns how many. For `worker.evaluate`. */
export function destroyDevices(): number {
  const { devices = [] } = self as unknown as { devices?: GPUDevice[] };
  const alive = devices.splice(0);
  for (const device of alive) device.destroy();
  return alive.length;
}
