// What a small screen must not do to a page: cut things off, make text too small to read or targets too small to press.

import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Of text and of what is pressed (WCAG 2.2, 2.5.8), in pixels. */
const LEAST_TEXT = 12;
const LEAST_TARGET = 24;

/** Fails with what is wider than the page, too small to read, or too small to press, once the page has taken its size. */
export async function expectNothingCut(page: Page, where: string): Promise<void> {
  const nothing = { cut: [], small: [], narrow: [] };
  await expect
    .poll(() => page.evaluate(faultsOf, { text: LEAST_TEXT, target: LEAST_TARGET }), { message: where })
    .toEqual(nothing);
}

/** Runs in the page. */
function faultsOf(least: { text: number; target: number }) {
  const { clientWidth } = document.documentElement;
  const isSeen = (element: Element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.getBoundingClientRect().width > 1;
  const hasText = (element: Element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
  const scrollsInside = (element: Element): boolean => {
    const parent = element.parentElement;
    return (
      parent !== null && (/auto|scroll/.test(getComputedStyle(parent).overflowX) || scrollsInside(parent))
    );
  };
  const named = (element: Element) =>
    `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent!.trim().slice(0, 60)}`;
  // A word of a sentence may be as high as its line, a word may be short; a box is pressed by its label too.
  const isTooSmall = (element: Element) => {
    if (hasText(element.parentElement!)) return false;
    const label = (element as HTMLInputElement).labels?.[0];
    const sides = [element, ...(label ? [label] : [])].map((one) => one.getBoundingClientRect());
    const isWord = getComputedStyle(element).display === "inline";
    return !sides.some(
      ({ width, height }) => (isWord ? height : Math.min(width, height)) > least.target - 0.5,
    );
  };
  const elements = [...document.querySelectorAll("header *, main *")].filter(isSeen);
  return {
    cut: elements
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .filter((element) => !scrollsInside(element))
      .map(named),
    small: elements
      .filter(hasText)
      .filter((element) => Number.parseFloat(getComputedStyle(element).fontSize) < least.text)
      .map(named),
    narrow: elements
      .filter((element) => element.matches("button, a[href], input, select, summary, [role=tab]"))
      .filter(isTooSmall)
      .map(named),
  };
}
