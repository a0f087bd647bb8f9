"""What a process does while it waits for its first script: it rewrites one of the usual kind.

Upon this, the memory that the first order would copy is its own. Nothing of the script runs.
"""

import json

_SOURCE = r"""
/* exported Script */
const COLORS = { open: '#1f75cb', closed: '#d9534f' };
function pick(name, { fallback = 'none', ...rest } = {}) {
  switch (name) {
    case 'a': return rest[name] || fallback;
    default: return `${name}: ${rest.b}`;
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
      text += '[' + item.title.replace(/[\[\]]/g, '') + '](' + item.url + ')\n';
      count++;
    }
    for (var i = 0; i < content.tags.length; i += 1) text = text + ' #' + content.tags[i];
    message = content.list.map(function (one) { return one.name; }).filter((one) => one.length > 1);
    try {
      this.seen.push(JSON.parse(content.raw));
    } catch (error) {
      console.log('cannot read', error.message);
      return { error: { success: false, message: error } };
    }
    while (count-- > 10 && !text) text = pick(event, { b: new Date(content.time * 1000) });
    return {
      content: {
        text: count > 0 ? text : null,
        attachments: [{ color: COLORS[content.state] || '#888', fields: [{ short: true }] }],
      },
    };
  }
}"""
WARM_UP = json.dumps({"op": "rewrite", "source": _SOURCE}).encode()
"""The order that makes a process rewrite it."""
