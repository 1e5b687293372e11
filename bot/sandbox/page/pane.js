// One open conversation: a person's phone. Pulls what changed since the version it shows, draws only the difference.

import { avatar, h, icon, notice, roundButton, sheet } from "./dom.js";
import { copy, startPayload } from "./entities.js";
import { blockNode, dayNode, fromBot, isService, unreadNode } from "./message.js";
import { act, changes, chatName, fetchJson, markRead, personName, state } from "./store.js";
import { dayKey, fromUnix } from "./times.js";
import { Composer } from "./composer.js";
import { openViewer } from "./viewer.js";

const PAGE = 80;
const viewers = new Map();

export class Pane {
  constructor(chat, shell) {
    this.chat = chat;
    this.shell = shell;
    this.messages = new Map();
    this.nodes = new Map();
    this.presses = new Map();
    this.answered = new Set();
    this.shown = new Set();
    this.version = 0;
    this.more = false;
    this.below = 0;
    this.stuck = true;
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
    this.log = h("div", { class: "log", role: "log", "aria-label": "消息", tabIndex: 0 });
    this.scroll = h("div", { class: "scroll" }, this.log);
    this.news = h("span", { class: "count" });
    this.jump = h("button", { type: "button", class: "jump", hidden: true, "aria-label": "回到最新", onclick: () => this.toEnd(true) }, icon("down"), h("span", {}, "回到最新"), this.news);
    this.toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    this.typing = h("div", { class: "typing", hidden: true, role: "status" }, h("i"), h("i"), h("i"), h("span", {}, ""));
    this.composer = new Composer(this);
    this.el.append(
      h("header", { class: "pane-head" }, roundButton("back", "返回列表", () => this.shell.back(), { class: "round pane-back" }), this.face,
        h("div", { class: "pane-title" }, this.title, this.subtitle),
        roundButton("clock", "机器人的时间", () => this.shell.clock(), { class: "round only-phone" }),
        roundButton("more", "更多", () => this.menu()),
        roundButton("close", "关闭这个对话", () => this.shell.close(this), { class: "round pane-close" })),
      h("div", { class: "pane-body" }, this.scroll, this.jump, this.toasts), this.typing, this.composer.el);
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.watch = new ResizeObserver(() => { if (this.stuck) this.toEnd(false); });
    this.watch.observe(this.scroll);
    this.watch.observe(this.log);
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
    this.watch.disconnect();
    clearTimeout(this.actionTimer);
    this.el.remove();
  }

  head() {
    const name = chatName(this.chat);
    const group = state.groups.get(this.chat);
    this.face.replaceChildren(avatar(this.chat, name, group ? "group" : "person"));
    this.title.textContent = name;
    if (!group) {
      const blocked = state.people.get(this.chat)?.blocked;
      this.subtitle.textContent = blocked ? "已停用机器人，收不到消息" : `正在和「${state.bot.name}」对话`;
      return;
    }
    const choose = h("select", { "aria-label": "以谁的身份发言", onchange: () => { viewers.set(this.chat, Number(choose.value)); this.forget(); this.pull(true); } },
      group.members.map((id) => h("option", { value: String(id), selected: id === this.viewer }, personName(id))));
    this.subtitle.replaceChildren(`${group.members.length} 人 · 我是 `, choose);
  }

  forget() {
    this.messages.clear();
    this.version = 0;
    this.presses.clear();
    this.firstUnread = undefined;
  }

  // One pull at a time; a change that arrives meanwhile causes exactly one more.
  async pull(all = false) {
    if (this.pulling) { this.again = true; this.all ||= all; return; }
    this.pulling = true;
    try {
      const from = this.messages.size && !all ? `&since=${this.version}&from=${this.oldest()}` : `&limit=${PAGE}`;
      this.take(await fetchJson(`/page/chats/${this.chat}?viewer=${this.viewer}${from}`));
    } catch (problem) {
      if (!this.messages.size) notice(problem.message, { kind: "bad" });
    } finally {
      this.pulling = false;
    }
    if (this.again) { const next = this.all; this.again = this.all = false; await this.pull(next); }
  }

  oldest() { return Math.min(...this.messages.keys()); }

