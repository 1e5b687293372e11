// The page: list beside one or two conversations, the address in the URL's hash, theme and first steps.

import { h, notice } from "./dom.js";
import { hintsNode, openClock, openHints, startClock } from "./clock.js";
import { act, changes, connect, state } from "./store.js";
import { markOpen, startList } from "./people.js";
import { Pane } from "./pane.js";

const app = document.querySelector(".app");
const holder = document.getElementById("panes");
const wide = matchMedia("(min-width: 1080px)");
const narrow = matchMedia("(max-width: 719px)");
let panes = [];

const shell = {
  back: () => { if (history.state?.opened) history.back(); else show([]); },
  close: (pane) => show(panes.filter((other) => other !== pane).map((other) => other.chat)),
  clock: openClock,
  start: async (user, payload) => {
    openChat(user, wide.matches);
    try { await act("start", { user_id: user, payload }); } catch (problem) { notice(problem.message, { kind: "bad" }); }
  },
};

const known = (id) => state.people.has(id) || state.groups.has(id);
const wanted = () => location.hash.replace(/^#\/?/, "").split(",").map(Number).filter((id) => id && known(id)).slice(0, wide.matches ? 2 : 1);

function openChat(id, beside) {
  const open = panes.map((pane) => pane.chat);
  if (open.includes(id)) { panes.find((pane) => pane.chat === id).composer.field.focus({ preventScroll: true }); return; }
  const chats = beside && wide.matches && open.length ? [open[0], id] : [id, ...(wide.matches ? open.slice(1) : [])];
  show(chats, true);
}

function show(chats, opened = false) {
  const hash = chats.length ? `#/${chats.join(",")}` : "";
  if (location.hash !== hash) {
    const phoneStep = narrow.matches && opened && !panes.length;
    history[phoneStep ? "pushState" : "replaceState"](phoneStep ? { opened: true } : history.state, "", `${location.pathname}${hash}`);
  }
  draw(chats);
}

function draw(chats) {
  const next = chats.map((id) => panes.find((pane) => pane.chat === id) ?? new Pane(id, shell));
  for (const pane of panes) if (!next.includes(pane)) pane.dispose();
  panes = next;
  holder.querySelector(".welcome")?.remove();
  for (const pane of panes) if (!pane.el.isConnected) holder.append(pane.el);
  panes.forEach((pane, index) => { if (holder.children[index] !== pane.el) holder.insertBefore(pane.el, holder.children[index]); });
  if (!panes.length) holder.append(welcome());
  app.dataset.view = panes.length ? "chat" : "list";
  app.dataset.panes = panes.length;
  markOpen(panes.map((pane) => pane.chat));
  if (!narrow.matches && matchMedia("(pointer: fine)").matches) panes[panes.length - 1]?.composer.field.focus({ preventScroll: true });
}

function welcome() {
  return h("section", { class: "welcome" }, h("img", { src: "/page/icon.svg", alt: "", width: 84, height: 84 }), h("h2", {}, "从哪里开始"), hintsNode(openChat),
    h("p", { class: "small" }, "这里是本机沙盒：没有人能从外面看到，里面的人和企业都是示例。"));
}

// `?as=<user id>&start=<payload>` opens a phone and presses the link there, once.
function arrive() {
  const query = new URLSearchParams(location.search);
  const user = Number(query.get("as"));
  if (!user) { draw(wanted()); return; }
  history.replaceState(null, "", location.pathname);
  if (!known(user)) { draw([]); notice(`没有编号为 ${user} 的人`, { kind: "bad" }); return; }
  show([user]);
  if (query.has("start")) panes[0].start(query.get("start"));
}

function theme() {
  const button = document.getElementById("theme");
  const set = (value) => { if (value) document.documentElement.dataset.theme = value; };
  set(localStorage.getItem("theme"));
  button.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    set(dark ? "light" : "dark");
    localStorage.setItem("theme", dark ? "light" : "dark");
  });
}

let arrived = false;
changes.addEventListener("reset", () => {
  if (!arrived) { arrived = true; arrive(); return; }
  if (panes.some((pane) => !known(pane.chat))) show(panes.map((pane) => pane.chat).filter(known));
  if (!panes.length) draw([]);
});
changes.addEventListener("moved", ({ detail: { moved } }) => {
  if (panes.some((pane) => moved.has(pane.chat))) show(panes.map((pane) => moved.get(pane.chat) ?? pane.chat).filter(known));
});
changes.addEventListener("link", (event) => { document.getElementById("offline").hidden = event.detail.up; });
addEventListener("popstate", () => draw(wanted()));
addEventListener("visibilitychange", () => panes.forEach((pane) => pane.seen()));
wide.addEventListener("change", () => { if (!wide.matches && panes.length > 1) show([panes[panes.length - 1].chat]); });

// A phone shows the list first, so the first steps need a way in; once seen it goes.
function firstSteps() {
  const button = document.getElementById("first");
  button.hidden = localStorage.getItem("seen") !== null;
  const show = () => {
    localStorage.setItem("seen", "1");
    button.hidden = true;
    openHints(openChat);
  };
  button.addEventListener("click", show);
  document.getElementById("help").addEventListener("click", show);
}

theme();
firstSteps();
startClock();
startList(openChat);
connect();
