/** The demo's own patterns, in one script. What is general enough for every site is in the library instead. */
import { Connection } from "./connection.ts";
import { DesktopNotifications } from "./desktop.ts";
import { keepFocus } from "./focus.ts";
import { keepUp } from "./follow.ts";
import { Pages } from "./pages.ts";
import { register } from "./pattern.ts";
import { tickTimes } from "./times.ts";
import { Trail } from "./trail.ts";
import { Uploads } from "./upload/uploads.ts";

register("commons-upload", (form) => {
  if (form instanceof HTMLFormElement) new Uploads(form);
});
register("commons-follow", (form) => {
  if (form instanceof HTMLFormElement) keepUp(form);
});
register("commons-connection", (shown) => {
  const spoken = document.querySelector(".pat-commons-session");
  if (spoken) new Connection(shown, spoken);
});
register("commons-desktop", (button) => {
  new DesktopNotifications(button);
});
register("commons-pages", (viewer) => {
  new Pages(viewer);
});
register("commons-trail", (card) => {
  new Trail(card);
});
tickTimes();
keepFocus();
