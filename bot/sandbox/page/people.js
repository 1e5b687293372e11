// The list of people and groups: who one can be, the last line of each conversation, what is unread.

import { avatar, h, icon, notice, roundButton, sheet } from "./dom.js";
import { act, changes, state } from "./store.js";
import { listTime } from "./times.js";

const rows = new Map();
let openChats = new Set();
let open = () => {};
let drawn = false;

export function startList(onOpen) {
  open = onOpen;
  document.getElementById("find").addEventListener("input", draw);
  document.getElementById("add-person").addEventListener("click", addPerson);
  document.getElementById("add-group").addEventListener("click", addGroup);
  document.getElementById("rows").addEventListener("keydown", walk);
  changes.addEventListener("list", (event) => { for (const id of event.detail.ids) rows.get(id)?.forget(); later(); });
  changes.addEventListener("reset", () => { for (const row of rows.values()) row.forget(); later(); });
}

export function markOpen(chats) {
  openChats = new Set(chats);
  for (const [id, row] of rows) row.mark(openChats.has(id));
}

function later() {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => { drawn = false; draw(); });
}

function entries() {
  const groups = [...state.groups.values()].map((group) => ({ id: group.id, name: group.title, kind: "group", words: `群 · ${group.members.length} 人` }));
  const people = [...state.people.values()].map((person) => ({ id: person.id, name: person.name, kind: "person", note: person.note, words: "还没有和机器人说过话", off: person.blocked }));
  const recent = (one) => state.chats.get(one.id)?.last?.date ?? 0;
  return [...groups, ...people].sort((a, b) => recent(b) - recent(a) || Math.abs(a.id) - Math.abs(b.id));
}

function draw() {
  const wanted = document.getElementById("find").value.trim().toLowerCase();
  const all = entries();
  const shown = all.filter((one) => `${one.name} ${one.note ?? ""} ${one.id}`.toLowerCase().includes(wanted));
  const list = document.getElementById("rows");
  const known = new Set(all.map((one) => one.id));
  for (const [id, row] of rows) if (!known.has(id)) { row.node.remove(); rows.delete(id); }
  let cursor = list.firstElementChild;
  for (const one of shown) {
    const row = rows.get(one.id) ?? makeRow(one);
    row.update(one);
    if (row.node === cursor) cursor = cursor.nextElementSibling;
    else list.insertBefore(row.node, cursor);
  }
  while (cursor) { const next = cursor.nextElementSibling; cursor.remove(); cursor = next; }
  document.getElementById("rows-none").hidden = shown.length > 0;
  const unread = all.reduce((sum, one) => sum + (state.chats.get(one.id)?.unread ?? 0), 0);
  document.title = unread ? `(${unread}) 自查 · 演示沙盒` : "自查 · 演示沙盒";
}

function makeRow(one) {
  const name = h("b", { class: "row-name" });
  const note = h("small", { class: "row-note" });
  const time = h("time", { class: "row-time" });
  const words = h("span", { class: "row-words" });
  const count = h("span", { class: "count" });
  const main = h("button", { type: "button", class: "row-main", onclick: () => open(one.id, false) },
    avatar(one.id, one.name, one.kind), h("span", { class: "row-text" }, h("span", { class: "row-line" }, name, note, time), h("span", { class: "row-line" }, words, count)));
  const beside = roundButton("split", `并排打开${one.name}`, () => open(one.id, true), { class: "round row-beside" });
  const row = { node: h("li", { dataset: { chat: one.id } }, main, beside), seen: "" };
  row.forget = () => { row.seen = ""; };
  row.mark = (on) => { row.node.classList.toggle("on", on); main.setAttribute("aria-current", on ? "true" : "false"); };
  row.update = (now) => {
    const chat = state.chats.get(now.id);
    const sign = JSON.stringify([now, chat, chat?.last && listTime(new Date(chat.last.date * 1000), state.now)]);
    if (row.seen === sign) return;
    row.seen = sign;
    name.textContent = now.name;
    note.textContent = now.note ?? "";
    time.textContent = chat?.last ? listTime(new Date(chat.last.date * 1000), state.now) : "";
    words.textContent = chat?.action ? "机器人正在输入…" : chat?.last?.text ?? now.words;
    words.classList.toggle("live", Boolean(chat?.action));
    count.textContent = chat?.unread ? (chat.unread > 99 ? "99+" : chat.unread) : "";
    count.setAttribute("aria-label", chat?.unread ? `${chat.unread} 条未读` : "");
    row.node.classList.toggle("off", Boolean(now.off));
  };
  row.mark(openChats.has(one.id));
  rows.set(one.id, row);
  return row;
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const mains = [...document.querySelectorAll(".row-main")];
  mains[mains.indexOf(document.activeElement) + step]?.focus();
  event.preventDefault();
}

async function addPerson() {
  const made = await sheet("添加人员", (close) => {
    const name = h("input", { name: "name", required: true, maxLength: 64, placeholder: "例如：王厂长", autocomplete: "off" });
    const note = h("input", { name: "note", maxLength: 64, placeholder: "例如：示例铝业 · 主要负责人", autocomplete: "off" });
    return h("form", { class: "form", onsubmit: async (event) => {
      event.preventDefault();
      try { close(await act("users", { first_name: name.value.trim(), note: note.value.trim() })); } catch (problem) { notice(problem.message, { kind: "bad" }); }
    } }, h("label", {}, "姓名", name), h("label", {}, "是谁（只给看页面的人看）", note), h("p", { class: "small" }, "这个人会出现在列表里，可以用他的身份和机器人说话。"), h("button", { class: "main-button" }, "添加"));
  });
  if (made) open(made.id, false);
}

async function addGroup() {
  const made = await sheet("新建群", (close) => {
    const title = h("input", { name: "title", required: true, maxLength: 128, placeholder: "例如：一车间安全群", autocomplete: "off" });
    const people = [...state.people.values()].map((person) => h("label", { class: "pick" }, h("input", { type: "checkbox", value: String(person.id) }), avatar(person.id, person.name), person.name));
    return h("form", { class: "form", onsubmit: async (event) => {
      event.preventDefault();
      const members = [...event.target.querySelectorAll("input:checked")].map((box) => Number(box.value));
      if (!members.length) { notice("请至少选一个人"); return; }
      try { close(await act("groups", { title: title.value.trim(), members })); } catch (problem) { notice(problem.message, { kind: "bad" }); }
    } }, h("label", {}, "群名", title), h("fieldset", {}, h("legend", {}, "成员（机器人自动在群里）"), people), h("button", { class: "main-button" }, icon("group"), "建群"));
  });
  if (made) open(made.id, false);
}
