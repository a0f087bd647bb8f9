const byPriority = new Proxy({ 1: ':red_circle:', 2: ':large_orange_diamond:', 3: ':large_blue_circle:' }, {
  get: (target, key) => (key in target ? target[key] : ':white_circle:')
});
const defaults = _.partial(_.defaults, _, { tags: [], teams: [], entity: 'unknown' });

class Script {
  process_incoming_request({ request }) {
    const alert = defaults(_.pick(request.content.alert, 'message', 'tags', 'entity', 'priority', 'tinyId', 'createdAt'));
    const created = new Date(alert.createdAt);
    return { content: {
      text: `${byPriority[alert.priority]} ${alert.tinyId}: ${alert.message} [${alert.tags.map(t => t.toUpperCase())}] on ${alert.entity}, ${alert.teams.length || 'no'} teams`,
      attachments: [{ ts: created.toISOString(), text: JSON.stringify(_.omit(alert, 'createdAt', _.isEmpty)) }]
    } };
  }
}
