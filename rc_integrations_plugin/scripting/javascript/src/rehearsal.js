// A script of the usual kind. A process that waits for its first one rewrites this, upon which the memory
// that rewriting needs is its own and need not be copied when somebody waits.
export const REHEARSAL = `
/* exported Script */
const COLORS = { open: '#1f75cb', closed: '#d9534f' };
function pick(name, { fallback = 'none', ...rest } = {}) {
  switch (name) {
    case 'a': return rest[name] || fallback;
    default: return \`\${name}: \${rest.b}\`;
  }
}
class Script {
  constructor() {
    this.seen = [];
  }
  process_incoming_request({ request }) {
    const { content, headers: { 'x-event': event } } = request;
    let text = '', count = 0;
    for (const item of content.items || []) {
      if (!item.title || item.id === null) continue;
      text += '[' + item.title.replace(/[\\[\\]]/g, '') + '](' + item.url + ')\\n';
      count++;
    }
    for (var i = 0; i < content.tags.length; i += 1) text = text + ' #' + content.tags[i];
    message = content.list.map(function (one) { return one.name; }).filter((one) => one && one.length > 1);
    try {
      this.seen.push(JSON.parse(content.raw));
    } catch (error) {
      console.log('cannot read', error.message);
      return { error: { success: false, message: error } };
    }
    while (count-- > 10 && !text) text = pick(event, { b: typeof text, c: new Date(content.time * 1000) });
    return {
      content: {
        text: count > 0 ? text : null,
        attachments: [{ color: COLORS[content.state] || '#888', fields: [{ short: true, title: 'A', value: message }] }],
      },
    };
  }
}`;
