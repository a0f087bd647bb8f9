// Times that somebody chooses: shown and typed in the visitor's own zone, sent in UTC.

const MINUTE = 60000;

/** "2026-03-01T12:00" in UTC as the visitor's clock has it; "" for what is no time. */
export function toLocal(text) {
  const moment = new Date(`${text}Z`);
  if (isNaN(moment)) return "";
  return new Date(moment - moment.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}

/** The other way round, with the letter that says so. */
export function toUtc(text) {
  const moment = new Date(text);
  return isNaN(moment) ? "" : `${moment.toISOString().slice(0, 16)}Z`;
}

export function enhanceMoments(part) {
  for (const field of part.querySelectorAll("input[data-utc]")) {
    field.value = toLocal(field.getAttribute("value"));
    field.form.addEventListener("formdata", ({ formData }) => {
      if (formData.has(field.name)) formData.set(field.name, toUtc(field.value));
    });
  }
  for (const zone of part.querySelectorAll("[data-zone]")) zone.remove();
}
