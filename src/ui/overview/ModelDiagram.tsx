import type { CSSProperties, ReactNode } from "react";
import type { Config, FinalBranch } from "../../model/config.ts";
import type { BranchDraft, Draft, UnitDraft } from "../../store/configuration/draft.ts";
import { Card } from "../Card.tsx";
import { count } from "../format.ts";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./overview.module.css";

const FUSION_TEXTS: Record<Config["fusion"], string> = {
  mean: "mean of the logits",
  gate: "learned gate",
  sum: "sum of the logits",
};

/** The configured model as boxes, from the embedding through the branches to the fused output. */
export function ModelDiagram() {
  const draft = useStudioState((state) => state.configuration.draft);
  const fields = useStudioState(({ dataset }) => dataset?.summary.columns.length ?? null);
  const { branches, embeddingDim, fusion, distillationWeight } = draft;
  const width = fields !== null && typeof embeddingDim === "number" ? fields * embeddingDim : null;
  return (
    <Card title="The model" className={classes.card}>
      <div className={classes.diagram}>
        <Box name="Embedding">
          {fields ?? "?"} fields × {embeddingDim}
          {width !== null && <> = {count(width)}</>}
        </Box>
        <Arrow />
        <ol className={classes.branches}>
          {branches.map((branch, b) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: branches have no name but their number
            <BranchRow key={b} branch={branch} number={b + 1} />
          ))}
        </ol>
        {branches.length > 1 && (
          <>
            <Arrow />
            <Box name="Fusion" tone="var(--fused)">
              {FUSION_TEXTS[fusion]}
            </Box>
          </>
        )}
        <Arrow />
        <Box name="Click probability" tone="var(--fused)">
          σ(logit)
        </Box>
      </div>
      <p className={classes.note}>
        {branches.length > 1
          ? distillationWeight === 0
            ? "Clicks teach the fused output; the branches learn through it alone."
            : `Clicks teach the fused output, and the fused output teaches each branch (weight ${distillationWeight}).`
          : "One branch: there is nothing to fuse and nothing to distil."}
      </p>
    </Card>
  );
}

function BranchRow({ branch, number }: { branch: BranchDraft; number: number }) {
  const tone = `var(--branch-${number - 1})`;
  return (
    <li className={classes.branch}>
      <span className={classes.branchName} style={{ color: tone }}>
        Branch {number}
      </span>
      {branch.kind === "final" && <UnitBoxes branch={branch} tone={tone} />}
      {branch.kind === "cross" && (
        <>
          <Box name={`Cross · ${branch.layers} ${branch.layers === 1 ? "layer" : "layers"}`} tone={tone}>
            x₀ ⊙ (x·W + b) + x
          </Box>
          <Arrow />
        </>
      )}
      {(branch.kind === "linear" || branch.kind === "fm") && (
        <Box name="Linear" tone={tone}>
          one weight a value
        </Box>
      )}
      {branch.kind === "fm" && (
        <>
          <Plus />
          <Box name="Pairs" tone={tone}>
            Σ ⟨eᵢ, eⱼ⟩
          </Box>
        </>
      )}
      {(branch.kind === "final" || branch.kind === "cross") && (
        <Box name="Head" tone={tone}>
          1 logit
        </Box>
      )}
    </li>
  );
}

function UnitBoxes({ branch, tone }: { branch: Draft<FinalBranch>; tone: string }) {
  return (
    <>
      {branch.featureGating && (
        <>
          <Box name="Feature gating" tone={tone}>
            [e, e ⊙ g]
          </Box>
          <Arrow />
        </>
      )}
      {branch.units.map((unit, u) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: units have no name but their place
        <span className={classes.step} key={u}>
          <Box name={`Unit ${u + 1} · ${unit.size}`} tone={tone}>
            <UnitText unit={unit} />
          </Box>
          <Arrow />
        </span>
      ))}
    </>
  );
}

function Plus() {
  return (
    <span className={classes.arrow} aria-hidden="true">
      +
    </span>
  );
}

function UnitText({ unit }: { unit: UnitDraft }) {
  const { order, interaction, gate, activation, batchNorm, dropout } = unit;
  const after = [
    batchNorm && "batch norm",
    activation !== "linear" && activation,
    dropout !== 0 && `dropout ${dropout}`,
  ].filter(Boolean);
  return (
    <>
      {order === 1 ? "dense" : `order ${order}, ${interaction}, ${gate}`}
      {after.length > 0 && <br />}
      {after.join(", ")}
    </>
  );
}

function Box({ name, tone, children }: { name: string; tone?: string; children: ReactNode }) {
  return (
    <span className={classes.box} style={tone ? ({ "--tone": tone } as CSSProperties) : undefined}>
      <strong>{name}</strong>
      <span>{children}</span>
    </span>
  );
}

function Arrow() {
  return (
    <svg className={classes.arrow} width="18" height="10" viewBox="0 0 18 10" aria-hidden="true">
      <path d="M0 5h15M11 1l4 4-4 4" fill="none" stroke="currentColor" />
    </svg>
  );
}
