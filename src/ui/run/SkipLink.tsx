import classes from "./run.module.css";

/** The id of the run's buttons, which the keyboard comes to at once. */
export const RUN_BUTTONS = "run-buttons";

/** Leads the keyboard past the settings; seen while it has the focus, which Tab gives it first. */
export function SkipLink() {
  return (
    <a
      className={classes.skip}
      href={`#${RUN_BUTTONS}`}
      onClick={(event) => {
        // The part of the address behind # is the tab's.
        event.preventDefault();
        document.getElementById(RUN_BUTTONS)?.focus();
      }}
    >
      Skip to training
    </a>
  );
}