  take(news) {
    const first = this.version === 0;
    if (news.world !== state.world || !news.changes) this.messages.clear();
    if (first) {
      this.firstUnread = news.unread ? news.messages.find((message) => message.message_id > news.read && fromBot(message))?.message_id : undefined;
      this.more = news.more;
    }
    const newest = Math.max(0, ...this.messages.keys());
    for (const id of news.deleted) this.messages.delete(id);
    let arrived = 0;
    let mine = false;
    for (const message of news.messages) {
      message.mark = news.version;
      if (message.message_id > newest && !this.messages.has(message.message_id)) {
        if (message.from?.id === this.viewer) mine = true; else arrived += 1;
      }
      this.messages.set(message.message_id, message);
    }
    this.version = news.version;
    for (const id of news.answered) { this.answered.add(id); this.presses.delete(id); }
    for (const press of news.pending) this.presses.set(press.id, press);
    this.draw();
    if (first || mine || this.stuck) this.toEnd(false); else this.below += arrived;
    if (first && this.firstUnread) this.log.querySelector(".unread-line")?.scrollIntoView({ block: "center" });
    this.composer.equip(news);
    this.act(news.action);
    this.seen();
    this.jumpState();
  }

  act(action) {
    const words = { typing: "正在输入", upload_photo: "正在发送照片", upload_document: "正在发送文件", record_voice: "正在录音", upload_voice: "正在发送语音", upload_video: "正在发送视频", find_location: "正在查找位置" };
    clearTimeout(this.actionTimer);
    this.typing.hidden = !action;
    if (!action) return;
    this.typing.lastChild.textContent = `${state.bot.name}${words[action.action] ?? "正在处理"}`;
    this.actionTimer = setTimeout(() => { this.typing.hidden = true; }, action.left_s * 1000);
  }

  blocks() {
    const ordered = [...this.messages.values()].sort((a, b) => a.message_id - b.message_id);
    const blocks = [];
    for (const message of ordered) {
      const last = blocks[blocks.length - 1];
      const album = message.media_group_id && last?.messages[0].media_group_id === message.media_group_id;
      if (album) last.messages.push(message); else blocks.push({ messages: [message] });
    }
    return blocks;
  }

  draw() {
    const nodes = [];
    const blocks = this.blocks();
    const sender = (block) => (block && !isService(block.messages[0]) ? block.messages[0].from?.id ?? 0 : null);
    const day = (block) => block && dayKey(fromUnix(block.messages[0].date));
    if (this.more) nodes.push(this.keep("older", "", () => h("button", { type: "button", class: "older", onclick: () => this.older() }, "更早的消息")));
    blocks.forEach((block, index) => {
      const [before, after] = [blocks[index - 1], blocks[index + 1]];
      const id = block.messages[0].message_id;
      const newDay = day(before) !== day(block);
      if (newDay) nodes.push(this.keep(`day${day(block)}`, dayKey(state.now), () => dayNode(block.messages[0].date)));
      const unread = block.messages.some((message) => message.message_id === this.firstUnread);
      if (unread) nodes.push(this.keep("unread", "", unreadNode));
      const run = { opens: newDay || unread || sender(before) !== sender(block), closes: day(after) !== day(block) || sender(after) !== sender(block) };
      const sign = `${run.opens}${run.closes}${this.viewer}${block.messages.map((message) => `${message.message_id}.${message.mark}`)}`;
      nodes.push(this.keep(id, sign, () => blockNode(block.messages, run, this)));
    });
    if (!nodes.length) nodes.push(this.keep("empty", "", () => h("div", { class: "empty" }, h("img", { src: "/page/icon.svg", alt: "", width: 72, height: 72 }), h("p", {}, `这里还没有消息。${this.isGroup ? "" : "点下面的「开始」和机器人打个招呼。"}`))));
    this.place(nodes);
    this.showPresses();
  }

  keep(key, sign, make) {
    const known = this.nodes.get(key);
    if (known?.sign === sign) return [key, known];
    return [key, { sign, node: make(), replaces: known?.node }];
  }

