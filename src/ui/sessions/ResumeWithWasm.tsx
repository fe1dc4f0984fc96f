import { Button } from "@mantine/core";
import { useStudio } from "../StudioContext.tsx";
import { useSessions } from "./useSessions.ts";

/** The way on from a GPU that was lost too often. */
export function ResumeWithWasm() {
  const { sessions } = useStudio();
  const offer = useSessions(({ offers }) => offers[0] ?? null);
  const busy = useSessions((state) => state.busy);
  if (!offer) return null;
  return (
    <Button
      color="red"
      loading={busy !== null}
      onClick={() => void sessions.resume(offer.run.runId, { backend: "wasm", cause: "device-lost" })}
    >
      Resume with WASM
    </Button>
  );
}
