// Jenkins' Notification plugin
class Script {
  process_incoming_request({ request }) {
    const build = request.content.build;
    if (build.phase != 'FINALIZED' && build.phase != 'FINISHED') return;
    let colour = { SUCCESS: 'green', UNSTABLE: 'yellow', FAILURE: 'red', ABORTED: 'grey' }[build.status];
    // the last lines that say something
    const tail = build.log.split('\n').filter(Boolean).slice(-2).join('\n');
    params = [];
    for (p in build.parameters) {
      if (!build.parameters.hasOwnProperty(p)) continue;
      if (build.parameters[p] === 'false') continue;
      params.push(p + '=' + build.parameters[p]);
    }
    return {
      content: {
        text: s.sprintf('*%s* #%d %s', request.content.name, build.number, build.status.toLowerCase()),
        attachments: [{ title: 'Console', title_link: build.full_url + 'console', text: '```\n' + tail + '\n```', color: colour,
          fields: _.map({ Branch: build.scm.branch.replace('origin/', ''), Commit: build.scm.commit.substr(0, 7), Parameters: params.join(', ') },
            (value, title) => ({ title, value, short: true })) }]
      }
    };
  }
}
