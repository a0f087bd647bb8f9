class Script {
  process_incoming_request({ request }) {
    var data = request.content, color, verb;
    var pr = data.pull_request;
    switch (data.action) {
      case 'opened':
      case 'reopened':
        let note = 'please review';
        color = '#2cbe4e';
        verb = data.action + ' (' + note + ')';
        break;
      case 'closed':
        note = pr.merged ? 'deploys at night' : 'nothing to do';
        color = pr.merged ? '#6f42c1' : '#cb2431';
        verb = (pr.merged ? 'merged' : 'closed without merging') + ' (' + note + ')';
        break;
      default:
        return;
    }
    who = pr.merged_by ? pr.merged_by.login : data.sender.login;
    return {
      content: {
        username: who,
        icon_url: data.sender.avatar_url,
        text: '*' + who + '* ' + verb + ' pull request #' + data.number,
        attachments: [{
          color: color,
          title: s.truncate(pr.title, 25),
          title_link: pr.html_url,
          text: s(pr.body || '').trim().clean().value(),
          fields: [
            { title: 'Branches', value: pr.head.ref + ' → ' + pr.base.ref, short: true },
            { title: 'Changes', value: s.sprintf('+%d −%d in %d %s', pr.additions, pr.deletions, pr.changed_files, pr.changed_files === 1 ? 'file' : 'files'), short: true }
          ]
        }]
      }
    };
  }
}
