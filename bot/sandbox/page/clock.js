// The clock of the sandbox: shows the bot's time and moves it; also the sheet with first steps.

import { busy, h, notice, sheet } from "./dom.js";
import { act, changes, setNow, state } from "./store.js";
import { clockTitle, fieldValue, fromField, longTitle, nextMonthMorning, tomorrowMorning } from "./times.js";

export function startClock() {
  const words = document.getElementById("clock-text");
  changes.addEventListener("clock", () => {
    const [day, weekday, time] = clockTitle(state.now);
    words.replaceChildren(`${day} `, h("span", { class: "weekday" }, `${weekday} `), time);
  });
  document.getElementById("clock").addEventListener("click", openClock);
}

const MOVES = [
  ["+1小时", () => ({ advance_s: 3600 }), "快一小时"],
  ["明天", () => ({ now: tomorrowMorning(state.now).toISOString() }), "上午 9:00"],
  ["下个月1日", () => ({ now: nextMonthMorning(state.now).toISOString() }), "上午 9:00"],
];

export async function openClock() {
  const shown = h("p", { class: "clock-now", role: "status" }, longTitle(state.now));
  const field = h("input", { type: "datetime-local", value: fieldValue(state.now), required: true });
  const keep = () => { shown.textContent = longTitle(state.now); };
  const go = (button, values) => busy(button, async () => {
    try {
      const moved = await act("clock", values);
      setNow(moved.now);
      field.value = fieldValue(state.now);
    } catch (problem) {
      notice(problem.message, { kind: "bad" });
    }
  });
  changes.addEventListener("clock", keep);
  await sheet("机器人的时间", () => h("div", { class: "form" }, shown,
    h("p", { class: "small" }, "拨动时间，看机器人到期会提醒谁、提醒什么。消息会自己出现在各人的手机里。"),
    h("div", { class: "moves" }, MOVES.map(([name, values, note]) => h("button", { type: "button", class: "move",
      onclick: (event) => go(event.currentTarget, values()) }, h("b", {}, name), h("small", {}, note)))),
    h("form", { class: "clock-form", onsubmit: (event) => { event.preventDefault(); go(event.submitter, { now: fromField(field.value).toISOString() }); } },
      h("label", {}, "拨到（北京时间）", field), h("button", { class: "main-button" }, "拨动"))));
  changes.removeEventListener("clock", keep);
}

const USUAL = [
  "左边每一行是一个人的手机。点一个人，就以他的身份和机器人说话。",
  "机器人的消息下面有按钮，点按钮就行，不用打字。",
  "右上角的时钟可以拨到明天、下个月，看机器人到期怎样提醒。",
];

// The program's own lines come first; a name of a person or group in a line opens that chat.
export function hintsNode(open) {
  const lines = state.hints.length ? state.hints : USUAL;
  return h("ol", { class: "hints" }, lines.map((line) => h("li", {}, withNames(line.replace(/^[①-⑳]\s*/, ""), open))));
}

function withNames(line, open) {
  const names = [...state.groups.values()].map((group) => [group.title, group.id]).concat([...state.people.values()].map((person) => [person.name, person.id]))
    .filter(([name]) => name.length > 1 && line.includes(name)).sort((a, b) => b[0].length - a[0].length);
  if (!names.length) return [line];
  const [name, id] = names[0];
  const [before, ...after] = line.split(name);
  return [before, h("button", { type: "button", class: "textlink", onclick: () => open(id, false) }, name), after.join(name)];
}

export const openHints = (open) => sheet("从哪里开始", (close) => h("div", { class: "form" }, hintsNode((id, beside) => { close(); open(id, beside); }),
  h("p", { class: "small" }, "这里是本机沙盒：没有人能从外面看到，里面的人和企业都是示例。")));
