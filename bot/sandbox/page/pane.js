// One open conversation: a person's phone. Pulls what changed since the version it shows, draws only the difference.

import { avatar, h, icon, notice, roundButton, sheet } from "./dom.js";
import { copy, startPayload } from "./entities.js";
import { fromBot } from "./message.js";
import { act, changes, chatName, fetchJson, markRead, personName, state } from "./store.js";
import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { openViewer } from "./viewer.js";

const PAGE = 80;
const viewers = new Map();

export class Pane {
  constructor(chat, shell) {
    this.chat = chat;
    this.shell = shell;
    this.presses = new Map();
    this.answered = new Set();
    this.shown = new Set();
    this.version = 0;
    this.el = h("section", { class: "pane", "aria-label": `${chatName(chat)} 的对话` });
    this.build();
    this.pull(true);
  }

  get isGroup() { return state.groups.has(this.chat); }
  get viewer() {
    if (!this.isGroup) return this.chat;
    const { members } = state.groups.get(this.chat);
    const chosen = viewers.get(this.chat);
    return members.includes(chosen) ? chosen : members[0];
  }

  build() {
    this.title = h("h2");
    this.subtitle = h("p");
    this.face = h("span");
    this.log = new Log(this);
    this.toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    this.typing = h("div", { class: "typing", hidden: true, role: "status" }, h("i"), h("i"), h("i"), h("span", {}, ""));
    this.composer = new Composer(this);
    this.el.append(
      h("header", { class: "pane-head" }, roundButton("back", "返回列表", () => this.shell.back(), { class: "round pane-back" }), this.face,
        h("div", { class: "pane-title" }, this.title, this.subtitle),
        roundButton("clock", "机器人的时间", () => this.shell.clock(), { class: "round only-phone" }),
        roundButton("more", "更多", () => this.menu()),
        roundButton("close", "关闭这个对话", () => this.shell.close(this), { class: "round pane-close" })),
      h("div", { class: "pane-body" }, this.log.scroll, this.log.jump, this.toasts), this.typing, this.composer.el);
    this.abort = new AbortController();
    const on = (name, react) => changes.addEventListener(name, (event) => react(event.detail), { signal: this.abort.signal });
    on("chats", ({ ids }) => { if (ids.has(this.chat)) this.pull(); });
    on("list", ({ ids }) => { if (ids.has(this.chat)) this.head(); });
    on("reset", ({ fresh }) => { this.head(); if (fresh) this.forget(); this.pull(fresh); });
    on("answers", ({ answers }) => answers.forEach((answer) => this.answer(answer)));
    this.composer.dropOn(this.el);
    this.head();
  }

  dispose() {
    this.abort.abort();
    this.log.dispose();
    clearTimeout(this.actionTimer);
    this.el.remove();
  }

  head() {
    const name = chatName(this.chat);
    const group = state.groups.get(this.chat);
    this.face.replaceChildren(avatar(this.chat, name, group ? "group" : "person"));
    this.title.textContent = name;
    if (!group) {
      const { blocked, note } = state.people.get(this.chat) ?? {};
      this.subtitle.textContent = blocked ? "已停用机器人，收不到消息" : note || `正在和「${state.bot.name}」对话`;
      return;
    }
    const choose = h("select", { "aria-label": "以谁的身份发言", onchange: () => { viewers.set(this.chat, Number(choose.value)); this.forget(); this.pull(true); } },
      group.members.map((id) => h("option", { value: String(id), selected: id === this.viewer }, personName(id))));
    this.subtitle.replaceChildren(`${group.members.length} 人 · 我是 `, choose);
  }

  forget() {
    this.log.clear();
    this.version = 0;
    this.presses.clear();
    this.log.firstUnread = undefined;
  }

  // One pull at a time; a change that arrives meanwhile causes exactly one more.
  async pull(all = false) {
    if (this.pulling) { this.again = true; this.all ||= all; return; }
    this.pulling = true;
    try {
      const from = this.log.messages.size && !all ? `&since=${this.version}&from=${this.log.oldest()}` : `&limit=${PAGE}`;
      this.take(await fetchJson(`/page/chats/${this.chat}?viewer=${this.viewer}${from}`));
    } catch (problem) {
      if (!this.log.messages.size) notice(problem.message, { kind: "bad" });
    } finally {
      this.pulling = false;
    }
    if (this.again) { const next = this.all; this.again = this.all = false; await this.pull(next); }
  }

  take(news) {
    const first = this.version === 0;
    const newest = this.log.newest();
    if (!news.changes) this.log.clear();
    if (first) this.begin(news);
    for (const id of news.deleted) this.log.messages.delete(id);
    this.log.put(news);
    this.version = news.version;
    for (const id of news.answered) { this.answered.add(id); this.presses.delete(id); }
    for (const press of news.pending) this.presses.set(press.id, press);
    this.log.draw();
    this.showPresses();
    const arrived = news.messages.filter((message) => message.message_id > newest);
    this.log.arrive(arrived, { first, mine: arrived.some((message) => message.from?.id === this.viewer) });
    this.composer.equip(news);
    this.act(news.action);
    this.seen();
  }

