// Small tools to build the page: elements, icons, dialogs, notices. Texts are always set as text, never as HTML.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name in node && !name.startsWith("aria") && name !== "list" && name !== "form") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function roundButton(name, label, onclick, extra = {}) {
  return h("button", { type: "button", class: "round", title: label, "aria-label": label, onclick, ...extra }, icon(name));
}

export function avatar(id, name, kind = "person") {
  const hue = String(Math.abs(Number(id)) % 7);
  const face = kind === "group" ? icon("group") : (Array.from(name.trim())[0] ?? "？");
  return h("span", { class: "avatar", dataset: { hue, kind }, "aria-hidden": "true" }, face);
}

export function notice(text, { kind = "info", seconds = 4 } = {}) {
  const node = h("div", { class: `notice ${kind}` }, text);
  document.getElementById("notices").append(node);
  setTimeout(() => node.remove(), seconds * 1000);
}

// A modal sheet; `build(close)` gives its content. Resolves with what close() was called with, or undefined when dismissed.
export function sheet(title, build, { wide = false } = {}) {
  return new Promise((resolve) => {
    let answer;
    const dialog = h("dialog", { class: wide ? "sheet wide" : "sheet", "aria-label": title });
    const close = (value) => { answer = value; dialog.close(); };
    dialog.append(
      h("header", {}, h("h2", {}, title), roundButton("close", "关闭", () => close())),
      h("div", { class: "sheet-body" }, build(close)),
    );
    dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function busy(button, work) {
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  return Promise.resolve(work()).finally(() => {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  });
}

export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
