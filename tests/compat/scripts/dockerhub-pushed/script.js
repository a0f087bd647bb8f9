/* globals HTTP */
// Tells Docker Hub that the message arrived, in the old engine's form.
class Script {
  process_incoming_request({ request }) {
    const data = request.content;
    const response = HTTP('POST', data.callback_url, {
      headers: { 'Content-Type': 'application/json' },
      data: { state: 'success', context: 'chat', description: data.push_data.pusher + ' pushed' }
    });
    if (response.error) {
      console.error('callback failed', response.error);
      return { error: { success: false, message: 'callback failed' } };
    }
    return {
      content: {
        username: 'Docker Hub',
        text: `${data.repository.repo_name}:${data.push_data.tag} pushed ${moment.unix(data.push_data.pushed_at).utc().calendar(moment.utc('2014-12-04'))} by ${data.push_data.pusher} (callback ${response.result.statusCode} ${response.result.data.state})`
      }
    };
  }
}
