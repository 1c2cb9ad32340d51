/** Starts a page that was written to a file. */

import { html, render } from "htm/preact";

import { isIdle, untilIdle } from "trialog/data/activity.js";
import { Announcer } from "trialog/shell/announcer.js";
import { startKeyboard } from "trialog/shell/keyboard.js";
import { startTheme } from "trialog/shell/theme.js";
import { Page } from "trialog/export/page.js";

startTheme();
startKeyboard();
const host = document.getElementById("app");
if (host) {
  render(html`<${Page} /><${Announcer} />`, host);
}
Object.assign(window, { __trialog: { idle: untilIdle, isIdle } });
