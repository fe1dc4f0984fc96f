// Adam in its two forms (DESIGN section 3), one parameter at a time, in plain tfjs operations.

import * as tf from "@tensorflow/tfjs";
import type { OptimizerConfig } from "./config.ts";

/** Adam's factors at one step: m and v keep a share β of themselves; the update is rate·m/(√(v·secondScale) + ε). */
export interface AdamStep {
  beta1: number;
  beta2: number;
  rate: number;
  /** 1 in the ε-hat form, 1/(1 − β₂ᵗ) in Kingma and Ba's. */
  secondScale: number;
  epsilon: number;
  /** Share of itself that a dense weight loses before the update: learning rate · λ in AdamW, else 0. */
  decay: number;
}

/** Added to the norm in `clipScale`, as PyTorch's clip_grad_norm_ does. */
export const CLIP_EPSILON = 1e-6;

/**
 * What gradients are multiplied by so that their norm, of all of them together, is at most `clipNorm` (Pascanu et al. 2013;
 * PyTorch's clip_grad_norm_, FuxiCTR's max_gradient_norm): min(1, clipNorm/(norm + 1e-6)); 1 where there is no limit.
 */
export function clipScale({ clipNorm }: OptimizerConfig, norm: number): number {
  return clipNorm === 0 ? 1 : Math.min(1, clipNorm / (norm + CLIP_EPSILON));
}

/**
 * The factors of step t (1 for the first).
 * ε-hat (MindSpore, TensorFlow): lr·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε). Else (Kingma and Ba 2015, Algorithm 1; PyTorch):
 * lr/(1−β₁ᵗ) · m/(√(v/(1−β₂ᵗ)) + ε). Powers by multiplication, as Math.pow differs between engines.
 */
export function adamStep(optimizer: OptimizerConfig, learningRate: number, t: number): AdamStep {
  const { beta1, beta2, epsilon, epsilonHat } = optimizer;
  const decay = optimizer.kind === "adamw" ? learningRate * optimizer.weightDecay : 0;
  let power1 = 1;
  let power2 = 1;
  for (let i = 0; i < t && (power1 > 0 || power2 > 0); i++) {
    power1 *= beta1;
    power2 *= beta2;
  }
  const rate = learningRate / (1 - power1);
  return epsilonHat
    ? { beta1, beta2, epsilon, decay, rate: rate * Math.sqrt(1 - power2), secondScale: 1 }
    : { beta1, beta2, epsilon, decay, rate, secondScale: 1 / (1 - power2) };
}

/** New parameter and moments for a gradient; disposes nothing. */
export function adamUpdate(
  { beta1, beta2, rate, secondScale, epsilon }: AdamStep,
  parameter: tf.Tensor,
  gradient: tf.Tensor,
  first: tf.Tensor,
  second: tf.Tensor,
): { parameter: tf.Tensor; first: tf.Tensor; second: tf.Tensor } {
  const m = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
  const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const change = tf.div(tf.mul(m, rate), tf.add(tf.sqrt(tf.mul(v, secondScale)), epsilon));
  return { parameter: tf.sub(parameter, change), first: m, second: v };
}
