// One block of the conversation as DOM: a message or an album, a service line, a day.

import { fileSize, h, icon, roundButton } from "./dom.js";
import { richText, startPayload, safeHref } from "./entities.js";
import { dayTitle, fromUnix, timeOf } from "./times.js";
import { personName, state } from "./store.js";

export const fileUrl = (id) => `/page/files/${encodeURIComponent(id)}`;
export const isService = (message) => serviceText(message) !== null;
export const fromBot = (message) => message.from?.id === state.bot.id;

export const senderName = (user) => [user?.first_name, user?.last_name].filter(Boolean).join(" ") || personName(user?.id);

export function serviceText(message) {
  const who = senderName(message.from);
  if (message.new_chat_members) return `${message.new_chat_members.map(senderName).join("、")} 进群了`;
  if (message.left_chat_member) return `${senderName(message.left_chat_member)} 离开了群`;
  if (message.new_chat_title) return `群名改为「${message.new_chat_title}」`;
  if (message.pinned_message) return `${who} 置顶了「${preview(message.pinned_message).slice(0, 24)}」`;
  if (message.migrate_to_chat_id) return "这个群已升级为超级群";
  if (message.migrate_from_chat_id) return "由普通群升级而来";
  if (message.group_chat_created || message.supergroup_chat_created) return "群已建立";
  if (message.new_chat_photo) return "群头像已更换";
  if (message.delete_chat_photo) return "群头像已删除";
  return null;
}

// One line of plain text for lists, quotes and readers.
export function preview(message) {
  const kinds = [["photo", "[照片]"], ["animation", "[动图]"], ["document", "[文件]"], ["voice", "[语音]"], ["video", "[视频]"],
    ["audio", "[音频]"], ["video_note", "[视频]"], ["sticker", "[贴纸]"], ["location", "[位置]"], ["contact", "[名片]"], ["poll", "[投票]"], ["dice", "[骰子]"]];
  const kind = kinds.find(([name]) => message[name])?.[1] ?? "";
  const words = message.text ?? message.caption ?? message.document?.file_name ?? message.poll?.question ?? "";
  return serviceText(message) ?? `${kind} ${words}`.trim().replace(/\s+/g, " ");
}

export const dayNode = (seconds) => h("div", { class: "day", role: "separator" }, h("span", {}, dayTitle(fromUnix(seconds), state.now)));
export const unreadNode = () => h("div", { class: "day unread-line", role: "separator" }, h("span", {}, "以下是未读消息"));

// `run` says whether the block opens and closes a run of one sender's messages; `pane` carries the actions.
export function blockNode(messages, run, pane) {
  const [first] = messages;
  const last = messages[messages.length - 1];
  const service = serviceText(first);
  if (service !== null) return h("div", { class: "service", dataset: { id: first.message_id } }, h("span", {}, service));
  const side = first.from?.id === pane.viewer ? "out" : "in";
  const bubble = h("div", { class: "bubble" }, pane.isGroup && side === "in" && run.opens ? nameLine(first) : null, ...origins(first, pane));
  const media = messages.map((message) => mediaOf(message, pane)).filter(Boolean);
  if (media.length > 1) bubble.append(h("div", { class: "album", dataset: { n: Math.min(media.length, 10) } }, media));
  else bubble.append(...media);
  const worded = messages.find((message) => message.text ?? message.caption);
  if (worded) bubble.append(h("div", { class: "text" }, richText(worded.text ?? worded.caption, worded.entities ?? worded.caption_entities, pane), metaOf(last, messages)));
  else bubble.append(metaOf(last, messages));
  bubble.classList.toggle("bare", !worded && (Boolean(first.photo) || Boolean(first.sticker)));
  bubble.classList.toggle("with-media", Boolean(first.photo || first.video || first.animation));
  const classes = ["msg", side, run.opens ? "opens" : "", run.closes ? "closes" : ""].join(" ");
  return h("article", { class: classes, dataset: { id: last.message_id } }, h("div", { class: "stack" }, bubble, inlineKeys(last, pane)), pane.isGroup ? replyButton(last, pane) : null);
}

// In a group the bot hears answers to its own messages and commands only, so answering must be at hand.
const replyButton = (message, pane) => roundButton("reply", "回复这条消息", () => pane.composer.answer(message), { class: "round reply" });

function nameLine(message) {
  const id = message.sender_chat?.id ?? message.from?.id ?? 0;
  return h("div", { class: "sender", dataset: { hue: String(Math.abs(id) % 7) } }, message.sender_chat?.title ?? senderName(message.from));
}

function origins(message, pane) {
  const lines = [];
  const origin = message.forward_origin;
  if (origin) {
    const name = origin.sender_user ? senderName(origin.sender_user) : origin.sender_user_name ?? origin.chat?.title ?? origin.sender_chat?.title ?? "";
    lines.push(h("div", { class: "forwarded" }, `转发自 ${name}`));
  }
  const reply = message.reply_to_message;
  if (reply) {
    lines.push(h("button", { type: "button", class: "quote", onclick: () => pane.reveal(reply.message_id) },
      h("b", {}, reply.from ? senderName(reply.from) : ""), h("span", {}, preview(reply).slice(0, 80))));
  }
  return lines;
}

