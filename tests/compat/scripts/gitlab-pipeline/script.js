/* eslint no-console:0, max-len:0 */
// see https://gitlab.com/help/web_hooks/web_hooks for full json posted by GitLab
const MENTION_ALL_ALLOWED = false;
const NOTIF_COLOR = '#6498CC';
const IGNORE_CONFIDENTIAL = true;
const ACTION_VERBS = { create: 'created', destroy: 'removed', update: 'updated', rename: 'renamed', transfer: 'transferred', add: 'added', remove: 'removed' };
const getStatusMessage = (status) => { switch (status) { case 'success': return 'passed'; case 'failed': return 'failed'; default: return status; } };
const refParser = (ref) => ref.replace(/^refs\/(?:tags|heads)\/(.+)$/, '$1');
const makeAttachment = (author, text, timestamp, color) => ({ author_name: author ? author.name : '', author_icon: author ? author.avatar_url : '', ts: timestamp || '', text, color: color || NOTIF_COLOR });
String.prototype.capitalizeFirstLetter = function () { return this.charAt(0).toUpperCase() + this.slice(1); };
class Script {
  process_incoming_request({ request }) {
    try {
      let result = null;
      const event = request.headers['x-gitlab-event'];
      switch (event) {
        case 'Push Hook': result = this.pushEvent(request.content); break;
        case 'Pipeline Hook': result = this.pipelineEvent(request.content); break;
        default: result = this.unknownEvent(request, event);
      }
      if (result && result.content && request.url.query.channel) result.content.channel = '#' + request.url.query.channel;
      return result;
    } catch (e) {
      console.log('gitlabevent error', e);
      return this.createErrorChatMessage(e);
    }
  }
  createErrorChatMessage(error) { return { content: { username: 'Rocket.Cat ErrorHandler', text: 'Error occured while parsing an incoming webhook request. Details attached.', attachments: [{ text: `Error: '${error}', \n Message: '${error.message}', \n Stack: '${error.stack ? 1 : 0}'` }] } }; }
  unknownEvent(data, event) { return { content: { username: `gitlab/unknown`, text: `Unknown event '${event}' occured. Data attached.`, attachments: [{ text: `${JSON.stringify(data, null, 4)}` }] } }; }
  pipelineEvent(data) {
    const status = data.object_attributes.status;
    const link = data.project.web_url;
    const color = { success: 'good', failed: 'danger', running: 'warning' }[status] || '#cccccc';
    const dur = data.object_attributes.duration;
    const created = new Date(data.object_attributes.created_at), done = new Date(data.object_attributes.finished_at);
    const stages = _.groupBy(data.builds, 'stage');
    const lines = Object.keys(stages).map(s => `${s.capitalizeFirstLetter()}: ${_.pluck(stages[s], 'name').join(', ')} (${stages[s].map(b => getStatusMessage(b.status))})`);
    return { content: { alias: data.user.name, text: `Pipeline [#${data.object_attributes.id}](${link}/pipelines/${data.object_attributes.id}) ${getStatusMessage(status)} in ${Math.floor(dur / 60)}m${(dur % 60).toFixed(1)}s`, attachments: [makeAttachment(data.user, lines.sort().join('\n'), created.toISOString(), color)], fields: [{ title: 'took', value: (done - created) / 1000 }] } };
  }
}
