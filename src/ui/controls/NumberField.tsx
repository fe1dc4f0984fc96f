import { TextInput } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { setting } from "../format.ts";
import { controlId, useFault } from "./fault.ts";
import { useDraftValue } from "./useDraftValue.ts";
import { useFieldLabel } from "./useFieldLabel.ts";

interface NumberInputProps {
  id: string;
  label: string;
  value: number | string;
  error?: string | null;
  description?: string;
  disabled?: boolean;
  /** What ↑ and ↓ add; none for numbers that are changed by factors. */
  step?: number;
  /** A dialog that opens puts the focus here. */
  focusFirst?: boolean;
  labelProps?: { className: string };
  "aria-description"?: string;
  onChange(value: number | string): void;
}

/** A number as text, so that 8e-5 can be typed. What is not a number is passed on as it was typed. */
export function NumberInput({
  id,
  label,
  value,
  error,
  description,
  disabled,
  step,
  focusFirst,
  labelProps,
  "aria-description": ariaDescription,
  onChange,
}: NumberInputProps) {
  // While it is being typed the text stays as it is: "1." would else lose its point.
  const [typed, setTyped] = useState<string | null>(null);
  function change(text: string): void {
    setTyped(text);
    const number = Number(text);
    onChange(text.trim() === "" || !Number.isFinite(number) ? text : number);
  }
  function onKeyDown(event: KeyboardEvent): void {
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (!step || direction === 0 || typeof value !== "number") return;
    event.preventDefault();
    setTyped(null);
    onChange(Math.max(0, Math.round((value + direction * step) / step) * step));
  }
  return (
    <TextInput
      id={id}
      label={label}
      {...(labelProps && { labelProps })}
      aria-description={ariaDescription}
      description={description}
      value={typed ?? (typeof value === "number" ? setting(value) : value)}
      error={error}
      disabled={disabled}
      data-autofocus={focusFirst || undefined}
      inputMode="decimal"
      autoComplete="off"
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={() => setTyped(null)}
      onKeyDown={onKeyDown}
    />
  );
}

/** The configuration's number at `path`. */
export function NumberField({
  path,
  ...props
}: { path: string } & Pick<NumberInputProps, "label" | "description" | "step">) {
  const [value, change] = useDraftValue<number | string>(path);
  return (
    <NumberInput
      {...props}
      {...useFieldLabel(path)}
      id={controlId(path)}
      value={value}
      error={useFault(path)}
      onChange={change}
    />
  );
}
