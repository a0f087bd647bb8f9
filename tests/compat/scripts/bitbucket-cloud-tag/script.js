const processors = {
  'repo:push': (content) => {
    const { actor, repository, push: { changes } } = content;
    const lines = changes.map((change) => {
      const what = change.new || change.old;
      const verb = change.created ? 'created' : change.closed ? 'removed' : change.forced ? 'force-pushed' : 'pushed to';
      return `${verb} ${what.type} **${what.name}**` + (change.commits ? ` (${change.commits.length} commits)` : '');
    });
    return { author: actor, text: lines.join('\n'), repository };
  },
  'pullrequest:created': ({ actor, pullrequest, repository }) => ({ author: actor, text: `opened ${pullrequest.title}`, repository })
};

class Script {
  async process_incoming_request({ request }) {
    const run = processors[request.headers['x-event-key']];
    if (!run) return { content: { text: 'No handler for ' + request.headers['x-event-key'] } };
    const { author, text, repository } = await run(request.content);
    await null;
    return {
      content: {
        attachments: [{
          author_name: author.display_name || author.username,
          author_icon: author.links.avatar.href,
          text,
          footer: repository.full_name
        }],
        parseUrls: false
      }
    };
  }
}
