class Script {
  process_incoming_request({ request }) {
    const event = request.headers['x-event-key'];
    const match = /^pr:(?<what>\w+)(?::(?<more>\w+))?$/.exec(event);
    if (!match) return {};
    const { what, more } = match.groups;
    const pr = request.content.pullRequest;
    // "2019-03-26T09:27:46+0530": the colon that Safari and old engines miss
    const iso = request.content.date.replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
    return {
      content: {
        text: `${request.content.actor.displayName} ${what}${more ? ' (' + more + ')' : ''} [${pr.title}](${pr.links ? pr.links.self[0].href : '#'})`,
        attachments: [{
          ts: Date.parse(iso) === Date.parse(request.content.date) ? new Date(iso).toJSON() : 'dates differ',
          text: pr.description || '_no description_',
          fields: [
            { title: 'From', value: pr.fromRef.displayId, short: true },
            { title: 'To', value: pr.toRef.displayId, short: true },
            { title: 'Reviewers', value: pr.reviewers.map(r => '@' + r.user.slug).sort((a, b) => a < b ? -1 : 1).join(', ') }
          ]
        }]
      }
    };
  }
}
