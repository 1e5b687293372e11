// Message text with its entities as DOM nodes. Offsets are UTF-16 units, as JavaScript strings count them.

import { h, icon, notice } from "./dom.js";

const SAFE_LINK = /^(https?:|tg:|mailto:|tel:)/i;

export function safeHref(url) {
  const full = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `http://${url}`;
  return SAFE_LINK.test(full) ? full : null;
}

// The payload of a link that starts this bot, or null.
export function startPayload(url, botName) {
  const href = safeHref(url);
  if (!href) return null;
  const parsed = new URL(href);
  const query = parsed.searchParams;
  if (parsed.protocol === "tg:") {
    const same = (query.get("domain") ?? "").toLowerCase() === botName.toLowerCase();
    return same && query.has("start") ? query.get("start") : null;
  }
  const here = ["t.me", "telegram.me"].includes(parsed.hostname.toLowerCase());
  if (!here || parsed.pathname.slice(1).toLowerCase() !== botName.toLowerCase()) return null;
  return query.get("start") ?? "";
}

export function richText(text, entities = [], actions) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return fill(document.createDocumentFragment(), text, 0, text.length, ordered, actions);
}

function fill(target, text, from, to, entities, actions) {
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= start) { rest = others; continue; }
    if (start > at) target.append(text.slice(at, start));
    const inside = others.filter((other) => other.offset < end);
    const node = element(entity, text.slice(start, end), actions);
    fill(node.inner ?? node, text, start, end, inside, actions);
    target.append(node);
    at = end;
    rest = others.filter((other) => other.offset + other.length > end)
      .map((other) => (other.offset < end ? { ...other, offset: end, length: other.offset + other.length - end } : other));
  }
  if (at < to) target.append(text.slice(at, to));
  return target;
}

const PLAIN = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" };

function element(entity, text, actions) {
  if (PLAIN[entity.type]) return h(PLAIN[entity.type]);
  switch (entity.type) {
    case "code": return h("code", { class: "copyable", title: "点一下复制", tabIndex: 0, onclick: () => copy(text), onkeydown: onEnter(() => copy(text)) });
    case "pre": return block(entity, text);
    case "blockquote": return h("blockquote");
    case "expandable_blockquote": return folded();
    case "spoiler": return spoiler();
    case "text_link": return link(entity.url, actions);
    case "url": return link(text, actions);
    case "email": return link(`mailto:${text}`, actions);
    case "phone_number": return link(`tel:${text.replace(/[^+\d]/g, "")}`, actions);
    case "bot_command": return h("button", { type: "button", class: "textlink", onclick: () => actions.say(text) });
    case "mention": case "text_mention": case "hashtag": case "cashtag": return h("span", { class: "tag" });
    default: return h("span");
  }
}

function link(url, actions) {
  const href = safeHref(url);
  if (!href) return h("span");
  const open = (event) => { if (actions.follow(url)) event.preventDefault(); };
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", onclick: open });
}

function block(entity, text) {
  const inner = h("code");
  const bar = h("button", { type: "button", class: "pre-copy", onclick: () => copy(text) }, icon("copy"), entity.language || "复制");
  const node = h("pre", {}, bar, inner);
  node.inner = inner;
  return node;
}

function folded() {
  const node = h("blockquote", { class: "folded", tabIndex: 0, title: "点一下展开或收起" });
  const toggle = () => { if (!getSelection()?.toString()) node.classList.toggle("open"); };
  node.addEventListener("click", toggle);
  node.addEventListener("keydown", onEnter(toggle));
  return node;
}

function spoiler() {
  const node = h("span", { class: "spoiler", tabIndex: 0, role: "button", "aria-label": "隐藏内容，点一下显示" });
  const show = () => {
    node.classList.add("shown");
    for (const name of ["role", "aria-label", "tabindex"]) node.removeAttribute(name);
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", onEnter(show));
  return node;
}

const onEnter = (act) => (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(); } };

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notice("已复制");
  } catch {
    notice("浏览器不允许复制，请长按选择文字", { kind: "bad" });
  }
}
