import { Icon, type IconName } from "../Icon.tsx";
import classes from "./runs.module.css";

interface RowActionProps {
  icon: IconName;
  label: string;
  /** For what is on or off. */
  pressed?: boolean;
  /** For what shows and hides rows. */
  expanded?: boolean;
  disabled?: boolean;
  onClick(): void;
}

/** One thing that can be done with a row of the runs' table. */
export function RowAction({ icon, label, pressed, expanded, disabled, onClick }: RowActionProps) {
  return (
    <button
      type="button"
      className={classes.action}
      data-icon={icon}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
    </button>
  );
}
