// Mantine's theme, made compact: the studio is a tool with many small controls.

import { createTheme } from "@mantine/core";

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Helvetica, Arial, sans-serif';

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 8 },
  defaultRadius: "md",
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: { fontFamily: FONT, fontWeight: "600" },
  // Whoever asked for less motion gets none.
  respectReducedMotion: true,
  components: {
    // What is pressed is at least 24 pixels in both directions, WCAG 2.2's least target.
    Button: {
      defaultProps: { size: "xs", variant: "default" },
      styles: { root: { minHeight: 24, minWidth: 24 } },
    },
    ActionIcon: { styles: { root: { minHeight: 24, minWidth: 24 } } },
    Alert: { defaultProps: { variant: "light", closeButtonLabel: "Dismiss" } },
    Progress: { defaultProps: { transitionDuration: 0 } },
    CloseButton: { styles: { root: { minHeight: 24, minWidth: 24 } } },
    InputWrapper: {
      styles: {
        label: { fontWeight: 400, fontSize: 12, color: "var(--mantine-color-dimmed)" },
        description: { fontSize: 12 },
      },
    },
    // A list is made when it is opened: each else takes its part of the time to load.
    Combobox: { defaultProps: { keepMounted: false } },
    Select: { defaultProps: { size: "xs", allowDeselect: false, checkIconPosition: "right" } },
    TextInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Switch: {
      defaultProps: { size: "xs" },
      styles: { body: { alignItems: "center" }, label: { lineHeight: "24px" } },
    },
    Checkbox: { styles: { body: { alignItems: "center" }, label: { lineHeight: "24px" } } },
    Slider: {
      styles: {
        // Drawn smaller than it is.
        thumb: {
          width: 24,
          height: 24,
          borderWidth: 5,
          borderColor: "transparent",
          backgroundClip: "padding-box",
          backgroundColor: "var(--mantine-primary-color-filled)",
        },
      },
    },
    Badge: { styles: { label: { fontSize: 12, lineHeight: 1.3 } } },
    SegmentedControl: { defaultProps: { size: "xs" }, styles: { label: { minHeight: 24 } } },
    Modal: {
      defaultProps: { transitionProps: { duration: 0 }, closeButtonProps: { "aria-label": "Close" } },
    },
    // Its own <header> would be a second banner of the page.
    ModalHeader: { defaultProps: { component: "div" } },
    // Its placeholder for the first focus is no child that a menu may have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, transitionProps: { duration: 0 } } },
    Popover: { defaultProps: { transitionProps: { duration: 0 } } },
    // What scrolls must be reachable by keyboard.
    TableScrollContainer: { defaultProps: { type: "native", tabIndex: 0 } },
    Tooltip: {
      defaultProps: {
        transitionProps: { duration: 0 },
        withArrow: true,
        multiline: true,
        maw: 280,
        openDelay: 300,
        // With the keyboard's focus too; at a touch the control already does what it is for.
        events: { hover: true, focus: true, touch: false },
      },
    },
  },
});
