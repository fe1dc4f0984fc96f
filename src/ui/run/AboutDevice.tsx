import { ActionIcon, Button, Popover, Text, Tooltip } from "@mantine/core";
import { Suspense, useState } from "react";
import { engineText } from "../../engine/engine.ts";
import type { TrainerRequests } from "../../train/requests.ts";
import { bytes, count } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { loadLater } from "../loadLater.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { adapterName } from "./BackendReason.tsx";
import classes from "./run.module.css";

const DeviceCheck = loadLater(async () => (await import("../device/DeviceCheck.tsx")).DeviceCheck);

/** What this device can do, and what the worker holds at this moment. */
export function AboutDevice() {
  const studio = useStudio();
  const backends = useStudioState((state) => state.backends);
  const engine = useStudioState(({ run }) => run?.engine ?? null);
  const [memory, setMemory] = useState<TrainerRequests["memory"]["output"] | null>(null);
  const [opened, setOpened] = useState(false);
  const [checking, setChecking] = useState(false);
  function change(open: boolean): void {
    setOpened(open);
    if (open) void studio.memory().then(setMemory);
  }
  return (
    <>
      <Popover opened={opened} onChange={change} position="bottom-end" width={320} shadow="md" trapFocus>
        <Popover.Target>
          <Tooltip label="About this device" disabled={opened}>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label="About this device"
              disabled={!backends}
              onClick={() => change(!opened)}
            >
              <Icon name="device" />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown aria-label="About this device">
          <Text size="sm" fw={600} mb={6}>
            About this device
          </Text>
          {backends && (
            <dl className={classes.about}>
              <dt>GPU adapter</dt>
              <dd>
                {backends.adapter
                  ? `${adapterName(backends.adapter)}${backends.adapter.isFallback ? " (computes on the CPU)" : ""}`
                  : "none"}
              </dd>
              <dt>Backends</dt>
              <dd>{backends.available.join(", ")}</dd>
              <dt>Threads for WASM</dt>
              <dd>{backends.sharedMemory ? "allowed" : "one: this page gets no shared memory"}</dd>
              {engine && (
                <>
                  <dt>Engine of the run</dt>
                  <dd>{engineText(engine)}</dd>
                </>
              )}
              {memory && (
                <>
                  <dt>Tensors alive</dt>
                  <dd data-testid="tensors" data-value={memory.tensors}>
                    {count(memory.tensors)}
                  </dd>
                  <dt>Their memory</dt>
                  <dd data-testid="tensor-bytes" data-value={memory.bytes}>
                    {bytes(memory.bytes)}
                  </dd>
                  {memory.wasmHeapBytes > 0 && (
                    <>
                      <dt>Heap of WASM</dt>
                      <dd data-testid="wasm-heap" data-value={memory.wasmHeapBytes}>
                        {bytes(memory.wasmHeapBytes)}
                      </dd>
                    </>
                  )}
                </>
              )}
            </dl>
          )}
          <Button
            mt="sm"
            fullWidth
            onClick={() => {
              setOpened(false);
              setChecking(true);
            }}
          >
            Check this device
          </Button>
        </Popover.Dropdown>
      </Popover>
      {checking && (
        <Suspense>
          <DeviceCheck opened onClose={() => setChecking(false)} />
        </Suspense>
      )}
    </>
  );
}
