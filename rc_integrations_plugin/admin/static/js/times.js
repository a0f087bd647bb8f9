// Times: as a distance from now, with the whole time in the visitor's own zone when pointed at.

const STEPS = [
  ["year", 31536000],
  ["month", 2592000],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const EVERY = 30000;
const HOUR = 3600000;
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "3 minutes ago", "in 2 hours", "just now". */
export function relative(time, now = new Date()) {
  const seconds = (time - now) / 1000;
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  if (!step) return "just now";
  // what ends in a day less a minute ends "in 24 hours"; what began so long ago began "23 hours ago"
  const count = seconds > 0 ? Math.round(seconds / step[1]) : Math.trunc(seconds / step[1]);
  return words.format(count, step[0]);
}

/** As a distance within an hour; then as a time of day or a date, which tell the lines of a log apart. */
export function inLog(time, now = new Date()) {
  if (now - time < HOUR) return relative(time, now);
  if (time.toDateString() === now.toDateString()) return time.toLocaleTimeString([], { timeStyle: "short" });
  if (time.getFullYear() !== now.getFullYear()) return time.toLocaleDateString([], { dateStyle: "medium" });
  return time.toLocaleString([], { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
}

/** Show the times in a part of the page as distances, and keep them current. */
export function enhanceTimes(part) {
  const all = [...part.querySelectorAll("time[data-relative]")];
  const draw = () => {
    for (const one of all) {
      one.textContent = (one.dataset.relative === "log" ? inLog : relative)(new Date(one.dateTime));
    }
  };
  for (const one of all) {
    one.title = new Date(one.dateTime).toLocaleString([], { dateStyle: "full", timeStyle: "long" });
  }
  if (all.length === 0) return;
  draw();
  setInterval(draw, EVERY);
}
