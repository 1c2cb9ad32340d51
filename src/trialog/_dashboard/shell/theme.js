/** Light or dark: as the system says, until the user says otherwise. */

import { effect, signal } from "@preact/signals";

const KEY = "trialog.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** @typedef {"system" | "light" | "dark"} Theme */

/** @type {import("@preact/signals").Signal<Theme>} */
export const theme = signal(/** @type {Theme} */ ("system"));

/** Whether the page is dark now. Charts read their colours anew when it changes. */
export const isDark = signal(dark.matches);

/** Follows the system and the user. */
export function startTheme() {
  const kept = localStorage.getItem(KEY);
  theme.value = kept === "light" || kept === "dark" ? kept : "system";
  const systemIsDark = signal(dark.matches);
  dark.addEventListener("change", () => {
    systemIsDark.value = dark.matches;
  });
  effect(() => {
    const isNowDark = theme.value === "system" ? systemIsDark.value : theme.value === "dark";
    document.documentElement.dataset.theme = isNowDark ? "dark" : "light";
    isDark.value = isNowDark;
  });
}

/** @param {Theme} wanted */
export function setTheme(wanted) {
  theme.value = wanted;
  localStorage.setItem(KEY, wanted);
}