  place(wanted) {
    const fresh = new Map(wanted);
    const focused = this.log.contains(document.activeElement) ? document.activeElement : null;
    for (const [key, { node }] of this.nodes) if (fresh.get(key)?.node !== node && !fresh.get(key)?.replaces) node.remove();
    let cursor = this.log.firstChild;
    for (const [, entry] of fresh) {
      if (entry.replaces) {
        const next = entry.replaces === cursor ? cursor.nextSibling : cursor;
        entry.replaces.replaceWith(entry.node);
        if (entry.replaces.contains(focused)) this.refocus(entry.node, focused);
        entry.replaces = null;
        cursor = next;
        if (entry.node.nextSibling === cursor) continue;
      }
      if (entry.node === cursor) cursor = cursor.nextSibling;
      else this.log.insertBefore(entry.node, cursor);
    }
    this.nodes = fresh;
  }

  // A card edited in place must not take the keyboard's place away from the person.
  refocus(node, old) {
    const same = old.dataset.press && [...node.querySelectorAll(".key")].find((key) => key.dataset.press === old.dataset.press);
    (same || node.querySelector(".key") || this.log).focus({ preventScroll: true });
  }

  async older() {
    const first = this.oldest();
    if (this.fetching) return;
    this.fetching = true;
    try {
      const page = await fetchJson(`/page/chats/${this.chat}?viewer=${this.viewer}&before=${first}&limit=${PAGE}`);
      const height = this.scroll.scrollHeight;
      this.more = page.more;
      for (const message of page.messages) { message.mark = page.version; this.messages.set(message.message_id, message); }
      this.draw();
      this.scroll.scrollTop += this.scroll.scrollHeight - height;
    } catch (problem) {
      notice(problem.message, { kind: "bad" });
    } finally {
      this.fetching = false;
    }
  }

  scrolled() {
    const left = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight;
    this.stuck = left < 60;
    if (this.stuck) { this.below = 0; this.seen(); }
    this.jumpState();
    if (this.more && this.scroll.scrollTop < 200 && this.version) this.older();
  }

  jumpState() {
    this.jump.hidden = this.stuck;
    this.news.textContent = this.below || "";
  }

  toEnd(smooth) {
    this.stuck = true;
    this.below = 0;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
    this.seen();
    this.jumpState();
  }

  // Unread counts end when the newest message is on a visible screen.
  seen() {
    if (!this.stuck || document.hidden || !this.messages.size || !state.chats.get(this.chat)?.unread) return;
    const newest = Math.max(...this.messages.keys());
    if (this.told === newest) return;
    this.told = newest;
    markRead(this.chat, newest);
  }

  reveal(id) {
    const node = this.nodes.get(id)?.node ?? this.log.querySelector(`[data-id="${id}"]`);
    if (!node) { notice("那条消息不在屏幕上了"); return; }
    node.scrollIntoView({ block: "center" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 1600);
  }

  showPhoto(id) { openViewer(this.blocks().flatMap((block) => block.messages).filter((message) => message.photo), id, this); }

  toast(text, bad = false) {
    const node = h("div", { class: bad ? "toast bad" : "toast" }, text);
    this.toasts.append(node);
    setTimeout(() => node.remove(), 3500);
  }

  async say(text, extra = {}) {
    try {
      await act("send", { chat_id: this.chat, user_id: this.viewer, text, ...extra });
      return true;
    } catch (problem) {
      this.toast(problem.message, true);
      return false;
    }
  }

  async start(payload) {
    try {
      await act("start", { user_id: this.viewer, payload });
    } catch (problem) {
      this.toast(problem.message, true);
    }
  }

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
    try {
      const made = await act("press", { user_id: this.viewer, chat_id: this.chat, message_id: message.message_id, button: button.callback_data });
      if (!this.answered.has(made.callback_query_id)) this.presses.set(made.callback_query_id, press);
    } catch (problem) {
      this.toast(problem.message, true);
    }
    this.presses.delete(key);
    this.showPresses();
  }

  showPresses() {
    for (const node of this.log.querySelectorAll(".key[aria-busy]")) node.removeAttribute("aria-busy");
    for (const { message_id: id, data } of this.presses.values()) {
      for (const node of this.log.querySelectorAll(`[data-id="${id}"] .key`)) if (node.dataset.press === data) node.setAttribute("aria-busy", "true");
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
        person ? item("close", person.blocked ? "重新启用机器人" : "停用机器人（收不到它的消息）", () => this.block(!person.blocked)) : null);
    });
  }

  async block(blocked) {
    try {
      await act("block", { user_id: this.chat, blocked });
    } catch (problem) {
      this.toast(problem.message, true);
    }
  }
}
