const COLORS = { good: '#2eb886', warning: '#daa038', danger: '#a30200' };
const convert = (t = '') => t.replace(/<([@#!])?([^>|]+)(?:\|([^>]+))?>/g, (all, type, id, label) => type ? type + (label || id) : label ? `[${label}](${id})` : id).replace(/&(lt|gt|amp);/g, (_, e) => ({ lt: '<', gt: '>', amp: '&' })[e]);
class Script {
  process_incoming_request({ request }) {
    const { text, username: alias, icon_emoji: emoji, attachments = [], blocks = [] } = request.content;
    const render = { section: b => convert(b.text.text), divider: () => '---', context: ({ elements }) => elements.map(e => e.alt_text ?? e.text).join(' ') };
    const extra = blocks.map(b => (render[b.type] || (() => `?${b.type}`))(b));
    return { content: { text: [convert(text), ...extra].join('\n'), alias, emoji, attachments: attachments.map(({ color, pretext, ts, ...a }) => ({ ...a, color: COLORS[color] || color, text: pretext, ts: ts && new Date(ts * 1e3).toJSON() })) } };
  }
}
