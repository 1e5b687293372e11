// The messages of one conversation on the screen: draws only the difference, keeps the reading position.

import { h, icon, notice } from "./dom.js";
import { blockNode, dayNode, isService, unreadNode } from "./message.js";
import { chatName, state } from "./store.js";
import { dayKey, fromUnix } from "./times.js";

export class Log {
  constructor(pane) {
    this.pane = pane;
    this.messages = new Map();
    this.nodes = new Map();
    this.more = false;
    this.below = 0;
    this.stuck = true;
    this.log = h("div", { class: "log", role: "log", "aria-label": `${chatName(pane.chat)} 的消息`, tabIndex: 0 });
    this.scroll = h("div", { class: "scroll" }, this.log);
    this.news = h("span", { class: "count" });
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd(true) }, icon("down"), h("span", {}, "回到最新"), this.news);
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.watch = new ResizeObserver(() => { if (this.stuck) this.toEnd(false); });
    this.watch.observe(this.scroll);
    this.watch.observe(this.log);
  }

  dispose() { this.watch.disconnect(); }
  clear() { this.messages.clear(); }
  photos() { return this.ordered().filter((message) => message.photo); }
  ordered() { return [...this.messages.values()].sort((a, b) => a.message_id - b.message_id); }
  newest() { return Math.max(0, ...this.messages.keys()); }
  oldest() { return Math.min(...this.messages.keys()); }


  keys() { return this.log.querySelectorAll(".key"); }
  keysOf(id) { return this.log.querySelectorAll(`[data-id="${id}"] .key`); }

  // Messages as they now are; `page.version` marks them as to be drawn again.
  put(page) {
    for (const message of page.messages) {
      message.mark = page.version;
      message.day = dayKey(fromUnix(message.date));
      this.messages.set(message.message_id, message);
    }
  }

  // Older messages above must not move what is being read.
  putAbove(page) {
    const height = this.scroll.scrollHeight;
    this.more = page.more;
    this.put(page);
    this.draw();
    this.scroll.scrollTop += this.scroll.scrollHeight - height;
  }

  blocks() {
    const blocks = [];
    for (const message of this.ordered()) {
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
    const day = (block) => block?.messages[0].day;
    const today = dayKey(state.now);
    if (this.more) nodes.push(this.keep("older", "", () => h("button", { type: "button", class: "older", onclick: () => this.pane.older() }, "更早的消息")));
    blocks.forEach((block, index) => {
      const [before, after] = [blocks[index - 1], blocks[index + 1]];
      const id = block.messages[0].message_id;
      const newDay = day(before) !== day(block);
      if (newDay) nodes.push(this.keep(`day${day(block)}`, today, () => dayNode(block.messages[0].date)));
      const unread = block.messages.some((message) => message.message_id === this.firstUnread);
      if (unread) nodes.push(this.keep("unread", "", unreadNode));
      const run = { opens: newDay || unread || sender(before) !== sender(block), closes: day(after) !== day(block) || sender(after) !== sender(block) };
      const sign = `${run.opens}${run.closes}${this.pane.viewer}${block.messages.map((message) => `${message.message_id}.${message.mark}`)}`;
      nodes.push(this.keep(id, sign, () => blockNode(block.messages, run, this.pane)));
    });
    if (!nodes.length) nodes.push(this.keep("empty", "", () => h("div", { class: "empty" }, h("img", { src: "/page/icon.svg", alt: "", width: 72, height: 72 }), h("p", {}, `这里还没有消息。${this.pane.isGroup ? "" : "点下面的「开始」和机器人打个招呼。"}`))));
    this.place(nodes);
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

  // New messages are followed unless somebody reads further up; the first time the unread ones are shown.
  arrive(messages, { first, mine }) {
    const unread = first && this.log.querySelector(".unread-line");
    if (first || mine || this.stuck) this.toEnd(false); else this.below += messages.length;
    if (unread) unread.scrollIntoView({ block: "start" });
    this.jumpState();
  }

  scrolled() {
    const left = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight;
    this.stuck = left < 60;
    if (this.stuck) { this.below = 0; this.pane.seen(); }
    this.jumpState();
    if (this.more && this.scroll.scrollTop < 200) this.pane.older();
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
    this.pane.seen();
    this.jumpState();
  }

  reveal(id) {
    const node = this.nodes.get(id)?.node ?? this.log.querySelector(`[data-id="${id}"]`);
    if (!node) { notice("那条消息不在屏幕上了"); return; }
    node.scrollIntoView({ block: "center" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 1600);
  }
}
