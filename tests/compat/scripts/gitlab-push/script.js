/* eslint no-console:0, max-len:0 */
// GitLab events in a class, helpers at the top level, colours and names in constants.
const NOTIF_COLOR = '#6498CC';
const refParser = (ref) => ref.replace(/^refs\/(?:tags|heads)\/(.+)$/, '$1');
const displayName = (name) => (name && name.toLowerCase().replace(/\s+/g, '.'));
const atName = (user) => (user && user.name ? '@' + displayName(user.name) : '');
const makeAttachment = (author, text, timestamp, color) => {
  return {
    author_name: author ? displayName(author.name) : '',
    author_icon: author ? author.avatar_url : '',
    ts: timestamp || '',
    text,
    color: color || NOTIF_COLOR
  };
};
const ACTION_VERBS = {
  create: 'created',
  destroy: 'removed',
  update: 'updated'
};

class Script { // eslint-disable-line
  process_incoming_request({ request }) {
    try {
      let result = null;
      const channel = request.url.query.channel;
      const event = request.headers['x-gitlab-event'];
      switch (event) {
        case 'Push Hook':
          result = this.pushEvent(request.content);
          break;
        case 'Merge Request Hook':
          result = this.mergeRequestEvent(request.content);
          break;
        case 'Note Hook':
          result = this.commentEvent(request.content);
          break;
        default:
          result = this.unknownEvent(request, event);
          break;
      }
      if (result && result.content && channel) {
        result.content.channel = '#' + channel;
      }
      return result;
    } catch (e) {
      console.log('gitlabevent error', e);
      return { error: { success: false, message: e.message || e } };
    }
  }

  createMessage(data, attachments) {
    return { content: { username: 'gitlab/' + data.project.name, icon_url: data.project.avatar_url || data.user_avatar || '', text: '', attachments } };
  }

  pushEvent(data) {
    if (data.checkout_sha === null && !data.commits.length) {
      return this.createMessage(data, [makeAttachment({ name: data.user_name, avatar_url: data.user_avatar }, `removed branch ${refParser(data.ref)}`)]);
    }
    const attachments = data.commits.map((commit) => {
      const text = `${commit.id.slice(0, 8)} ${commit.message.trim()}`;
      const files = ['added', 'modified', 'removed'].filter(k => commit[k] && commit[k].length).map(k => `${commit[k].length} ${k}`);
      return makeAttachment(commit.author, text + (files.length ? ` (${files.join(', ')})` : ''), commit.timestamp);
    });
    const message = this.createMessage(data, attachments);
    message.content.text = `${ACTION_VERBS.update} [${refParser(data.ref)}](${data.project.web_url}/commits/${refParser(data.ref)}), ${data.total_commits_count} commits`;
    return message;
  }

  mergeRequestEvent(data) {
    const mr = data.object_attributes;
    return this.createMessage(data, [makeAttachment(data.user, `[#${mr.iid} ${mr.title}](${mr.url}) ${mr.source_branch} ⇒ ${mr.target_branch} is ${mr.state}`, moment.utc(mr.updated_at, 'YYYY-MM-DD HH:mm:ss').toISOString())]);
  }

  commentEvent(data) {
    const comment = data.object_attributes;
    let user_in = ['@all'];
    let at = [];
    if (data.issue) {
      at.push(atName(data.user));
      text = `commented on issue [#${data.issue.id} ${data.issue.title}](${comment.url})`;
    }
    return this.createMessage(data, [makeAttachment(data.user, `${text} ${at.join(' ')}\n${comment.note}`, comment.updated_at)]);
  }

  unknownEvent(data, event) {
    return { content: { text: `Unknown event '${event}'`, attachments: [makeAttachment(null, s.prune(JSON.stringify(data.content), 80))] } };
  }
}
