// The factorised interaction of a unit (DESIGN section 3) and its gradient, in one pass each. z is cut into K blocks of
// columns z₀ … z_{K−1}, `blockPanels` panels each; B rows.

import { apply, slope4 } from "./functions";
import { ROW } from "./matrix";

// The interaction's place in the configuration's list.
const CASCADE = 0;
const SUM = 1;

/** y from z; z_k becomes σ(z_k) for k ≥ 1, which is all that the gradient needs. concat has K blocks in y, else one. */
export function interact(
  B: i32,
  blockPanels: i32,
  K: i32,
  interaction: i32,
  gate: i32,
  z: usize,
  zPanel: usize,
  y: usize,
  yPanel: usize,
): void {
  const block = <usize>blockPanels * zPanel;
  const yBlock = <usize>blockPanels * yPanel;
  const end = <usize>B * ROW;
  for (let panel = 0; panel < blockPanels; panel++) {
    const zp = z + <usize>panel * zPanel;
    const yp = y + <usize>panel * yPanel;
    for (let k = 1; k < K; k++) apply(zp + <usize>k * block, zp + <usize>k * block + end, gate);
    for (let at: usize = 0; at < end; at += 16) {
      let h = v128.load(zp + at);
      let sum = h;
      if (interaction > SUM) v128.store(yp + at, h);
      for (let k = 1; k < K; k++) {
        const gated = f32x4.mul(h, v128.load(zp + <usize>k * block + at));
        if (interaction === CASCADE) {
          h = f32x4.add(h, gated);
        } else {
          h = gated;
          if (interaction === SUM) sum = f32x4.add(sum, h);
          else v128.store(yp + <usize>k * yBlock + at, h);
        }
      }
      if (interaction === CASCADE) v128.store(yp + at, h);
      if (interaction === SUM) v128.store(yp + at, sum);
    }
  }
}

/** dz from dy, in z's place. `scratch` holds K − 1 vectors: h₀ … h_{K−2} of the four numbers under way. */
export function interactBackward(
  B: i32,
  blockPanels: i32,
  K: i32,
  interaction: i32,
  gate: i32,
  dy: usize,
  dyPanel: usize,
  z: usize,
  zPanel: usize,
  scratch: usize,
): void {
  const block = <usize>blockPanels * zPanel;
  const dyBlock = interaction > SUM ? <usize>blockPanels * dyPanel : 0;
  const end = <usize>B * ROW;
  for (let panel = 0; panel < blockPanels; panel++) {
    const zp = z + <usize>panel * zPanel;
    const dyp = dy + <usize>panel * dyPanel;
    for (let at: usize = 0; at < end; at += 16) {
      let h = v128.load(zp + at);
      for (let k = 1; k < K; k++) {
        v128.store(scratch + ((<usize>(k - 1)) << 4), h);
        const gated = f32x4.mul(h, v128.load(zp + <usize>k * block + at));
        h = interaction === CASCADE ? f32x4.add(h, gated) : gated;
      }
      // dh is the gradient of h_k. In sum and concat, h_k reaches y directly and through h_{k+1}.
      let dh = v128.load(dyp + <usize>(K - 1) * dyBlock + at);
      for (let k = K - 1; k > 0; k--) {
        const zk = zp + <usize>k * block + at;
        const s = v128.load(zk);
        const before = v128.load(scratch + ((<usize>(k - 1)) << 4));
        v128.store(zk, f32x4.mul(f32x4.mul(dh, before), slope4(s, gate)));
        const through = f32x4.mul(dh, s);
        dh = f32x4.add(
          interaction === CASCADE ? dh : v128.load(dyp + <usize>(k - 1) * dyBlock + at),
          through,
        );
      }
      v128.store(zp + at, dh);
    }
  }
}
