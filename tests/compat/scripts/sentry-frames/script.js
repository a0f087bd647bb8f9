function* frames(ex) { for (const v of ex.values) { yield `*${v.type}*: ${v.value}`; yield* v.stacktrace.frames.map(({ filename, lineno, function: fn }) => `  ${filename}:${lineno} in ${fn}`).reverse(); } return 'done'; }
class Script {
  process_incoming_request({ request }) {
    const { event, ...top } = request.content;
    const tags = new Map(event.tags);
    tags.set('level', top.level);
    let text = '';
    for (const line of frames(event.exception)) text += line + '\n';
    outer: for (const [k, v] of tags) { for (const ch of v) { if (ch === ' ') continue outer; if (ch === 'L') break outer; } text += `#${k}:${v} `; }
    return { content: { text, size: tags.size, tags: [...tags.keys()].join(), when: moment.unix(event.received).utc().format('YYYY-MM-DD HH:mm:ss.SSS'), cal: moment.unix(event.received).calendar(moment.utc('2018-04-17')), it: [...frames({ values: [] })].length } };
  }
}
