// Times as people in the zone read them: Asia/Shanghai, relative to the clock the bot lives at.

const ZONE = "Asia/Shanghai";
const format = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, ...options });
const clockTime = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const monthDay = format({ month: "long", day: "numeric" });
const fullDay = format({ year: "numeric", month: "long", day: "numeric" });
const weekday = format({ weekday: "short" });
const parts = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

export const timeOf = (date) => clockTime.format(date);
export const dayKey = (date) => parts.format(date);
export const fromUnix = (seconds) => new Date(seconds * 1000);

export function dayName(date, now) {
  const key = dayKey(date);
  if (key === dayKey(now)) return "今天";
  if (key === dayKey(new Date(now.getTime() - 86400000))) return "昨天";
  return (key.slice(0, 4) === dayKey(now).slice(0, 4) ? monthDay : fullDay).format(date);
}

export function dayTitle(date, now) {
  const name = dayName(date, now);
  const words = name === "今天" || name === "昨天" ? `${name} · ${monthDay.format(date)}` : name;
  return `${words} ${weekday.format(date)}`;
}

export const listTime = (date, now) => (dayKey(date) === dayKey(now) ? timeOf(date) : dayName(date, now));
export const clockTitle = (now) => [monthDay.format(now), weekday.format(now), timeOf(now)];
export const longTitle = (now) => `${fullDay.format(now)} ${weekday.format(now)} ${timeOf(now)}`;

// China has one zone and no summer time, so wall time and UTC are always eight hours apart.
export const fieldValue = (date) => new Date(date.getTime() + 8 * 3600000).toISOString().slice(0, 16);
export const fromField = (value) => new Date(`${value}:00+08:00`);

export function tomorrowMorning(now) {
  return fromField(`${fieldValue(new Date(now.getTime() + 86400000)).slice(0, 10)}T09:00`);
}

export function nextMonthMorning(now) {
  const [year, month] = dayKey(now).split("-").map(Number);
  const next = month === 12 ? [year + 1, 1] : [year, month + 1];
  return fromField(`${next[0]}-${String(next[1]).padStart(2, "0")}-01T09:00`);
}