function metaOf(last, messages) {
  const edited = messages.some((message) => message.edit_date);
  const date = fromUnix(last.date);
  return h("span", { class: "meta" }, edited ? h("i", {}, "已编辑") : null, h("time", { dateTime: date.toISOString() }, timeOf(date)));
}

function mediaOf(message, pane) {
  if (message.photo?.length) return photo(message, pane);
  if (message.animation) return h("video", { class: "moving", src: fileUrl(message.animation.file_id), controls: true, loop: true, muted: true, preload: "metadata" });
  if (message.video ?? message.video_note) return h("video", { class: "moving", src: fileUrl((message.video ?? message.video_note).file_id), controls: true, preload: "metadata" });
  if (message.voice) return sound(message.voice, "语音");
  if (message.audio) return sound(message.audio, message.audio.title ?? message.audio.file_name ?? "音频");
  if (message.document) return download(message.document);
  if (message.sticker) return h("img", { class: "sticker", src: fileUrl(message.sticker.file_id), alt: `贴纸 ${message.sticker.emoji ?? ""}`, width: 160, height: 160 });
  if (message.dice) return h("div", { class: "dice" }, `${message.dice.emoji} ${message.dice.value}`);
  const place = message.venue?.location ?? message.location;
  if (place) return card("place", message.venue?.title ?? "位置", `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`);
  if (message.contact) return card("person", senderName(message.contact), message.contact.phone_number);
  if (message.poll) return poll(message.poll);
  return message.text === undefined && message.caption === undefined ? h("div", { class: "text" }, "[这种消息在沙盒里不显示]") : null;
}

function photo(message, pane) {
  const sizes = message.photo;
  const shown = sizes.find((size) => size.width >= 640) ?? sizes[sizes.length - 1];
  const big = sizes[sizes.length - 1];
  const image = h("img", { alt: message.caption ? `照片：${message.caption.slice(0, 60)}` : "照片", width: big.width, height: big.height, loading: "lazy", decoding: "async", src: fileUrl(shown.file_id) });
  image.addEventListener("error", () => image.closest(".photo")?.classList.add("broken"));
  return h("button", { type: "button", class: message.has_media_spoiler ? "photo veiled" : "photo", "aria-label": "看大图", onclick: (event) => {
    if (event.currentTarget.classList.contains("veiled")) event.currentTarget.classList.remove("veiled");
    else pane.showPhoto(message.message_id);
  } }, image);
}

function sound(file, label) {
  return h("div", { class: "sound" }, h("span", {}, `${label}${file.duration ? ` ${file.duration} 秒` : ""}`),
    h("audio", { src: fileUrl(file.file_id), controls: true, preload: "none" }));
}

function download(file) {
  const name = file.file_name ?? "文件";
  return h("a", { class: "file", href: `${fileUrl(file.file_id)}?download=1`, download: name },
    h("span", { class: "file-icon", dataset: { ext: name.split(".").pop().toLowerCase().slice(0, 4) } }, icon("file"), h("small", {}, name.includes(".") ? name.split(".").pop().slice(0, 4).toUpperCase() : "")),
    h("span", { class: "file-words" }, h("b", {}, name), h("small", {}, `${fileSize(file.file_size)} · 点一下下载`)));
}

function card(sign, title, line) {
  return h("div", { class: "file" }, h("span", { class: "file-icon" }, icon(sign)), h("span", { class: "file-words" }, h("b", {}, title), h("small", {}, line)));
}

function poll(value) {
  return h("div", { class: "poll" }, h("b", {}, value.question), h("ul", {}, value.options.map((option) => h("li", {}, option.text, h("small", {}, ` ${option.voter_count ?? 0} 票`)))));
}

function inlineKeys(message, pane) {
  const rows = message.reply_markup?.inline_keyboard?.filter((row) => row.length) ?? [];
  if (!rows.length) return null;
  return h("div", { class: "keys", role: "group", "aria-label": "按钮" }, rows.map((row) => h("div", { class: "key-row" }, row.map((button) => inlineKey(button, message, pane)))));
}

function inlineKey(button, message, pane) {
  if (button.url && startPayload(button.url, state.bot.username) === null) {
    const href = safeHref(button.url);
    return h("a", { class: "key", href: href ?? "#", target: "_blank", rel: "noopener noreferrer" }, h("span", {}, button.text), icon("link"));
  }
  const sign = button.url ? icon("link") : button.copy_text ? icon("copy") : null;
  const data = button.callback_data === undefined ? {} : { press: button.callback_data };
  return h("button", { type: "button", class: "key", dataset: { ...data, style: button.style ?? "" }, onclick: () => pane.pressInline(message, button) }, h("span", {}, button.text), sign);
}
