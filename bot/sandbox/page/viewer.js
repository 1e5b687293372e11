// The photo viewer: full screen, keyboard, buttons and swipe.

import { h, icon, roundButton } from "./dom.js";
import { fileUrl } from "./message.js";
import { richText } from "./entities.js";
import { fromUnix, longTitle } from "./times.js";

export function openViewer(messages, startId, pane) {
  let at = Math.max(0, messages.findIndex((message) => message.message_id === startId));
  const image = h("img", { alt: "" });
  const words = h("figcaption");
  const place = h("span", { class: "viewer-place" });
  const save = h("a", { class: "round", title: "保存照片", "aria-label": "保存照片" }, icon("download"));
  const dialog = h("dialog", { class: "viewer", "aria-label": "照片" });
  const before = roundButton("back", "上一张", () => show(at - 1), { class: "round viewer-before" });
  const after = roundButton("next", "下一张", () => show(at + 1), { class: "round viewer-after" });

  function show(index) {
    if (index < 0 || index >= messages.length) return;
    at = index;
    const message = messages[at];
    const big = message.photo[message.photo.length - 1];
    image.src = fileUrl(big.file_id);
    image.alt = message.caption ?? `照片 ${at + 1}`;
    save.href = `${fileUrl(big.file_id)}?download=1`;
    save.download = `照片-${message.message_id}.jpg`;
    words.replaceChildren(richText(message.caption ?? "", message.caption_entities, pane), h("small", {}, longTitle(fromUnix(message.date))));
    place.textContent = `${at + 1} / ${messages.length}`;
    before.hidden = at === 0;
    after.hidden = at === messages.length - 1;
  }

  let touchX = null;
  dialog.append(h("header", {}, place, save, roundButton("close", "关闭", () => dialog.close())), before, h("figure", {}, image, words), after);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    if (event.key === "ArrowRight") show(at + 1);
  });
  dialog.addEventListener("pointerdown", (event) => { touchX = event.clientX; });
  dialog.addEventListener("pointerup", (event) => {
    const moved = touchX === null ? 0 : event.clientX - touchX;
    touchX = null;
    if (Math.abs(moved) > 60) show(at - Math.sign(moved));
    else if (event.target === dialog || event.target.tagName === "FIGURE") dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  show(at);
  dialog.showModal();
}