  begin(news) {
    const unread = news.unread ? news.messages.filter(fromBot).slice(-news.unread) : [];
    this.log.firstUnread = unread[0]?.message_id;
    this.log.more = news.more;
  }

  act(action) {
    const words = { typing: "正在输入", upload_photo: "正在发送照片", upload_document: "正在发送文件", record_voice: "正在录音", upload_voice: "正在发送语音", upload_video: "正在发送视频", find_location: "正在查找位置" };
    clearTimeout(this.actionTimer);
    this.typing.hidden = !action;
    if (!action) return;
    this.typing.lastChild.textContent = `${state.bot.name}${words[action.action] ?? "正在处理"}`;
    this.actionTimer = setTimeout(() => { this.typing.hidden = true; }, action.left_s * 1000);
  }

  async older() {
    if (this.fetching || !this.version) return;
    this.fetching = true;
    try {
      this.log.putAbove(await fetchJson(`/page/chats/${this.chat}?viewer=${this.viewer}&before=${this.log.oldest()}&limit=${PAGE}`));
      this.showPresses();
    } catch (problem) {
      notice(problem.message, { kind: "bad" });
    } finally {
      this.fetching = false;
    }
  }

  // Unread counts end when the newest message is on a visible screen.
  seen() {
    if (!this.log.stuck || document.hidden || !state.chats.get(this.chat)?.unread) return;
    const newest = this.log.newest();
    if (this.told === newest) return;
    this.told = newest;
    markRead(this.chat, newest);
  }

  reveal(id) { this.log.reveal(id); }
  showPhoto(id) { openViewer(this.log.photos(), id, this); }

  toast(text, bad = false) {
    const node = h("div", { class: bad ? "toast bad" : "toast" }, text);
    this.toasts.append(node);
    setTimeout(() => node.remove(), 3500);
  }

  // Does something as this person; when it fails the reason is shown and false returned.
  async do(what, values) {
    try {
      return await act(what, { user_id: this.viewer, ...values });
    } catch (problem) {
      this.toast(problem.message, true);
      return false;
    }
  }

  say(text, extra = {}) { return this.do("send", { chat_id: this.chat, text, ...extra }); }
  start(payload) { return this.do("start", { payload }); }
  contact() { return this.do("contact", { chat_id: this.chat }); }

  // Links that start this bot act here; all others open elsewhere.
  follow(url) {
    const payload = startPayload(url, state.bot.username);
    if (payload === null) return false;
    if (this.isGroup) this.shell.start(this.viewer, payload); else this.start(payload);
    return true;
  }

  async pressInline(message, button) {
    if (button.url) { this.follow(button.url); return; }
    if (button.copy_text) { copy(button.copy_text.text); return; }
    if (button.callback_data === undefined) { this.toast("这种按钮在沙盒里用不了", true); return; }
    const press = { message_id: message.message_id, data: button.callback_data };
    if ([...this.presses.values()].some((other) => other.message_id === press.message_id && other.data === press.data)) return;
    const key = Symbol("press");
    this.presses.set(key, press);
    this.showPresses();
    const made = await this.do("press", { chat_id: this.chat, ...press, button: press.data });
    if (made && !this.answered.has(made.callback_query_id)) this.presses.set(made.callback_query_id, press);
    this.presses.delete(key);
    this.showPresses();
  }

  showPresses() {
    for (const node of this.log.keys()) node.removeAttribute("aria-busy");
    for (const { message_id: id, data } of this.presses.values()) {
      for (const node of this.log.keysOf(id)) if (node.dataset.press === data) node.setAttribute("aria-busy", "true");
    }
  }

  answer({ id, user_id: user, chat_id: chat, text, show_alert: alert, url }) {
    if (chat !== this.chat || user !== this.viewer || this.shown.has(id)) return;
    this.shown.add(id);
    this.answered.add(id);
    this.presses.delete(id);
    this.showPresses();
    if (url && !this.follow(url)) open(url, "_blank", "noopener");
    if (text && alert) sheet(state.bot.name, (close) => h("div", { class: "form" }, h("p", { class: "alert-text" }, text), h("button", { type: "button", class: "main-button", autofocus: true, onclick: () => close() }, "好的")));
    else if (text) this.toast(text);
  }

  menu() {
    const person = state.people.get(this.chat);
    const commands = this.composer.commands;
    sheet(chatName(this.chat), (close) => {
      const item = (sign, words, act_) => h("button", { type: "button", class: "menu-item", onclick: () => { close(); act_(); } }, icon(sign), h("span", {}, words));
      return h("div", { class: "menu" },
        h("p", { class: "small" }, `编号 ${this.chat}${person?.username ? ` · @${person.username}` : ""}`),
        commands.map((command) => item("next", `/${command.command}　${command.description}`, () => this.say(`/${command.command}`))),
        item("copy", "复制本人链接", () => copy(`${location.origin}/?as=${this.viewer}`)),
        person ? item("close", person.blocked ? "重新启用机器人" : "停用机器人（收不到它的消息）", () => this.do("block", { blocked: !person.blocked })) : null);
    });
  }
}
