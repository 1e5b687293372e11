// What the page knows, kept current by one event stream; and the calls by which a person acts.

export const state = {
  world: "", version: 0, now: new Date(), bot: { id: 0, name: "机器人", username: "" }, hints: [],
  people: new Map(), groups: new Map(), chats: new Map(),
};

// Events: "list" {ids}, "chats" {ids}, "moved" {moved: old group id to new}, "reset" {fresh}, "clock", "answers" {answers}, "link" {up}.
export const changes = new EventTarget();
const tell = (name, detail = {}) => changes.dispatchEvent(new CustomEvent(name, { detail }));

export class Refused extends Error {}

async function call(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused("连不上沙盒，没有发出去");
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok || body === null || body.ok === false) {
    throw new Refused(body?.error || body?.description || `沙盒没有接受（${answer.status}）`);
  }
  return body;
}

export const fetchJson = (path) => call(path);
export const act = (what, values) => call(`/sandbox/${what}`, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(values),
});

export function upload(what, values, files) {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) if (value !== "" && value !== null) form.append(name, String(value));
  for (const [field, file] of files) form.append(field, file, file.name || "photo.jpg");
  return call(`/sandbox/${what}`, { method: "POST", body: form });
}

export const markRead = (chat, message) => call("/page/read", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ chat_id: chat, message_id: message }),
}).catch(() => null); // the counter comes right with the next reading

export const personName = (id) => state.people.get(id)?.name ?? `${id}`;
export const chatName = (id) => state.groups.get(id)?.title ?? personName(id);

function merge(news) {
  const fresh = news.world !== state.world;
  if (fresh || news.full) for (const map of [state.people, state.groups, state.chats]) map.clear();
  state.world = news.world;
  state.version = news.version;
  state.now = new Date(news.now);
  if (news.bot) state.bot = news.bot;
  if (news.hints) state.hints = news.hints;
  for (const person of news.people ?? []) state.people.set(person.id, person);
  for (const group of news.groups ?? []) state.groups.set(group.id, group);
  for (const chat of news.chats ?? []) keepChat(chat);
  const ids = new Set([...(news.people ?? []), ...(news.groups ?? []), ...(news.chats ?? [])].map((one) => one.id));
  for (const [old] of news.moved ?? []) { state.groups.delete(old); state.chats.delete(old); ids.add(old); }
  tell("clock");
  if (fresh || news.full) tell("reset", { fresh });
  else if (ids.size) tell("list", { ids });
  if (news.chats?.length) tell("chats", { ids: new Set(news.chats.map((chat) => chat.id)) });
  if (news.moved?.length && !fresh) tell("moved", { moved: new Map(news.moved) });
  if (news.answers?.length) tell("answers", { answers: news.answers });
}

function keepChat(chat) {
  state.chats.set(chat.id, chat);
  if (!chat.action) return;
  setTimeout(() => {
    if (state.chats.get(chat.id) !== chat) return;
    chat.action = null;
    tell("list", { ids: new Set([chat.id]) });
  }, chat.action.left_s * 1000);
}

// The bot's time as an answer told it, before the stream brings it.
export function setNow(now) {
  state.now = new Date(now);
  tell("clock");
}

let source = null;
let wait = 500;
let timer = 0;

// One stream per page. The browser's own reconnection would ask for the old version again, so it is done here, with back-off.
export function connect() {
  clearTimeout(timer);
  source?.close();
  const stream = new EventSource(`/page/events?world=${encodeURIComponent(state.world)}&since=${state.version}`);
  source = stream;
  stream.onmessage = (event) => {
    wait = 500;
    tell("link", { up: true });
    merge(JSON.parse(event.data));
  };
  stream.onerror = () => {
    stream.close();
    tell("link", { up: false });
    clearTimeout(timer);
    timer = setTimeout(connect, wait + Math.random() * 250);
    wait = Math.min(wait * 2, 10000);
  };
}

addEventListener("online", connect);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
