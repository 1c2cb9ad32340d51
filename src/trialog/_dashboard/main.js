/** Starts the dashboard: the token out of the address, the theme, the page. */

import { html, render } from "htm/preact";

import { isIdle, untilIdle } from "trialog/data/activity.js";
import { startEvents } from "trialog/data/events.js";
import { takeToken } from "trialog/data/session.js";
import { App } from "trialog/shell/app.js";
import { startKeyboard } from "trialog/shell/keyboard.js";
import { startRouter } from "trialog/shell/router.js";
import { startTheme } from "trialog/shell/theme.js";

takeToken();
startTheme();
startRouter();
startKeyboard();
startEvents();

const host = document.getElementById("app");
if (host) {
  render(html`<${App} />`, host);
}

/** For tests: whether nothing is asked, loaded or drawn any more. */
Object.assign(window, { __trialog: { idle: untilIdle, isIdle } });
