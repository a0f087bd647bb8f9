const handlers = {
  pull_request: ({ action, pull_request: { title, user: { login } } }) => `${login} ${action} ${title}`,
  push: ({ ref, commits }) => commits.map(({ id, message }) => `${id.slice(0, 7)} ${message}`).join('\n'),
};
class Script {
  process_incoming_request({ request: { headers, content } }) {
    const out = [];
    for (const event of ['pull_request', 'push', 'nope']) {
      try { out.push(handlers[event](content)); } catch ({ name, message }) { out.push(`${name} - ${message}`); }
    }
    try { const { repository: { full_name } } = content; out.push(full_name); } catch (err) { out.push(err.message); }
    try { const { full_name } = content.repository; out.push(full_name); } catch (err) { out.push(err.message); }
    try { content.commits.forEach(({ id }) => id); } catch (err) { out.push(err.message); }
    try { [null].forEach(({ id }) => id); } catch (err) { out.push(err.message); }
    try { [undefined].map(({ id: x }) => x); } catch (err) { out.push(err.message); }
    try { [[1]].map(([{ a }]) => a); [[]].map(([{ a }]) => a); } catch (err) { out.push(err.message); }
    return { content: { text: out.join('\n') } };
  }
}
