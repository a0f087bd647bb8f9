/* top-level settings without var, as people do */
authcreds = "jsonrpc:0000000000000000";
project_id = 6;
column = { open: 28, done: 29 };
default_user = -1;

class Script {
  prepare_outgoing_request({ request }) {
    switch (request.data.user_name) {
      case 'geo':
        user_id = 7;
        break;
      default:
        user_id = default_user;
    }
    let match;
    match = request.data.text.match(/^task\s+(.+?)(?:\s+#(\w+))?(?:\s+@([\d-]+))?$/);
    if (!match) return;
    [, title, tag, due] = match;
    const answer = HTTP('POST', request.url, {
      auth: authcreds,
      data: { jsonrpc: '2.0', method: 'createTask', id: 1, params: { title: title, owner_id: user_id, project_id: project_id, column_id: column.open, tags: [tag], date_due: due } }
    });
    if (answer && answer.result && answer.result.data) {
      return { message: { text: 'Task #' + answer.result.data.result + ' “' + title + '” for user ' + user_id + ', due ' + moment(due, 'YYYY-MM-DD').format('D.M.') } };
    }
    return { message: { text: 'error: ' + JSON.stringify(answer) } };
  }
}
