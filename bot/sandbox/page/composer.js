// What a person says: words, commands, reply keyboard, photos and files with a caption. Nothing typed is lost when sending fails.

import { busy, fileSize, h, icon, roundButton } from "./dom.js";
import { preview, senderName } from "./message.js";
import { state, upload } from "./store.js";

const drafts = new Map();
const ALBUM = 10;

export class Composer {
  constructor(pane) {
    this.pane = pane;
    this.commands = [];
    this.files = drafts.get(pane.chat)?.files ?? [];
    this.keyboardShown = true;
    this.build();
  }

  build() {
    this.field = h("textarea", { rows: 1, placeholder: "说点什么", "aria-label": "消息", enterKeyHint: "send", value: drafts.get(this.pane.chat)?.text ?? "" });
    this.picker = h("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabIndex: -1, onchange: () => { this.add([...this.picker.files]); this.picker.value = ""; } });
    this.quoteWords = h("span");
    this.quote = h("div", { class: "quoting", hidden: true }, icon("reply"), this.quoteWords, roundButton("close", "不回复了", () => this.answer(null)));
    this.tray = h("div", { class: "tray", hidden: true });
    this.list = h("div", { class: "commands", role: "listbox", "aria-label": "命令", hidden: true });
    this.slash = h("button", { type: "button", class: "round slash", title: "命令", "aria-label": "命令", hidden: true, onclick: () => this.toggleCommands() }, "/");
    this.keysButton = roundButton("keys", "键盘", () => this.toggleKeyboard(), { hidden: true });
    this.sendButton = h("button", { type: "submit", class: "round send", title: "发送", "aria-label": "发送" }, icon("send"));
    this.keyboard = h("div", { class: "keyboard", role: "group", "aria-label": "快捷键盘", hidden: true });
    this.startButton = h("button", { type: "button", class: "main-button start", onclick: () => this.pane.start("") }, "开始");
    this.form = h("form", { class: "say", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.slash, roundButton("attach", "照片和文件", () => this.picker.click()), this.picker, this.field, this.keysButton, this.sendButton);
    this.startLine = h("div", { class: "start-line", hidden: true }, this.startButton);
    this.el = h("footer", { class: "composer" }, this.list, this.quote, this.tray, this.form, this.startLine, this.keyboard);
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("paste", (event) => { const files = [...event.clipboardData.files]; if (files.length) { event.preventDefault(); this.add(files); } });
    this.el.addEventListener("keydown", (event) => this.walkCommands(event));
    this.showFiles();
    requestAnimationFrame(() => this.grow());
  }

  // The state that came with the messages: commands, the reply keyboard in force, whether the person has begun at all.
  equip({ commands, keyboard, started }) {
    this.commands = commands;
    this.slash.hidden = !commands.length;
    this.form.hidden = !started;
    this.startLine.hidden = started;
    const sign = JSON.stringify(keyboard);
    if (sign === this.keyboardSign) return;
    this.keyboardSign = sign;
    const rows = keyboard?.markup.keyboard ?? [];
    this.oneTime = Boolean(keyboard?.markup.one_time_keyboard);
    this.keyboard.replaceChildren(...rows.map((row) => h("div", { class: "key-row" }, row.map((button) => this.replyKey(button)))));
    this.field.placeholder = keyboard?.markup.input_field_placeholder || "说点什么";
    this.keysButton.hidden = !rows.length;
    this.keyboardShown = rows.length > 0;
    this.keyboard.hidden = !this.keyboardShown;
    if (keyboard?.markup.force_reply) this.answer(this.pane.log.messages.get(keyboard.message_id));
  }

  // What the next words answer to; null for nothing.
  answer(message) {
    this.replyTo = message ?? null;
    this.quote.hidden = !message;
    if (!message) return;
    this.quoteWords.textContent = `回复 ${senderName(message.from)}：${preview(message).slice(0, 60)}`;
    this.field.focus();
  }

  replyKey(button) {
    const words = typeof button === "string" ? button : button.text;
    const sign = button.request_location ? icon("place") : button.request_contact ? icon("person") : null;
    return h("button", { type: "button", class: "key", onclick: () => this.reply(words, button) }, h("span", {}, words), sign);
  }

  async reply(words, button) {
    if (button.request_location) { this.pane.toast("沙盒里没有位置，请改用文字", true); return; }
    const sent = await (button.request_contact ? this.pane.contact() : this.pane.say(words));
    if (sent && this.oneTime) this.toggleKeyboard(false);
  }

  toggleKeyboard(shown = !this.keyboardShown) {
    this.keyboardShown = shown;
    this.keyboard.hidden = !shown;
  }

  typed() {
    this.grow();
    this.keep();
    const words = this.field.value;
    if (/^\/\w*$/.test(words)) this.showCommands(words.slice(1)); else this.list.hidden = true;
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 160)}px`;
    this.sendButton.classList.toggle("ready", Boolean(this.field.value.trim() || this.files.length));
  }

  keep() { drafts.set(this.pane.chat, { text: this.field.value, files: this.files }); }

  key(event) {
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !touch) {
      event.preventDefault();
      this.send();
    }
    if (event.key === "Escape") this.list.hidden = true;
    if (event.key === "ArrowUp" && !this.list.hidden) { event.preventDefault(); this.list.lastElementChild?.focus(); }
  }

  toggleCommands() {
    if (this.list.hidden) { this.showCommands(""); this.list.firstElementChild?.focus(); } else this.list.hidden = true;
  }

  showCommands(begin) {
    const shown = this.commands.filter((command) => command.command.startsWith(begin));
    this.list.replaceChildren(...shown.map((command) => h("button", { type: "button", role: "option", onclick: () => this.run(command.command) },
      h("b", {}, `/${command.command}`), h("span", {}, command.description))));
    this.list.hidden = !shown.length;
  }

  run(command) {
    this.list.hidden = true;
    if (this.field.value.startsWith("/")) { this.field.value = ""; this.typed(); }
    this.field.focus();
    this.pane.say(`/${command}`);
  }

  walkCommands(event) {
    if (this.list.hidden || !this.list.contains(document.activeElement)) return;
    const to = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (to) { event.preventDefault(); (document.activeElement[to] ?? this.field).focus(); }
    if (event.key === "Escape") { this.list.hidden = true; this.field.focus(); }
  }

  dropOn(target) {
    let depth = 0;
    const withFiles = (event) => event.dataTransfer?.types.includes("Files");
    target.addEventListener("dragenter", (event) => { if (withFiles(event)) { depth += 1; target.classList.add("dropping"); } });
    target.addEventListener("dragleave", (event) => { if (withFiles(event)) { depth -= 1; target.classList.toggle("dropping", depth > 0); } });
    target.addEventListener("dragover", (event) => { if (withFiles(event)) event.preventDefault(); });
    target.addEventListener("drop", (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      depth = 0;
      target.classList.remove("dropping");
      this.add([...event.dataTransfer.files]);
    });
  }

  add(files) {
    const picture = (file) => ["image/jpeg", "image/png", "image/webp"].includes(file.type);
    this.files.push(...files.map((file) => ({ file, as: picture(file) ? "photo" : file.type.startsWith("audio/") ? "voice" : "document", picture: picture(file) })));
    this.keep();
    this.showFiles();
    this.grow();
    this.field.focus();
  }

  showFiles() {
    for (const url of this.urls ?? []) URL.revokeObjectURL(url);
    this.urls = [];
    this.tray.hidden = !this.files.length;
    this.tray.replaceChildren(...this.files.map((one) => this.fileCard(one)));
    const pictures = this.files.filter((one) => one.picture);
    if (!pictures.length) return;
    const box = h("input", { type: "checkbox", checked: pictures.every((one) => one.as === "document"), onchange: () => { for (const one of pictures) one.as = box.checked ? "document" : "photo"; } });
    this.tray.append(h("label", { class: "as-file" }, box, "发原图文件（不压缩）"));
  }

  fileCard(one) {
    const remove = roundButton("close", `去掉 ${one.file.name}`, () => { this.files = this.files.filter((other) => other !== one); this.keep(); this.showFiles(); this.grow(); }, { class: "round tray-remove" });
    if (!one.picture) return h("div", { class: "tray-card file" }, h("span", { class: "file-icon" }, icon("file")), h("span", { class: "file-words" }, h("b", {}, one.file.name), h("small", {}, `${one.as === "voice" ? "语音 · " : ""}${fileSize(one.file.size)}`)), remove);
    const url = URL.createObjectURL(one.file);
    this.urls.push(url);
    return h("div", { class: "tray-card" }, h("img", { src: url, alt: one.file.name }), remove);
  }

  async send() {
    const words = this.field.value.trim();
    if (this.sending || (!words && !this.files.length)) return;
    this.list.hidden = true;
    this.sending = true;
    try {
      const sent = this.files.length ? await busy(this.sendButton, () => this.sendFiles(words)) : await this.pane.say(words, this.replyTo ? { reply_to_message_id: this.replyTo.message_id } : {});
      if (sent) this.answer(null);
      if (sent && this.field.value.trim() === words) this.field.value = "";
    } finally {
      this.sending = false;
    }
    this.typed();
  }

  // The caption goes with the first thing sent; what was sent leaves the tray, what failed stays in it.
  async sendFiles(words) {
    let caption = words;
    try {
      while (this.files.length) {
        const batch = this.nextBatch();
        await this.sendBatch(batch, caption);
        caption = "";
        this.files = this.files.filter((one) => !batch.includes(one));
      }
      return true;
    } catch (problem) {
      this.pane.toast(problem.message, true);
      return caption === "" && words !== "";
    } finally {
      this.keep();
      this.showFiles();
    }
  }

  nextBatch() {
    const photos = this.files.filter((one) => one.as === "photo");
    return photos.length ? photos.slice(0, ALBUM) : this.files.slice(0, 1);
  }

  sendBatch(batch, caption) {
    const values = { chat_id: this.pane.chat, user_id: this.pane.viewer, caption };
    const [{ as }] = batch;
    if (as === "photo" && batch.length > 1) return upload("album", values, batch.map((one) => ["photo", one.file]));
    return upload(as, values, [[as, batch[0].file]]);
  }
}

addEventListener("beforeunload", (event) => {
  if ([...drafts.values()].some((draft) => draft.files.length) && state.version) event.preventDefault();
});
