class Script {
  process_incoming_request({ request }) {
    const p = request.content.payload;
    const failed = _.filter(_.flatten(_.pluck(p.steps, 'actions')), a => a.failed);
    const slowest = _.max(p.steps, step => step.actions[0].run_time_millis);
    const kinds = _.countBy(p.steps, step => step.actions[0].status);
    return { content: {
      text: `${p.username}/${p.reponame} ${p.branch}: ${p.outcome || p.status}`,
      attachments: [{
        title_link: p.build_url,
        text: [
          failed.length ? 'failed: ' + failed.map(f => f.name).join(', ') : 'nothing failed',
          'slowest: ' + slowest.name + ' (' + (slowest.actions[0].run_time_millis / 1000).toFixed(1) + ' s)',
          Object.keys(kinds).sort().map(k => kinds[k] + ' ' + k).join(', ')
        ].join('\n')
      }]
    } };
  }
}
