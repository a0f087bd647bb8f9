class Script {
  process_incoming_request({ request }) {
    var c = request.content;
    if (c.secret !== '123') throw new Error('wrong secret');
    var branch = c.ref.split('/').slice(2).join('/'), text = '', total = 0;
    c.commits.forEach(function (commit, idx) {
      total += commit.modified.length;
      if (idx > 2) return;
      text += '\n* [`' + commit.id.substring(0, 8) + '`](' + commit.url + ') ' + commit.message.replace(/\n+$/, '');
    });
    if (c.commits.length > 3) text += '\n* … and ' + (c.commits.length - 3) + ' more';
    return { content: { text: 'Pushed **' + branch + '** of ' + c.repository.full_name + ' (' + total + ' files)' + text, msg: undefined, tmid: null } };
  }
}
