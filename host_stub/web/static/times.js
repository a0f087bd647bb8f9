// Times as messages carry them, and as people read them.

/** Return a Date from an ISO string, milliseconds, Slack's seconds or `{"$date": ...}`; else null. */
export function readTime(value) {
  if (value !== null && typeof value === "object") return readTime(value.$date);
  if (typeof value === "string" && /^\d{1,12}(\.\d+)?$/.test(value.trim())) return readTime(Number(value));
  if (typeof value !== "string" && typeof value !== "number") return null;
  const time = new Date(typeof value === "number" && Math.abs(value) < 1e11 ? value * 1000 : value);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** 14:05 */
export function clock(time) {
  return time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** Monday, 23 November 2026 at 14:05 */
export function fullTime(time) {
  return time.toLocaleString([], { dateStyle: "long", timeStyle: "short" });
}

/** Today, Yesterday, or the date. */
export function dayName(time, now = new Date()) {
  const days = Math.round((midnight(now) - midnight(time)) / 86400000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return time.toLocaleDateString([], { weekday: "long", year: "numeric", month: "long", day: "numeric" });
}

export function midnight(time) {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
