// The locales whose ways of writing dates, numbers and lists are there, and which of them stands in for
// a tag that is not among them.
export const TAGS = [
  'en-US', 'en-GB', 'en-CA', 'en-AU', 'en-IE', 'en-IN', 'en-NZ', 'en-ZA', 'de-DE', 'de-AT', 'de-CH', 'fr-FR', 'fr-BE', 'fr-CA', 'fr-CH',
  'es-ES', 'es-AR', 'es-CL', 'es-CO', 'es-MX', 'pt-BR', 'pt-PT', 'it-IT', 'it-CH', 'nl-NL', 'nl-BE', 'sv-SE', 'da-DK', 'nb-NO', 'fi-FI', 'pl-PL', 'cs-CZ', 'hu-HU', 'ro-RO', 'ru-RU', 'uk-UA', 'el-GR', 'tr-TR',
  'sk-SK', 'sl-SI', 'hr-HR', 'sr-RS', 'bg-BG', 'lt-LT', 'lv-LV', 'et-EE', 'ca-ES', 'he-IL',
  'ja-JP', 'zh-CN', 'zh-TW', 'ko-KR', 'id-ID', 'vi-VN',
];

const FAMILY = { 'en-US': /^en-(?:US|PH|PR)$/, 'es-MX': /^es-(?!ES)/, 'zh-TW': /^zh-(?:Hant|HK|MO)/ };

/** Returns the tag of the data for a canonical tag, or undefined if its language is not there. */
export function dataTag(tag) {
  if (TAGS.includes(tag)) return tag;
  const [language, ...rest] = tag.split('-');
  const region = rest.find((part) => /^(?:[A-Z]{2}|\d{3})$/.test(part));
  if (region && TAGS.includes(`${language}-${region}`)) return `${language}-${region}`;
  if (language === 'no' || language === 'nn') return 'nb-NO';
  const plain = rest.length ? `${language}-${rest.filter((part) => part === region || part.length === 4).join('-')}` : language;
  for (const [known, pattern] of Object.entries(FAMILY)) if (pattern.test(plain)) return known;
  if (language === 'en' && region) return 'en-GB';
  if (language === 'es' && !region) return 'es-ES';
  return TAGS.find((known) => known.startsWith(`${language}-`));
}
